/*
 * The terminal, and the job control of the shell that we run under. All of it is a courtesy: what is refused is left out. SIGTTOU and SIGTTIN are
 * blocked from the first moment on, so nothing here can stop us unasked.
 */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "deliver.h"
#include "ladder.h"
#include "pidns.h"

enum { FIRST_PAUSE_MS = 100, LAST_PAUSE_MS = 1000 };

/*
 * Whether our group is in the foreground. A group of another PID namespace is 0 for us, and so is that of our session's shell; then the kernel
 * tells by refusing a background group's read, even of no bytes (tty_check_change in drivers/tty/tty_jobctrl.c).
 */
static bool foreground(int fd)
{
	pid_t group;

	if (ioctl(fd, TIOCGPGRP, &group) || group != getpgrp())
		return false;
	return group || read(fd, &group, 0) == 0 || errno == EAGAIN;
}

int terminal_any(void)
{
	return openat(AT_FDCWD, "/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

int terminal_open(void)
{
	int fd = terminal_any();

	if (fd < 0 && errno != ENXIO)
		fd = STDIN_FILENO; /* no /dev/tty here; ENXIO: no terminal at all */
	if (fd >= 0 && !foreground(fd)) {
		terminal_close(fd);
		return -1;
	}
	return fd;
}

void terminal_close(int fd)
{
	if (fd > STDIN_FILENO)
		(void)close(fd); /* nothing was written to it */
}

void terminal_give(int fd, int group)
{
	(void)ioctl(fd, (int)TIOCSPGRP, &group); /* a courtesy; bit 31 of the number is set for powerpc, and libc takes an int */
}

/* Takes the terminal to a group, if the group that has it now is ours or, to take it back, the child's. */
static void move(int from, int to)
{
	int fd = terminal_any();
	pid_t now;

	if (fd >= 0 && !ioctl(fd, TIOCGPGRP, &now) && now == from)
		terminal_give(fd, to);
	terminal_close(fd);
}

void terminal_return(struct life *life)
{
	if (life->has_terminal && getpgrp())
		move(life->group, getpgrp());
	life->has_terminal = false;
}

/* Gives the child the terminal if it is ours. */
static bool give(struct life *life)
{
	int fd = life->group ? terminal_open() : -1;

	if (fd < 0)
		return false;
	terminal_give(fd, life->group);
	terminal_close(fd);
	return life->has_terminal = true;
}

static void go_on(const struct plan *plan, struct life *life)
{
	life->stopped_by = 0;
	deliver(plan, life, GROUP, SIGCONT, NULL);
}

/* Makes it go on: at once, but who is stopped again and again, such as a reader in the background, is not given all of a processor. */
static void go_on_calmly(struct life *life)
{
	int64_t now = ladder_now();
	bool again = now < life->calm_ms + life->pause_ms;

	life->go_on_ms = now < life->calm_ms ? life->calm_ms : now;
	life->pause_ms = !again ? FIRST_PAUSE_MS : life->pause_ms < LAST_PAUSE_MS / 2 ? life->pause_ms * 2 : LAST_PAUSE_MS;
	life->calm_ms = life->go_on_ms + life->pause_ms;
}

/* Stops our group, us among it. False where the kernel would not: nobody of the session could make an orphaned group go on. */
static bool stop_with(int signal)
{
	sigset_t pending;

	if (kill(0, signal))
		return false;
	uint64_t all = ~(uint64_t)0;
	(void)signals_mask(all & ~signals_bit(signal)); /* here we stop */
	(void)signals_mask(all);
	/* Who was stopped was sent CONT since. */
	return !sigpending(&pending) && sigismember(&pending, SIGCONT) == 1;
}

static void stopped(const struct plan *plan, struct life *life)
{
	int by = life->stopped_by;
	bool inside = plan->pid1 && life->link_fd; /* the other one of us can be stopped, and has a shell */

	if ((by != SIGTSTP && by != SIGTTIN && by != SIGTTOU) || plan->no_group) /* in our own group it is the shell's business */
		return;
	/* It wants the terminal that its shell gave to us, in an fg of a job that ran. */
	if ((plan->pid1 && !inside) || (by != SIGTSTP && give(life)) || !(inside ? pidns_tell(life, by) : stop_with(by)))
		go_on_calmly(life);
	else
		life->suspended = true;
}

void terminal_tend(const struct plan *plan, struct life *life)
{
	if (life->stopped_news)
		stopped(plan, life);
	life->stopped_news = false;
	if (terminal_wait_ms(life))
		return;
	life->go_on_ms = 0;
	if (life->stopped_by)
		go_on(plan, life);
}

int terminal_wait_ms(const struct life *life)
{
	return life->go_on_ms ? ladder_left_ms(life->go_on_ms) : -1;
}

void terminal_continued(const struct plan *plan, struct life *life)
{
	life->suspended = false;
	(void)give(life);
	go_on(plan, life);
}
