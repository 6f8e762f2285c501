/*
 * One line to stderr. Called in all epochs, so it may neither block nor allocate nor touch errno: a PID 1 that waits for the reader of its
 * messages reaps nobody (2,717 zombies were seen behind a full pipe).
 */
#include "say.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "text.h"

enum { LINE = 1024 };

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8 /* Linux 4.14 */
#endif

static const struct voice *voice;
static int loudness;

void say_with(const struct voice *with, int verbosity)
{
	voice = with;
	loudness = verbosity;
}

int say_heard(enum event event)
{
	return voice->lines[event].text && voice->lines[event].level <= loudness;
}

struct page {
	char *at;
	char *end; /* room for what one fact adds is left behind it */
};

static void put(struct page *p, const char *text)
{
	while (*text && p->at < p->end)
		*p->at++ = *text++;
}

static void put_number(struct page *p, int64_t n)
{
	char digits[TEXT_DIGITS + 1];

	if (n < 0)
		put(p, "-");
	*text_digits(digits, (unsigned)(n < 0 ? -n : n)) = '\0';
	put(p, digits);
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
			put(p, c == '\r' ? "\\r" : c == '\n' ? "\\n" : "\\t");
		} else {
			const char escape[] = { '\\', 'x', hex[c >> 4], hex[c & 15], '\0' };
			put(p, escape);
		}
	}
}

static void put_signal(struct page *p, int signal)
{
	char name[SIGNAL_NAME];

	put(p, signals_name(signal, name));
}

static void put_sender(struct page *p, const struct fact *f)
{
	static const unsigned char typed[] = { SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGWINCH };

	if (f->code > 0) {
		put(p, memchr(typed, f->signal, sizeof typed) ? "from the terminal" : "from the kernel");
	} else if (!f->from_pid) {
		put(p, "from outside the container");
	} else {
		put(p, "from pid ");
		put_number(p, f->from_pid);
		put(p, ", uid ");
		put_number(p, f->from_uid);
	}
}

static void put_end(struct page *p, const struct fact *f)
{
	if (f->code == CLD_EXITED) {
		put(p, "exited with ");
		put_number(p, f->status);
		return;
	}
	put(p, "killed by ");
	put_signal(p, f->status);
	if (f->code == CLD_DUMPED)
		put(p, ", core dumped");
}

/* Where a signal goes: on to somebody, as itself or as another; or nowhere. */
static void put_way(struct page *p, const struct fact *f)
{
	if (!f->pid) {
		put(p, ", goes nowhere");
		return;
	}
	put(p, f->pid < 0 ? ", to group " : ", to pid ");
	put_number(p, f->pid < 0 ? -f->pid : f->pid);
	if (f->sent != f->signal) {
		put(p, " as ");
		put_signal(p, f->sent);
	}
}

static void put_seconds(struct page *p, int64_t ms)
{
	put_number(p, ms / 1000);
	put(p, ".");
	put_number(p, ms / 100 % 10);
	put(p, " s");
}

static void put_state(struct page *p, char state)
{
	const char text[] = { state ? state : '?', '\0' };

	put(p, text);
}

static void put_fact(struct page *p, char letter, const struct fact *f)
{
	switch (letter) {
	case 'o': put(p, f->option); break;
	case 's': put_foreign(p, f->text); break;
	case 'm': put_foreign(p, f->more); break;
	case 'w': put(p, f->expected); break;
	case 'e': put(p, strerror(f->error)); break;
	case 'p': put_number(p, f->pid); break;
	case 'i': put_number(p, getpid()); break;
	case 'S': put_signal(p, f->signal); break;
	case 'N': put_number(p, f->signal); break;
	case 'T': put_signal(p, f->sent); break;
	case 'f': put_sender(p, f); break;
	case 't': put_way(p, f); break;
	case 'x': put_end(p, f); break;
	case 'd': put_seconds(p, f->ms); break;
	case 'z': put_state(p, f->state); break;
	default: put(p, "%"); break;
	}
}

static void put_text(struct page *p, const char *text, const struct fact *f)
{
	for (; *text && p->at < p->end; text++) {
		if (*text == '%')
			put_fact(p, *++text, f);
		else
			*p->at++ = *text;
	}
}

/*
 * A write that does not wait. pwritev2(2) can promise it for pipes and sockets; where it cannot, poll(2) says whether there is room now.
 * A regular file that would have to wait for its disk is written all the same: it has no reader that could keep us.
 */
static void write_or_lose(int fd, const char *from, size_t length)
{
	struct iovec whole = { (char *)(uintptr_t)from, length };
	struct pollfd room = { fd, POLLOUT, 0 };

	if (syscall(SYS_pwritev2, fd, &whole, 1, -1L, -1L, RWF_NOWAIT) >= 0)
		return;
	if (errno == EAGAIN && lseek(fd, 0, SEEK_CUR) < 0)
		return;
	if (poll(&room, 1, 0) == 1 && room.revents == POLLOUT)
		(void)!write(fd, from, length); /* lost is lost: there is nobody to tell */
}

void say(enum event event, const struct fact *fact)
{
	char text[LINE];
	struct page page = { text, text + sizeof text - 1 };
	int before = errno;

	if (!say_heard(event))
		return;
	put_text(&page, voice->prefix, fact);
	put_text(&page, voice->lines[event].text, fact);
	*page.at++ = '\n';
	write_or_lose(voice->lines[event].stream ? STDOUT_FILENO : STDERR_FILENO, text, (size_t)(page.at - text));
	errno = before;
}

int say_plainly(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			text += n;
			left -= (size_t)n;
		}
	}
	return 0;
}
