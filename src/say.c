/*
 * One line to stderr. Called in all epochs, so it may neither block nor allocate nor touch errno: a PID 1 that waits for the reader of its
 * messages reaps nobody (2,717 zombies were seen behind a full pipe).
 */
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "descriptors.h"
#include "records.h"
#include "text.h"
#include "words.h"

enum { LINE = 2048, NEVER = LEVEL(-1), PATIENCE = 50, TRIES = 1000 };

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8 /* Linux 4.14 */
#endif

_Static_assert(EVENTS <= 64, "heard has one bit an event");

/* What has the same words in every voice that has none of its own. What is never heard by itself is where say_also asks for it. */
#define COMMON(SAY) \
	SAY(NO_SCRIPT, 0, "no program to run: no argument, no /etc/foster.conf, no executable /etc/rc.init, /etc/rc") \
	SAY(UNREADABLE, 0, "%s: cannot read: %e") \
	SAY(UNMOUNTED, 0, "%s: cannot mount: %e") \
	SAY(UNTOLD, 0, "cannot ask the host for a %w, exiting: %e") \
	SAY(CANNOT, 0, "%o: %s: %e") \
	SAY(REFUSED, 0, "cannot send %S to pid %p: %e") \
	SAY(LEFT, NEVER, "left over: pid %p (%s), parent %P, age %d, %x: %m") \
	SAY(LEFT_MORE, NEVER, "left over: %c more") \
	SAY(UNDYING, 0, "cannot be ended: pid %p (%s), state %z")

static const struct { COMMON(RECORD_MEMBER) char end; } common = { COMMON(RECORD_VALUE) 0 };

static const char *rows;
static uint64_t heard, on_stdout, bare; /* by event */

void say_with(const struct voice *with, int verbosity, const char *called)
{
	rows = (const char *)(with + 1);
	if (called)
		words_name = called;
	heard = verbosity < 0 ? 0 : with->heard[verbosity < LEVELS ? verbosity : LEVELS - 1] | (0 COMMON(HEARD_0));
	on_stdout = with->on_stdout;
	bare = with->bare;
}

void say_nothing(void)
{
	heard = 0;
}

void say_also(enum event event)
{
	heard |= (uint64_t)1 << event;
}

bool say_heard(enum event event)
{
	return heard >> event & 1;
}

bool say_uses_stdout(void)
{
	return heard & on_stdout;
}

const char *say_words(enum event event)
{
	const char *words = record_text(rows, (unsigned char)event), *shared = record_text(&common, (unsigned char)event);

	return shared && (!words || !*words) ? shared : words;
}

int say_unwaiting(int fd)
{
	char path[sizeof "/proc/self/fd/" + TEXT_DIGITS];

	*text_digits(text_copy(path, "/proc/self/fd/"), (unsigned)fd) = '\0';
	return openat(AT_FDCWD, path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

/* Whether there is room, perhaps soon. A terminal has none for as long as another's write(2) to it takes: n_tty_poll. */
static bool has_room(int fd)
{
	static bool in_vain; /* once is enough for a terminal that is stopped */
	struct pollfd room = { fd, POLLOUT, 0 };

	in_vain = poll(&room, 1, in_vain ? 0 : PATIENCE) != 1 || room.revents != POLLOUT;
	return !in_vain;
}

/* To a file of our own that waits for nobody; it refuses also while another writes. */
static ssize_t write_at_once(int own, const char *from, size_t length)
{
	size_t done = 0;

	for (int tries = 0; done < length && tries < TRIES; tries++) {
		ssize_t n = write(own, from + done, length - done);

		if (n > 0)
			done += (size_t)n;
		if (n < 0 ? errno != EAGAIN || !has_room(own) : !n)
			break;
	}
	return done ? (ssize_t)done : -1;
}

ssize_t say_bytes(int fd, const char *from, size_t length)
{
	struct iovec whole = { (char *)(uintptr_t)from, length };

	/* It may wait for its disk, but has no reader that could keep us. */
	if (lseek(fd, 0, SEEK_CUR) >= 0)
		return write(fd, from, length);
	ssize_t n = syscall(SYS_pwritev2, fd, &whole, 1, -1L, -1L, RWF_NOWAIT);
	if (n >= 0 || errno == EAGAIN)
		return n;
	/* A terminal, a FIFO that has a name, or before Linux 4.14. */
	int own = say_unwaiting(fd);
	if (own >= 0) {
		n = write_at_once(own, from, length);
		(void)close(own); /* nothing of it is buffered here */
	} else if (descriptors_control(fd, F_GETFL, 0) & O_NONBLOCK || (length <= LINE && has_room(fd))) {
		n = write(fd, from, length);
	}
	return n;
}

/* What a line of this event begins with: that of its level, else of the lowest. */
static const char *prefix(enum event event)
{
	struct record r = { 0 };
	const char *text = NULL;

	for (const char *at = rows; (at = record_next(at, &r)) && r.key != event;)
		;
	text = say_words(PREFIX + LEVEL(r.number));
	return text ? text : say_words(PREFIX);
}

void say(enum event event, const struct fact *fact)
{
	char text[LINE];
	struct page page = { text, text + sizeof text - 1 };
	int before = errno;

	if (event > NOT_FOUND && event <= WRONG_MACHINE && !say_heard(event))
		event = NOT_FOUND;
	if (!say_heard(event))
		return;
	if (!(bare >> event & 1))
		words_put(&page, prefix(event), fact);
	words_put(&page, say_words(event), fact);
	*page.at++ = '\n';
	(void)say_bytes(on_stdout >> event & 1 ? STDOUT_FILENO : STDERR_FILENO, text, (size_t)(page.at - text)); /* lost is lost */
	errno = before;
}

int say_fully(int fd, const char *text)
{
	char whole[LINE];
	struct page page = { whole, whole + sizeof whole };

	words_put(&page, text, &(struct fact){ 0 });
	for (const char *from = whole; from < page.at;) {
		ssize_t n = write(fd, from, (size_t)(page.at - from));

		if (n < 0 && errno != EINTR)
			return -1;
		from += n > 0 ? n : 0;
	}
	return 0;
}
