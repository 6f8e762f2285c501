/* How facts become words. Called in all epochs: no allocation, no failure; what does not fit is cut off. */
#include "words.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "records.h"
#include "text.h"

const char *words_name;

/* The errors that can be met here, in the words of the C library, of which strerror(3) would bring all: 2 KB. */
#define ERRORS(ERROR) \
	ERROR(EPERM, 0, "Operation not permitted") \
	ERROR(ENOENT, 0, "No such file or directory") \
	ERROR(EIO, 0, "Input/output error") \
	ERROR(ENXIO, 0, "No such device or address") \
	ERROR(E2BIG, 0, "Argument list too long") \
	ERROR(ENOEXEC, 0, "Exec format error") \
	ERROR(EBADF, 0, "Bad file descriptor") \
	ERROR(EAGAIN, 0, "Resource temporarily unavailable") \
	ERROR(ENOMEM, 0, "Cannot allocate memory") \
	ERROR(EACCES, 0, "Permission denied") \
	ERROR(ENOTDIR, 0, "Not a directory") \
	ERROR(EISDIR, 0, "Is a directory") \
	ERROR(EINVAL, 0, "Invalid argument") \
	ERROR(ENFILE, 0, "Too many open files in system") \
	ERROR(EMFILE, 0, "Too many open files") \
	ERROR(ENOTTY, 0, "Inappropriate ioctl for device") \
	ERROR(ETXTBSY, 0, "Text file busy") \
	ERROR(ENOSPC, 0, "No space left on device") \
	ERROR(EROFS, 0, "Read-only file system") \
	ERROR(ENAMETOOLONG, 0, "File name too long") \
	ERROR(ENOSYS, 0, "Function not implemented") \
	ERROR(ELOOP, 0, "Too many levels of symbolic links")

static const struct { ERRORS(RECORD_MEMBER) char end; } errors = { ERRORS(RECORD_VALUE) 0 };

void words_part(struct page *p, const char *text, size_t most)
{
	for (; most && *text && p->at < p->end; most--)
		*p->at++ = *text++;
}

void words_copy(struct page *p, const char *text)
{
	words_part(p, text, SIZE_MAX);
}

static void put_number(struct page *p, int64_t n)
{
	char digits[TEXT_DIGITS + 1];

	if (n < 0)
		words_copy(p, "-");
	*text_digits(digits, (uint64_t)(n < 0 ? -n : n)) = '\0';
	words_copy(p, digits);
}

/* Somebody else's bytes: nothing that a terminal obeys, no second line. */
static void put_foreign(struct page *p, const char *text)
{
	static const char hex[] = "0123456789abcdef";

	for (; *text && p->at < p->end; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= ' ' && c < 0x7f) {
			*p->at++ = (char)c;
		} else if (c == '\r' || c == '\n' || c == '\t') {
			words_copy(p, c == '\r' ? "\\r" : c == '\n' ? "\\n" : "\\t");
		} else {
			const char escape[] = { '\\', 'x', hex[c >> 4], hex[c & 15], '\0' };
			words_copy(p, escape);
		}
	}
}

static void put_signal(struct page *p, int signal)
{
	char name[SIGNAL_NAME];

	words_copy(p, signals_name(signal, name));
}

static void put_sender(struct page *p, const struct fact *f)
{
	const uint64_t typed = signals_bit(SIGHUP) | signals_bit(SIGINT) | signals_bit(SIGQUIT) | signals_bit(SIGTSTP) | signals_bit(SIGWINCH);

	if (f->code > 0) {
		words_copy(p, typed & signals_bit(f->signal) ? "from the terminal" : "from the kernel");
	} else if (!f->from_pid) {
		words_copy(p, "from outside the container");
	} else {
		words_copy(p, "from pid ");
		put_number(p, f->from_pid);
		words_copy(p, ", uid ");
		put_number(p, f->from_uid);
	}
}

static void put_end(struct page *p, const struct fact *f)
{
	if (f->code == CLD_EXITED) {
		words_copy(p, "exited with ");
		put_number(p, f->status);
		return;
	}
	if (!f->code) {
		words_copy(p, f->expected);
		return;
	}
	words_copy(p, "killed by ");
	put_signal(p, f->status);
	if (f->code == CLD_DUMPED)
		words_copy(p, ", core dumped");
}

/* The same for those who grep for it in dumb-init's lines. */
static void put_end_in_numbers(struct page *p, const struct fact *f)
{
	words_copy(p, f->code == CLD_EXITED ? "exited with exit status " : "was terminated by signal ");
	put_number(p, f->status);
}

/* Whom a signal is passed on to, as itself or as another. */
static void put_way(struct page *p, const struct fact *f)
{
	words_copy(p, f->pid < 0 ? ", to group " : ", to pid ");
	put_number(p, f->pid < 0 ? -f->pid : f->pid);
	if (f->sent != f->signal) {
		words_copy(p, " as ");
		put_signal(p, f->sent);
	}
}

static void put_error(struct page *p, int error)
{
	const char *text = record_text(&errors, (unsigned char)error);

	words_copy(p, text ? text : "error ");
	if (!text)
		put_number(p, error);
}

static void put_seconds(struct page *p, int64_t ms)
{
	put_number(p, ms / 1000);
	words_copy(p, ".");
	put_number(p, ms / 100 % 10);
	words_copy(p, " s");
}

static void put_letter(struct page *p, char letter)
{
	const char text[] = { letter, '\0' };

	put_foreign(p, text);
}

static void put_fact(struct page *p, char letter, const struct fact *f)
{
	switch (letter) {
	case 'b': put_foreign(p, words_name); break;
	case 'B': put_foreign(p, strrchr(words_name, '/') ? strrchr(words_name, '/') + 1 : words_name); break;
	case 'c': put_number(p, f->status); break;
	case 'd': put_seconds(p, f->ms); break;
	case 'e': put_error(p, f->error); break;
	case 'E': put_number(p, f->error); break;
	case 'f': put_sender(p, f); break;
	case 'i': put_number(p, getpid()); break;
	case 'l': put_letter(p, f->option[1]); break;
	case 'm': put_foreign(p, f->more); break;
	case 'N': put_number(p, f->signal); break;
	case 'o': put_foreign(p, f->option); break;
	case 'p': put_number(p, f->pid); break;
	case 'P': put_number(p, f->from_pid); break;
	case 's': put_foreign(p, f->text); break;
	case 'S': put_signal(p, f->signal); break;
	case 't': put_way(p, f); break;
	case 'T': put_number(p, f->sent); break;
	case 'w': words_copy(p, f->expected); break;
	case 'x': put_end(p, f); break;
	case 'X': put_end_in_numbers(p, f); break;
	case 'z': put_letter(p, f->state); break;
	default: words_copy(p, "%"); break;
	}
}

void words_put(struct page *p, const char *text, const struct fact *f)
{
	for (; *text && p->at < p->end; text++) {
		if (*text == '%')
			put_fact(p, *++text, f);
		else
			*p->at++ = *text;
	}
}
