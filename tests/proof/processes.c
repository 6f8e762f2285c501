/* What /proc may say of processes that name themselves. With text.c */
#include "any.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST = 4, ENTRY = 24 };

static int given; /* how many bytes */

/* read(2), getdents64(2), readlinkat(2), openat(2), statx(2) and madvise(2), with whatever they may give. */
static long proof_syscall(long call, long a, const void *b, long c, const void *e)
{
	char *to = (char *)b;

	if (call == SYS_read && given > 0)
		any_bytes(to, given, 0);
	if (call == SYS_readlinkat && given > 0)
		any_bytes((char *)c, given, 0);
	if (call == SYS_getdents64 && any(0, 1)) {
		*(unsigned short *)(to + 16) = ENTRY + MOST;
		any_bytes(to + 19, ENTRY + MOST - 20, 0);
		to[ENTRY + MOST - 1] = '\0';
		return ENTRY + MOST;
	}
	if (call == SYS_statx)
		((struct statx *)e)->stx_uid = (unsigned)any_bits();
	return call == SYS_read || call == SYS_readlinkat ? given : any(-1, 1000);
}

#define FIFTH(d, e, ...) (e)
#define syscall(call, a, b, c, ...) proof_syscall((call), (long)(a), (const void *)(b), (long)(c), FIFTH(__VA_ARGS__, 0, 0))
#define close(fd) 0
#define madvise(at, length, what) any(-1, 0)
#define lseek(fd, to, from) any(-1, 0)
#define getpid() any(1, PIDS - 1)
#include "../../src/processes.c"

/* Level 1000. */
void proof_stat(void)
{
	struct any_text t;
	struct process p;

	for (int length = 0; length <= MOST; length++)
		if (parse(any_text(&t, length), &p))
			(void)processes_alive(&p);
}

void proof_number(void)
{
	struct any_text t;

	for (int length = 0; length <= MOST; length++) {
		const char *at = any_text(&t, length);

		(void)number(&at);
	}
}

/* Level 500. */
void proof_files(void)
{
	for (given = -1; given <= MOST; given++) {
		char command[MOST + 1];
		unsigned uid;

		(void)processes_caught(any(1, PIDS));
		(void)processes_owner(any(1, PIDS));
		(void)processes_uid(any(1, PIDS), &uid);
		(void)processes_command(any(1, PIDS), command, sizeof command);
	}
}
