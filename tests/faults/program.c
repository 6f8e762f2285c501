/*
 * The program of a life with faults: program WHAT... Says what it makes and what reaches it, one line each, in one write(2); leaves with 7 on TERM.
 * All is told on stdout, which foster itself never writes to here.
 *
 *	orphans   three orphans that die at once
 *	flush     a worker that outlives us and says "flushed" 20 ms after TERM
 *	stubborn  a worker that ignores all
 *	live      an orphan that lives until it is ended, and says so
 *	deaf      ignores TERM from now on
 *	uid       becomes another user
 *	exit      leaves with 7 at once
 *	dying     a worker that outlives us until TERM, and makes an orphan that dies at once every ten milliseconds
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CODE = 7, CANNOT = 99, NOBODY = 65534, FLUSH_MS = 20, PACE_MS = 10 };

static int deaf;

static void tell(const char *line)
{
	const ssize_t length = (ssize_t)strlen(line);

	if (write(STDOUT_FILENO, line, (size_t)length) != length)
		_exit(CANNOT);
}

static int take(siginfo_t *info)
{
	uint64_t all = UINT64_MAX;
	int signal;

	while ((signal = (int)syscall(SYS_rt_sigtimedwait, &all, info, NULL, sizeof all)) < 0)
		;
	return signal;
}

static void await_term(void)
{
	siginfo_t info;

	while (take(&info) != SIGTERM)
		;
}

static void flush(void)
{
	const struct timespec time = { 0, FLUSH_MS * 1000000L };

	await_term();
	nanosleep(&time, NULL);
	tell("flushed\n");
}

static void stay(void)
{
	for (;;)
		pause(); /* all is blocked: KILL alone ends it */
}

static void die(void)
{
}

static void ended(void)
{
	await_term();
	tell("ended\n");
}

static void breed(void)
{
	const struct timespec time = { 0, PACE_MS * 1000000L };
	const uint64_t term = UINT64_C(1) << (SIGTERM - 1);
	siginfo_t info;

	while (syscall(SYS_rt_sigtimedwait, &term, &info, &time, sizeof term) != SIGTERM) {
		const pid_t between = fork();

		if (!between)
			_exit(fork() < 0 ? CANNOT : 0); /* and so does who is born there */
		if (between < 0 || waitpid(between, NULL, 0) < 0)
			_exit(CANNOT);
	}
}

static void leave(void (*life)(void))
{
	const pid_t between = fork();

	if (between < 0)
		_exit(CANNOT);
	if (between) {
		(void)waitpid(between, NULL, 0); /* there it is */
		return;
	}
	const pid_t orphan = fork();
	if (orphan < 0)
		_exit(CANNOT);
	if (orphan)
		_exit(0);
	(void)setsid(); /* it leads no group yet */
	life();
	_exit(0);
}

static const struct {
	const char *name;
	void (*life)(void);
	int count;
} makes[] = { { "orphans", die, 3 }, { "flush", flush, 1 }, { "stubborn", stay, 1 }, { "live", ended, 1 }, { "dying", breed, 1 } };

static void make(const char *what)
{
	for (size_t i = 0; i < sizeof makes / sizeof *makes; i++)
		for (int left = strcmp(what, makes[i].name) ? 0 : makes[i].count; left; left--)
			leave(makes[i].life);
	deaf |= !strcmp(what, "deaf");
	if (!strcmp(what, "exit"))
		_exit(CODE);
	if (!strcmp(what, "uid") && (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)))
		_exit(CANNOT);
}

int main(int argc, char **argv)
{
	uint64_t all = UINT64_MAX;
	siginfo_t info;
	char line[64];

	if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof all))
		return CANNOT;
	tell("started\n");
	for (int i = 1; i < argc; i++)
		make(argv[i]);
	tell("READY\n");
	for (;;) {
		const int signal = take(&info);

		if (signal == SIGCHLD)
			continue;
		(void)snprintf(line, sizeof line, "%d %d\n", signal, info.si_code == SI_QUEUE ? info.si_value.sival_int : 0);
		tell(line);
		if (signal == SIGTERM && !deaf)
			return CODE;
		if (signal == SIGUSR2)
			(void)raise(SIGSTOP); /* cannot be refused */
	}
}
