/*
 * How a signal is spelled, numbered, held and read. Everything here is done with raw 64-bit masks, since a libc leaves out the signals
 * that its threads use: musl's sigfillset forgets 32 to 34, and an init that "blocks everything" with it dies of 34.
 */
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "text.h"

enum { RT_LAST = 64, LOOK_MS = 100 };

static const char names[][8] = {
	[SIGHUP] = "HUP", [SIGINT] = "INT", [SIGQUIT] = "QUIT", [SIGILL] = "ILL", [SIGTRAP] = "TRAP", [SIGABRT] = "ABRT",
	[SIGBUS] = "BUS", [SIGFPE] = "FPE", [SIGKILL] = "KILL", [SIGUSR1] = "USR1", [SIGSEGV] = "SEGV", [SIGUSR2] = "USR2",
	[SIGPIPE] = "PIPE", [SIGALRM] = "ALRM", [SIGTERM] = "TERM", [SIGSTKFLT] = "STKFLT", [SIGCHLD] = "CHLD", [SIGCONT] = "CONT",
	[SIGSTOP] = "STOP", [SIGTSTP] = "TSTP", [SIGTTIN] = "TTIN", [SIGTTOU] = "TTOU", [SIGURG] = "URG", [SIGXCPU] = "XCPU",
	[SIGXFSZ] = "XFSZ", [SIGVTALRM] = "VTALRM", [SIGPROF] = "PROF", [SIGWINCH] = "WINCH", [SIGIO] = "IO", [SIGPWR] = "PWR",
	[SIGSYS] = "SYS",
};

static const struct alias {
	char name[7];
	unsigned char signal;
} aliases[] = {
	{ "IOT", SIGABRT }, { "CLD", SIGCHLD }, { "POLL", SIGIO }, { "UNUSED", SIGSYS }, { "RTMIN", SIGNAL_RTMIN }, { "RTMAX", RT_LAST },
};

int signals_mask(uint64_t mask)
{
	return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask);
}

int signals_hold(uint64_t *before)
{
	uint64_t all = ~(uint64_t)0;

	return syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, before, sizeof all) ? errno : 0;
}

/*
 * Sets a disposition that is not a handler. The raw call, since a libc's own refuses 32 to 34, and keeps a record of 1 KB of code. struct sigaction
 * of the kernel begins with the handler on all architectures but MIPS; what follows is zero.
 */
static unsigned long dispose(int signal, unsigned long handler)
{
	unsigned long action[8] = { handler }, before[8];

	before[0] = (unsigned long)SIG_ERR;
	(void)syscall(SYS_rt_sigaction, signal, action, before, sizeof(uint64_t)); /* refused, this is what it was */
	return before[0];
}

unsigned char signals_want_deaths(void)
{
	return (unsigned char)dispose(SIGCHLD, (unsigned long)SIG_DFL);
}

void signals_ignore_deaths(void)
{
	(void)dispose(SIGCHLD, (unsigned long)SIG_IGN); /* what it was is known */
}

/* RTMIN+n and RTMAX-n: how far from the end that is named. */
static int realtime(const char *text, size_t length)
{
	bool up = length > 6 && !memcmp(text, "RTMIN+", 6);
	bool down = length > 6 && !memcmp(text, "RTMAX-", 6);
	unsigned n;

	if (!(up || down) || !text_number(text + 6, length - 6, RT_LAST - SIGNAL_RTMIN, &n))
		return 0;
	return up ? SIGNAL_RTMIN + (int)n : RT_LAST - (int)n;
}

int signals_number(const char *text, size_t length)
{
	unsigned n;

	if (text_number(text, length, SIGNALS - 1, &n))
		return (int)n;
	if (length > 3 && !memcmp(text, "SIG", 3)) {
		text += 3;
		length -= 3;
	}
	for (size_t i = 1; i < sizeof names / sizeof *names; i++)
		if (names[i][0] && names[i][0] == *text && text_is(names[i], text, length))
			return (int)i;
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
		if (text_is(aliases[i].name, text, length))
			return aliases[i].signal;
	return realtime(text, length);
}

