/*
 * What happened, as one line of JSON (RFC 8259). Runs at the end of the life: static memory, one write, nothing that waits or matters if it fails.
 * Names and command lines are bytes: what is valid UTF-8 stays as it is, each other byte is U+FFFD, as in print.c: a character of the byte's number would
 * be one that was not there, and \xe9 the same as a true e with an acute accent.
 */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"
#include "ladder.h"
#include "leftovers.h"
#include "say.h"
#include "text.h"
#include "unreaped.h"
#include "words.h"

enum {
	DAY_S = 24 * 60 * 60,
	ESCAPED = 6,                                 /* the most bytes that one byte becomes */
	OURS = O_NONBLOCK | O_NOCTTY | O_CLOEXEC
};

/* Room for all that is told: the tables of the left over and of who has not reaped, the program's path, and the rest. */
static char whole[(LEFTOVERS_NAMED + UNREAPED_PARENTS) * (ESCAPED * (sizeof(struct leftover)) + 256) + ESCAPED * (size_t)PATH_MAX + 4096];

/* '' stand for "", % and a letter for the next value: n number, b boolean, s string, m mask of signals, l the left over, u who has not reaped. A number below 0 and NULL are null. */
static const char form[] =
	"{'version':'" VERSION "','program':%s,'pid':%n,'start':%s,'wall_ms':%n,'user_ms':%n,'system_ms':%n,'max_rss_kib':%n,"
	"'program_exit_code':%n,'program_signal':%s,'program_core_dumped':%b,'exit_code':%n,'timed_out':%b,"
	"'signals_received':%m,'signals_forwarded':%m,'orphans_reaped':%n,'most_zombies_at_once':%n,'left_over':%n,'leftovers':%l,'unreaped':%u}\n";
static const char form_of_unreaped[] = "{'pid':%n,'name':%s,'zombies':%n}";
static const char form_of_leftover[] = "{'pid':%n,'parent_pid':%n,'name':%s,'command_line':%s,'age_ms':%n,'ended_by':%s}";

static void put_string(struct page *p, const char *text)
{
	static const char hex[] = "0123456789abcdef";

	words_copy(p, "\"");
	while (*text) {
		unsigned char c = (unsigned char)*text;
		size_t n = text_character(text);

		if (n && c >= ' ' && c != '"' && c != '\\') {
			words_part(p, text, n);
			text += n;
		} else {
			words_copy(p, n ? (const char[]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15], '\0' } : "\\ufffd");
			text++;
		}
	}
	words_copy(p, "\"");
}

static void put_signals(struct page *p, uint64_t mask)
{
	char name[SIGNAL_NAME];
	const char *between = "[";

	for (int signal = 1; signal < SIGNALS; signal++) {
		if (!(mask & signals_bit(signal)))
			continue;
		words_copy(p, between);
		put_string(p, signals_name(signal, name));
		between = ",";
	}
	words_copy(p, *between == '[' ? "[]" : "]");
}

static void put_leftovers(struct page *p, int n);
static void put_unreaped(struct page *p, int n);

static void put_form(struct page *p, const char *text, const int64_t *value)
{
	char digits[TEXT_DIGITS + 1];

	for (; *text; text++) {
		const char plain[] = { *text == '\'' ? '"' : *text, '\0' };

		if (*text != '%') {
			words_copy(p, plain);
			continue;
		}
		int64_t v = *value++;
		switch (*++text) {
		case 'b': words_copy(p, v ? "true" : "false"); break;
		case 'm': put_signals(p, (uint64_t)v); break;
		case 'l': put_leftovers(p, (int)v); break;
		case 'u': put_unreaped(p, (int)v); break;
		case 's':
			if (v) {
				put_string(p, (const char *)(uintptr_t)v);
				break;
			}
			v = -1;
			__attribute__((fallthrough));
		default:
			*text_digits(digits, (uint64_t)v) = '\0';
			words_copy(p, v < 0 ? "null" : digits);
		}
	}
}

static int64_t pointer(const char *text)
{
	return (int64_t)(uintptr_t)text;
}

static void put_leftovers(struct page *p, int n)
{
	char name[SIGNAL_NAME];

	words_copy(p, "[");
	for (const struct leftover *l = leftovers(); n--; l++) {
		const char *end = !l->code ? leftovers_unseen(l) : l->code == CLD_EXITED ? "exited" : signals_name(l->status, name);

		put_form(p, form_of_leftover, (const int64_t[]){
			l->process.pid, l->process.parent, pointer(l->process.name), pointer(l->command), l->age_ms, pointer(end) });
		words_copy(p, n ? "," : "");
	}
	words_copy(p, "]");
}

static void put_unreaped(struct page *p, int n)
{
	words_copy(p, "[");
	for (const struct unreaped *u = unreaped(); n--; u++) {
		put_form(p, form_of_unreaped, (const int64_t[]){ u->parent.pid, pointer(u->parent.name), u->zombies });
		words_copy(p, n ? "," : "");
	}
	words_copy(p, "]");
}

