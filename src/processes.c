/*
 * The living and the zombies as /proc shows them. Read-only, never needed: everything that is done with it is done another way, or left out,
 * where there is no /proc. A process chooses its own name, so names are bytes, and the last parenthesis ends one.
 */
#include "processes.h"

#include <fcntl.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "text.h"

enum {
	PIDS = 1 << 22,           /* PID_MAX_LIMIT, linux/threads.h */
	KERNEL_THREAD = 0x200000, /* PF_KTHREAD, linux/sched.h */
	PARENT = 4, CAUGHT = 34   /* fields of /proc/PID/stat as proc(5) counts them: the first one behind the state, the last one that is read */
};

struct entry { /* struct linux_dirent64, getdents(2) */
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

/* One bit a pid: seen below us in this walk. Costs no memory until it is used. */
static _Alignas(4096) unsigned char below[PIDS / 8];

static bool is_below(unsigned pid)
{
	return pid < PIDS && below[pid / 8] >> pid % 8 & 1;
}

static void see(unsigned pid)
{
	below[pid / 8] |= (unsigned char)(1 << pid % 8);
}

/* What fails once for want of memory or of a descriptor must not cost the left over their TERM: tests/faults. */
static long twice(long call, long a, const void *b, long c, long d)
{
	long n = syscall(call, a, b, c, d);

	return n < 0 ? syscall(call, a, b, c, d) : n;
}

static int open_once_more(const char *path)
{
	return (int)twice(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
}

typedef char path_of[sizeof "/proc//task//children" + 2UL * TEXT_DIGITS];

static char *name_file(char *to, unsigned pid, const char *file)
{
	return text_copy(text_digits(to, pid), file);
}

static char *name_path(path_of path, unsigned pid, const char *file)
{
	return name_file(text_copy(path, "/proc/"), pid, file);
}

/* The list of those whom its first thread has borne or adopted, proc(5): each number is followed by a blank. */
static int open_children(unsigned pid)
{
	path_of path;

	name_file(name_path(path, pid, "/task/"), pid, "/children");
	return open_once_more(path);
}

ssize_t processes_slurp(int pid, const char *file, char *to, size_t room)
{
	path_of path;

	name_path(path, (unsigned)pid, file);
	int fd = open_once_more(path);
	if (fd < 0)
		return -1;
	ssize_t n = twice(SYS_read, fd, to, (long)room - 1, 0);
	(void)close(fd); /* nothing was written to it */
	if (n >= 0)
		to[n] = '\0';
	return n;
}

/* The next decimal number, from `*at` on, a sign passed over. */
static uint64_t number(const char **at)
{
	uint64_t n = 0;
	unsigned digit;

	while (**at && (**at < '0' || **at > '9'))
		++*at;
	while ((digit = (unsigned)**at - '0') <= 9) {
		n = n * 10 + digit;
		++*at;
	}
	return n;
}

static bool parse(const char *stat, struct process *to)
{
	const char *name = stat + text_until(stat, "(");
	size_t length = 0; /* with the parenthesis before it */
	uint64_t field[CAUGHT + 1]; /* numbers all */

	for (size_t i = 0; i <= sizeof to->name && name[i]; i++)
		if (name[i] == ')')
			length = i;
	const char *close = name + length;
	if (!length || close[1] != ' ' || !close[2])
		return false;
	memcpy(to->name, name + 1, length);
	to->name[length - 1] = '\0';
	to->pid = (int)number(&stat);
	to->state = close[2];
	close += 3;
	for (int i = PARENT; i <= CAUGHT; i++)
		field[i] = number(&close);
	to->parent = (int)field[PARENT];
	to->group = (int)field[5];
	to->flags = (unsigned)field[9];
	to->threads = (int)field[20];
	to->start = field[22];
	to->blocked = (unsigned)field[32];
	to->ignored = (unsigned)field[33];
	to->caught = (unsigned)field[CAUGHT];
	return to->start > 0;
}

/* Whether /proc is there and of our own PID namespace: another's numbers would be lies. */
static bool honest(void)
{
	char self[TEXT_DIGITS];
	unsigned pid;
	ssize_t n = twice(SYS_readlinkat, AT_FDCWD, "/proc/self", (long)self, sizeof self);

	return n > 0 && text_number(self, (size_t)n, PIDS, &pid) && (pid_t)pid == getpid();
}

static bool read_stat(int pid, struct process *to)
{
	char stat[1024];

	/* Another's number would be a place beside `below`: whoever can mount may have made this /proc. tests/denied.bats */
	return processes_slurp(pid, "/stat", stat, sizeof stat) > 0 && parse(stat, to) && to->pid == pid;
}

bool processes_read(int pid, struct process *to)
{
	return honest() && read_stat(pid, to);
}

bool processes_command(int pid, char *to, size_t room)
{
	ssize_t n = processes_slurp(pid, "/cmdline", to, room);

	while (n > 0 && !to[n - 1])
		n--;
	for (ssize_t i = 0; i < n; i++)
		if (!to[i])
			to[i] = ' ';
	return n > 0;
}

bool processes_alive(const struct process *p)
{
	return (p->state != 'Z' && p->state != 'X') || p->threads > 1;
}

bool processes_begin(struct processes *walk, int whom)
{
	if (!honest())
		return false;
	walk->fd = open_once_more("/proc");
	walk->at = walk->end = 0;
	walk->parent = 0;
	walk->all = whom != BELOW_US;
	walk->more = false;
	if (madvise(below, sizeof below, MADV_DONTNEED)) /* zeroes it, and gives the memory back */
		memset(below, 0, sizeof below);
	if (whom != ALL_OF_US)
		see((unsigned)getpid());
	return walk->fd >= 0;
}

void processes_end(struct processes *walk)
{
	(void)close(walk->fd);
}

/* The next pid in /proc, or in a list of children; 0 at its end, or where it cannot be read: then walk->end is below 0. */
static int next_listed(struct processes *walk)
{
	unsigned pid = 0;

	for (;;) {
		if (walk->at >= walk->end) {
			walk->at = 0;
			walk->end = (int)twice(walk->parent ? SYS_read : SYS_getdents64, walk->fd, walk->buffer, sizeof walk->buffer, 0);
			if (walk->end <= 0)
				return 0;
		}
		const void *here = walk->buffer + walk->at; /* aligned: so is the buffer, and so long is each entry, fs/readdir.c */
		const struct entry *e = here;
		if (!walk->parent) {
			walk->at += e->length;
			if (text_number(e->name, strlen(e->name), PIDS - 1, &pid))
				return (int)pid;
			continue;
		}
		unsigned digit = (unsigned)walk->buffer[walk->at++] - '0';
		if (digit > 9)
			return (int)pid;
		pid = (pid * 10 + digit) % PIDS; /* none is larger, in an honest one */
	}
}

/* Where a filter refuses to list /proc, whoever was seen shows his children (tests/denied.bats). False after the last. */
static bool next_list(struct processes *walk)
{
	if (!walk->parent && walk->end >= 0)
		return false;
	while (walk->parent < PIDS) {
		unsigned pid = walk->parent++;

		if (is_below(pid)) {
			(void)close(walk->fd);
			walk->fd = open_children(pid); /* gone by now: nothing can be read */
			return true;
		}
		if (!below[pid / 8])
			walk->parent = (pid | 7) + 1;
	}
	return false;
}

/* Whether it is one of those that are looked for: then it has been seen now. */
static bool found(struct processes *walk, const struct process *p)
{
	if (walk->all ? p->flags & KERNEL_THREAD : !is_below((unsigned)p->parent))
		return false;
	see((unsigned)p->pid);
	return walk->more = true;
}

bool processes_next(struct processes *walk, struct process *to)
{
	for (;;) {
		int pid = next_listed(walk);

		if (pid && !is_below((unsigned)pid) && read_stat(pid, to) && found(walk, to))
			return true;
		if (pid || next_list(walk))
			continue;
		/* Another round: a child with a lower number than its parent's was passed by. */
		if (!walk->more || (!walk->parent && (walk->all || lseek(walk->fd, 0, SEEK_SET) < 0)))
			return false;
		walk->more = false;
		walk->parent = walk->parent > 0;
		walk->at = walk->end = 0;
	}
}

int processes_children(int to[], int most)
{
	struct processes walk;
	struct process p;
	int n = 0;

	if (!honest())
		return 0;
	walk.at = walk.end = 0;
	walk.parent = PIDS;
	walk.fd = open_children((unsigned)getpid());
	if (walk.fd >= 0)
		while (n < most && (to[n] = next_listed(&walk)))
			n++;
	else if (processes_begin(&walk, BELOW_US)) /* a kernel without CONFIG_PROC_CHILDREN */
		while (n < most && processes_next(&walk, &p))
			if (p.parent == getpid())
				to[n++] = p.pid;
	processes_end(&walk); /* where nothing could be opened that is nothing */
	return n;
}

static int hexadecimal(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What stands behind a line's name in /proc/PID/status. A process's own name cannot pose as a line: its newlines are escaped there. */
static const char *status(int pid, const char *name, char *to, size_t room)
{
	if (!honest() || processes_slurp(pid, "/status", to, room) <= 0)
		return NULL;
	for (const char *line = to; *(line += text_until(line, "\n"));)
		if (!strncmp(++line, name, strlen(name)))
			return line + strlen(name);
	return NULL;
}

static uint64_t mask(int pid, const char *line)
{
	char text[4096];
	const char *at = status(pid, line, text, sizeof text);
	uint64_t set = 0;

	for (int digit; at && (digit = hexadecimal(*at)) >= 0; at++)
		set = set << 4 | (unsigned)digit;
	return set;
}

uint64_t processes_caught(int pid)
{
	return mask(pid, "SigCgt:\t");
}

uint64_t processes_blocked(int pid)
{
	return mask(pid, "SigBlk:\t");
}

bool processes_uid(int pid, unsigned *uid)
{
	char text[4096];
	const char *at = status(pid, "Uid:\t", text, sizeof text);

	if (at)
		*uid = (unsigned)number(&at);
	return at;
}

unsigned processes_owner(int pid)
{
	struct statx is;
	path_of path;
	unsigned uid = 0;

	name_path(path, (unsigned)pid, "");
	if (syscall(SYS_statx, AT_FDCWD, path, 0, STATX_UID, &is))
		(void)processes_uid(pid, &uid); /* else it stays 0 */
	else
		uid = is.stx_uid;
	return uid;
}
