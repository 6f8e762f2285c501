#ifndef PROCESSES_H
#define PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One process as /proc/PID/stat shows it, proc(5). */
struct process {
	int pid, parent, group, threads;
	unsigned flags;
	unsigned blocked, ignored, caught; /* masks of the signals up to 31, all that stands there */
	char state;
	uint64_t start; /* clock ticks since boot */
	char name[64];  /* at most 15 bytes but for a kernel thread's: proc_task_name() has no more, fs/proc/array.c */
};

/* A walk over /proc. */
struct processes {
	int fd;
	int at, end;
	unsigned parent; /* where /proc cannot be listed: who was seen and is asked next for his children; else 0 */
	bool all;  /* the whole namespace is ours */
	bool more; /* this round found somebody, so his children may have been passed by */
	_Alignas(8) char buffer[4096];
};

/* Whom a walk finds, kernel threads never: our descendants; as of PID 1, all of the namespace but us; all of it. */
enum { BELOW_US, ALL_BUT_US, ALL_OF_US };

/*
 * Begins a walk over all that live or are zombies below us: as PID 1 that is all of the namespace but us. False where there is no /proc, or
 * one of another PID namespace, whose numbers would be lies. One walk at a time.
 */
bool processes_begin(struct processes *walk, int whom);

/* The next one, each once; false after the last. Parents may come after their children. */
bool processes_next(struct processes *walk, struct process *to);

void processes_end(struct processes *walk);

/* One process. False where it is gone or cannot be read. */
bool processes_read(int pid, struct process *to);

/* Its command line, a blank between two arguments, cut off where there is no more room. False where it has or shows none. */
bool processes_command(int pid, char *to, size_t room);

/* Our own children, zombies too, up to `most` of them, the longest adopted first. Returns how many; 0 where that cannot be known. */
int processes_children(int to[], int most);

/* Whether it still does something: a zombie is over, but for one whose other threads go on. */
bool processes_alive(const struct process *p);

/* The signals that it catches, or those that its first thread blocks, as a mask: 0 where that cannot be known. */
uint64_t processes_caught(int pid);
uint64_t processes_blocked(int pid);

/* Reads what one read(2) gives of /proc/PID and `file`, with a NUL behind it. How much that is, or -1 with errno. */
ssize_t processes_slurp(int pid, const char *file, char *to, size_t room);

/* The uid that it acts as, which owns /proc/PID, proc(5); its real one before Linux 4.11; 0 where neither can be known. */
unsigned processes_owner(int pid);

/* Its real uid. False where that cannot be known. */
bool processes_uid(int pid, unsigned *uid);

#endif