/* One day, where February has one more; the next exception is the year 2100. */
static unsigned leap(unsigned year)
{
	return year % 4 == 0;
}

/* The date and time of a moment since 1970, as RFC 3339 writes it, in UTC. */
static void date(int64_t ms, char to[sizeof "2026-01-01T00:00:00.000Z"])
{
	unsigned day = (unsigned)(ms / 1000 / DAY_S), second = (unsigned)(ms / 1000 % DAY_S), year = 1970, month = 1, length;

	for (; day >= (length = 365 + leap(year)); year++)
		day -= length;
	for (; day >= (length = month == 2 ? 28 + leap(year) : 30 + (month + month / 8) % 2); month++)
		day -= length;
	const unsigned part[] = { year, month, day + 1, second / 3600, second / 60 % 60, second % 60, (unsigned)(ms % 1000) };
	for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
		unsigned n = part[i];
		int width = "4222223"[i] - '0';

		for (int at = width; at--; n /= 10)
			to[at] = (char)('0' + n % 10);
		to[width] = "--T::.Z"[i];
		to += width + 1;
	}
	*to = '\0';
}

static int64_t ms_of(const struct timeval *t)
{
	return (int64_t)t->tv_sec * 1000 + t->tv_usec / 1000;
}

static void fill(struct page *p, const struct plan *plan, const struct life *life, int status)
{
	char start[sizeof "2026-01-01T00:00:00.000Z"], name[SIGNAL_NAME];
	struct rusage use = { 0 };
	int64_t wall_ms = ladder_now() - life->born_ms;
	bool exited = life->how == CLD_EXITED, killed = life->how && !exited;

	(void)getrusage(RUSAGE_CHILDREN, &use); /* cannot fail so, getrusage(2) */
	date(ladder_clock(CLOCK_REALTIME) - wall_ms, start);
	put_form(p, form, (const int64_t[]){
		pointer(plan->argv ? plan->argv[0] : NULL), plan->argv ? life->program_pid : -1, pointer(start),
		wall_ms, ms_of(&use.ru_utime), ms_of(&use.ru_stime), use.ru_maxrss,
		exited ? life->program.status : -1, pointer(killed ? signals_name(life->program.status - EXIT_SIGNAL, name) : NULL),
		life->how == CLD_DUMPED, status, life->timed_out,
		(int64_t)life->received, (int64_t)life->forwarded, life->orphans_reaped, life->most_taken, life->left_over, life->listed, life->unreaped });
}

void report(const struct plan *plan, const struct life *life, int status)
{
	struct page page = { whole, whole + sizeof whole };
	int fd = plan->report_fd, capacity;

	if (!fd)
		return;
	fill(&page, plan, life, status);
	size_t length = (size_t)(page.at - whole);
	capacity = descriptors_control(fd, F_GETPIPE_SZ, 0);
	/* A pipe takes PIPE_BUF whole or not at all, pipe(7); and more, if it has got the room before. */
	if (capacity >= 0 && length > PIPE_BUF && descriptors_control(fd, F_SETPIPE_SZ, capacity + (int)length + PIPE_BUF) < 0)
		return;
	ssize_t n = say_bytes(fd, whole, length);
	if (n > 0 && (size_t)n < length)
		(void)!ftruncate(fd, lseek(fd, 0, SEEK_CUR) - n); /* a full disk: as it was before */
}

/*
 * N of fd:N, if it can be written to; -1 with errno. A pipe or a terminal is opened once more, so that we do not wait for its reader and everybody
 * else who has it still does; a file is not, since there is a place in it where to go on.
 */
static int inherited(const char *text)
{
	unsigned n = ~0U;
	int fd = -1;

	(void)text_number(text, strlen(text), INT_MAX, &n); /* what is none stays so, and is not open */
	int flags = descriptors_control((int)n, F_GETFL, 0);
	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
		errno = EBADF;
		return -1;
	}
	if (lseek((int)n, 0, SEEK_CUR) < 0) {
		char path[sizeof "/proc/self/fd/" + TEXT_DIGITS];

		*text_digits(text_copy(path, "/proc/self/fd/"), n) = '\0';
		fd = openat(AT_FDCWD, path, OURS | O_WRONLY);
	}
	if (fd < 0) /* also a socket, or where there is no /proc */
		fd = descriptors_control((int)n, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR);
	if (n > STDERR_FILENO)
		(void)descriptors_control((int)n, F_SETFD, FD_CLOEXEC); /* it is open */
	return fd;
}

int report_open(const char *to)
{
	bool given = !strncmp(to, "fd:", 3);
	int fd = given ? inherited(to + 3) : openat(AT_FDCWD, to, OURS | O_CREAT | O_TRUNC | O_WRONLY, 0666);

	if (fd < 0 && errno == ENXIO) /* a FIFO without a reader yet; never of fd:N, which is duplicated then */
		fd = openat(AT_FDCWD, to, OURS | O_RDWR);
	return fd < 0 ? -1 : descriptors_own(fd);
}
