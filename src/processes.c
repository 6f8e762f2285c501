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
	PIDS = 1 << 22,          /* PID_MAX_LIMIT, linux/threads.h */
	KERNEL_THREAD = 0x200000 /* PF_KTHREAD, linux/sched.h */
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

static bool is_below(int pid)
{
	return pid > 0 && pid < PIDS && below[pid / 8] >> pid % 8 & 1;
}

/* What fails once for want of memory or of a descriptor must not cost the left over their TERM: tests/faults. */
static long twice(long call, long a, const void *b, long c, long d)
{
	long n = syscall(call, a, b, c, d);

	return n < 0 ? syscall(call, a, b, c, d) : n;
}

static int open_once_more(const char *path, int flags)
{
	return (int)twice(SYS_openat, AT_FDCWD, path, flags | O_RDONLY | O_CLOEXEC, 0);
}

typedef char path_of[sizeof "/proc//task//children" + 2UL * TEXT_DIGITS];

static const char *name_path(path_of path, int pid, const char *file)
{
	text_copy(text_digits(text_copy(path, "/proc/"), (unsigned)pid), file);
	return path;
}

ssize_t processes_slurp(int pid, const char *file, char *to, size_t room)
{
	path_of path;
	int fd = open_once_more(name_path(path, pid, file), 0);
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

	while (**at && (**at < '0' || **at > '9'))
		++*at;
	while (**at >= '0' && **at <= '9')
		n = n * 10 + (uint64_t)(*(*at)++ - '0');
	return n;
}

static bool parse(const char *stat, struct process *to)
{
	const char *open = stat + text_until(stat, "("), *close = NULL;

	for (const char *at = open; *at && (size_t)(at - open) <= sizeof to->name; at++)
		if (*at == ')')
			close = at;
	if (!close || close[1] != ' ' || !close[2])
		return false;
	size_t length = (size_t)(close - open - 1);
	memcpy(to->name, open + 1, length);
	to->name[length] = '\0';
	to->pid = (int)number(&stat);
	to->state = close[2];
	close += 3;
	to->parent = (int)number(&close);
	to->group = (int)number(&close);
	for (int session_terminal_foreground = 3; session_terminal_foreground; session_terminal_foreground--)
		(void)number(&close);
	to->flags = (unsigned)number(&close);
	for (int up_to_nice = 10; up_to_nice; up_to_nice--)
		(void)number(&close);
	to->threads = (int)number(&close);
	(void)number(&close); /* itrealvalue */
	to->start = number(&close);
	for (int up_to_pending = 9; up_to_pending; up_to_pending--)
		(void)number(&close);
	to->blocked = (unsigned)number(&close);
	to->ignored = (unsigned)number(&close);
	to->caught = (unsigned)number(&close);
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
	pid_t pid = getpid();

	if (!honest())
		return false;
	*walk = (struct processes){ .fd = open_once_more("/proc", O_DIRECTORY), .all = whom != BELOW_US };
	if (madvise(below, sizeof below, MADV_DONTNEED)) /* zeroes it, and gives the memory back */
		memset(below, 0, sizeof below);
	if (whom != ALL_OF_US)
		below[pid / 8] = (unsigned char)(1 << pid % 8);
	return walk->fd >= 0;
}

void processes_end(struct processes *walk)
{
	(void)close(walk->fd);
}

/* The next pid in /proc, 0 at the end. */
static int next_pid(struct processes *walk)
{
	for (;;) {
		if (walk->at >= walk->end) {
			walk->at = 0;
			walk->end = (int)twice(SYS_getdents64, walk->fd, walk->buffer, sizeof walk->buffer, 0);
			if (walk->end <= 0)
				return 0;
		}
		const void *here = walk->buffer + walk->at; /* aligned: so is the buffer, and so long is each entry, fs/readdir.c */
		const struct entry *e = here;
		unsigned pid;
		walk->at += e->length;
		if (text_number(e->name, strlen(e->name), PIDS - 1, &pid))
			return (int)pid;
	}
}

/* Whether it is below us and was not seen yet; seen it is now. */
static bool found(struct processes *walk, const struct process *p)
{
	if (is_below(p->pid) || (walk->all ? p->flags & KERNEL_THREAD : !is_below(p->parent)))
		return false;
	below[p->pid / 8] |= (unsigned char)(1 << p->pid % 8);
	return true;
}

bool processes_next(struct processes *walk, struct process *to)
{
	for (;;) {
		int pid = next_pid(walk);

		if (pid && !is_below(pid) && read_stat(pid, to) && found(walk, to))
			return walk->more = true;
		if (pid)
			continue;
		/* Another round: a child with a lower number than its parent's was passed by. */
		if (!walk->more || walk->all || lseek(walk->fd, 0, SEEK_SET) < 0)
			return false;
		walk->more = false;
		walk->at = walk->end = 0;
	}
}

int processes_children(int to[], int most)
{
	char text[4096], file[sizeof "/task//children" + TEXT_DIGITS];
	struct processes walk;
	struct process p;
	int n = 0;

	if (!honest())
		return 0;
	text_copy(text_digits(text_copy(file, "/task/"), (unsigned)getpid()), "/children");
	if (processes_slurp(getpid(), file, text, sizeof text) >= 0) {
		/* Each number is followed by a blank: one that the buffer cut off is not. */
		for (const char *at = text; n < most && at[text_until(at, " ")]; at++)
			to[n++] = (int)number(&at);
	} else if (processes_begin(&walk, BELOW_US)) { /* a kernel without CONFIG_PROC_CHILDREN */
		while (n < most && processes_next(&walk, &p))
			if (p.parent == getpid())
				to[n++] = p.pid;
		processes_end(&walk);
	}
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

	for (; at && hexadecimal(*at) >= 0; at++)
		set = set << 4 | (unsigned)hexadecimal(*at);
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
	struct statx is = { 0 };
	path_of path;
	unsigned uid = 0;

	if (!syscall(SYS_statx, AT_FDCWD, name_path(path, pid, ""), 0, STATX_UID, &is))
		return is.stx_uid;
	(void)processes_uid(pid, &uid); /* else it stays 0 */
	return uid;
}