const char *signals_name(int signal, char to[SIGNAL_NAME])
{
	char *end = to;

	if (signal > 0 && signal < (int)(sizeof names / sizeof *names) && names[signal][0]) {
		text_copy(to, names[signal]);
		return to;
	}
	if (signal >= SIGNAL_RTMIN) {
		text_copy(to, "RTMIN+");
		end += 6;
		signal -= SIGNAL_RTMIN;
	}
	*text_digits(end, (unsigned)signal) = '\0';
	if (end > to && !signal)
		end[-1] = '\0';
	return to;
}

int signals_open(void)
{
	uint64_t all = ~(uint64_t)0;

	return (int)syscall(SYS_signalfd4, -1, &all, sizeof all, SFD_CLOEXEC);
}

/* The way without a descriptor: one signal at a time. */
static int one(struct arrival *to, int timeout_ms)
{
	unsigned ms = (unsigned)timeout_ms;
	struct timespec limit = { ms / 1000, ms % 1000 * 1000000L };
	sigset_t all;
	siginfo_t in;

	memset(&all, 0xff, sizeof all);
	int signal = sigtimedwait(&all, &in, timeout_ms < 0 ? NULL : &limit);
	if (signal < 0) {
		/* Refused too: look around ten times a second rather than spin or sleep for ever. */
		if (errno != EAGAIN && errno != EINTR)
			(void)poll(NULL, 0, timeout_ms >= 0 && timeout_ms < LOOK_MS ? timeout_ms : LOOK_MS);
		return 0;
	}
	*to = (struct arrival){ signal, in.si_code, in.si_pid, in.si_uid, (uint64_t)(uintptr_t)in.si_value.sival_ptr };
	return 1;
}

/* Whether reading `fd` would not block, before the time is over: 1 or 0; -1 where that cannot be known. */
static int ready(int fd, int also, short events, int timeout_ms)
{
	struct pollfd on[] = { { fd, POLLIN, 0 }, { also, events, 0 } };
	int n = poll(on, also < 0 ? 1 : 2, timeout_ms);

	return n < 0 && errno != EINTR ? n : n > 0 && on[0].revents;
}

int signals_read(int *fd, int also, short events, struct arrival to[SIGNALS_AT_ONCE], int timeout_ms)
{
	static struct signalfd_siginfo in[SIGNALS_AT_ONCE]; /* not on the stack, of which it might need one more page (foster.ld) */

	if (*fd < 0)
		return one(to, timeout_ms);
	if (timeout_ms >= 0 || also >= 0) {
		int is = ready(*fd, also, events, timeout_ms);
		if (is < 0) /* refused: as without a descriptor, and a look at the other one ten times a second */
			return one(to, timeout_ms >= 0 && timeout_ms < LOOK_MS ? timeout_ms : LOOK_MS);
		if (!is)
			return 0;
	}
	ssize_t got = read(*fd, in, sizeof in);
	if (got < 0 && errno != EINTR && errno != EAGAIN)
		*fd = -1;
	int n = 0;
	for (; (n + 1) * (ssize_t)sizeof *in <= got; n++)
		to[n] = (struct arrival){ (int)in[n].ssi_signo, in[n].ssi_code, (int)in[n].ssi_pid, in[n].ssi_uid, in[n].ssi_ptr };
	return n;
}

bool signals_ours(const struct arrival *a)
{
	const uint64_t ours = signals_bit(SIGCHLD) | signals_bit(SIGSEGV) | signals_bit(SIGBUS) | signals_bit(SIGFPE) | signals_bit(SIGILL) |
		signals_bit(SIGSYS) | signals_bit(SIGTRAP);

	return a->code > 0 && ours & signals_bit(a->signal);
}
