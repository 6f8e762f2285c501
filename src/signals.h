#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Linux numbers signals from 1 to 64 (signal(7)); 0 is none. */
enum { SIGNALS = 65 };

/* The first that is real-time to Docker, systemd and LXC, whatever the libc says. */
enum { SIGNAL_RTMIN = 34 };

/* The longest name, "RTMIN+30" (as long as an int is, if it is no signal at all), and its end. */
enum { SIGNAL_NAME = 20 };

/* So many are taken in at once, before the dead get their turn. */
enum { SIGNALS_AT_ONCE = 4 };

/* One signal as it came in: si_code, sender and payload of sigaction(2). */
struct arrival {
	int signal;
	int code;
	int pid;
	unsigned uid;
	uint64_t value;
};

/* Blocks all 64 signals, SIGKILL and SIGSTOP as far as the kernel lets it. Sets the mask that was in force before; returns 0, or why not: an errno. */
int signals_hold(uint64_t *before);

/* What SIGCHLD was set to, in the kernel's own numbers: a disposition that is inherited is no handler, execve(2). */
enum { CHLD_DEFAULT, CHLD_IGNORED, CHLD_UNKNOWN = 255 };

/*
 * Sets SIGCHLD to default, so that there are zombies to be reaped. Returns what it was; CHLD_UNKNOWN where that is refused: then nobody may tell of
 * a death, since the kernel reaps in silence where SIGCHLD is ignored.
 */
unsigned char signals_want_deaths(void);

/* Ignores SIGCHLD: the child's share, where that was inherited. */
void signals_ignore_deaths(void);

/* Sets the mask: bit n-1 is signal n, 32 to 34 included, which a libc hides. Errors are the caller's to ignore: rt_sigprocmask(2). */
int signals_mask(uint64_t mask);

/* A mask with this one signal in it. */
static inline uint64_t signals_bit(int signal)
{
	return (uint64_t)1 << (signal - 1);
}

/*
 * The number of a name such as TERM, SIGTERM, 15, RTMIN+3 or RTMAX-1, of this length; 0 where it is none.
 * RTMIN is 34 whatever the libc says: that is what Docker, systemd and LXC mean.
 */
int signals_number(const char *text, size_t length);

/* Writes a signal's name without SIG, "37" style for none that has one. Returns `to`. */
const char *signals_name(int signal, char to[SIGNAL_NAME]);

/* A descriptor for all signals (signalfd(2), close-on-exec), or -1 with errno. */
int signals_open(void);

/*
 * Waits until a signal comes, poll(2) tells one of `events` or a hang-up of `also` (a descriptor, or -1), or `timeout_ms` has passed (-1: no limit),
 * and takes signals in. Returns how many; 0 after a time-out or any failure.
 * A signalfd that fails, or none (*fd is -1): rt_sigtimedwait(2), one at a time; *fd is -1 ever after.
 */
int signals_read(int *fd, int also, short events, struct arrival to[SIGNALS_AT_ONCE], int timeout_ms);

/* Whether it is the kernel's word (si_code > 0, sigaction(2)) of a death, or of a fault of our own: nothing that was sent to the program. */
bool signals_ours(const struct arrival *a);

#endif
