/*
 * What foster reads that others have written, for libFuzzer: the first byte of an input says which of its readers gets the rest. Built with the rooms
 * themselves, sanitizers on. Bad options end foster by _exit, which comes back here instead. No file of this machine is written to, whatever
 * --report and --install are given, and none stays open.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ladder.h"
#include "options.h"
#include "plan.h"
#include "signals.h"
#include "text.h"

enum { WORDS = 24, MOST = 4096 };

static jmp_buf back;
static char room[MOST + 1];

/* Compiled in place of the libc's (-D_exit=fuzz_exit). */
_Noreturn void fuzz_exit(int code)
{
	(void)code;
	longjmp(back, 1);
}

/* Likewise (-Dopenat=fuzz_openat): what would be made is memory. */
int fuzz_openat(int folder, const char *path, int flags, ...)
{
	if (flags & (O_CREAT | O_WRONLY | O_RDWR))
		return memfd_create("made", 0);
	return (int)syscall(SYS_openat, folder, path, flags, 0);
}

static void demand(int fact)
{
	if (!fact)
		abort();
}

/* NUL-separated words; returns how many. */
static size_t words(size_t length, char *to[WORDS])
{
	size_t n = 0;

	for (char *at = room; at < room + length && n < WORDS - 1; at += strlen(at) + 1)
		to[n++] = at;
	to[n] = NULL;
	return n;
}

static void demand_ladder(const struct rung *rungs)
{
	int i = 0;

	while (rungs[i].scope != TOP)
		demand(rungs[i].signal < SIGNALS && rungs[i].wait_ms >= -1 && ++i < RUNGS);
}

/* Words up to an empty one are the command line, what follows is the environment. */
static void fuzz_options(size_t length)
{
	char *argv[WORDS + 1] = { NULL }, *envp[WORDS] = { NULL };
	struct plan plan = { 0 };
	size_t n = words(length, argv + 1) + 1, e = 0;

	argv[0] = argv[1] ? argv[1] : room;
	for (size_t i = 1; i < n && argv[i]; i++) {
		if (argv[i][0])
			continue;
		while (++i < n)
			envp[e++] = argv[i];
		argv[n = n - e - 1] = NULL;
	}
	if (setjmp(back))
		return;
	options(&plan, n > 1 ? argv + 1 : argv, envp);
	demand_ladder(plan.stop);
	demand_ladder(plan.leftovers);
	demand_ladder(plan.orphans);
	demand(plan.argv || plan.until == UNTIL_QUIT);
}

static void fuzz_signal(size_t length)
{
	int signal = signals_number(room, length);

	demand(signal >= 0 && signal < SIGNALS);
	if (signal) {
		char name[SIGNAL_NAME];

		demand(signals_number(signals_name(signal, name), strlen(name)) == signal);
	}
}

static void fuzz_ladder(size_t length)
{
	struct rung rungs[RUNGS];
	int ms;

	if (ladder_time(room, length, &ms))
		demand(ms >= -1);
	if (ladder_parse(room, EVERYONE, rungs))
		demand_ladder(rungs);
}

/* Of processes.c: what it reads in /proc. */
void fuzz_stat(const char *text);
void fuzz_status(const char *text);

/* Of report.c: what it makes of names. */
void fuzz_report(const char *text);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t length);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t length)
{
	static int first; /* of the descriptors that are not libFuzzer's */

	if (!length || length > MOST)
		return 0;
	if (!first)
		first = dup(STDIN_FILENO);
	memcpy(room, data + 1, length - 1);
	room[length - 1] = '\0';
	switch (data[0] & 7) {
	case 0: fuzz_signal(strlen(room)); break;
	case 1: fuzz_ladder(strlen(room)); break;
	case 2: fuzz_stat(room); break;
	case 3: fuzz_status(room); break;
	case 5: fuzz_report(room); break;
	default: fuzz_options(length - 1); break;
	}
	syscall(SYS_close_range, first, ~0U, 0);
	return 0;
}
