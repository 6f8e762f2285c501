/*
 * A PID namespace of our own: nothing can leave it, and with its PID 1 all of it ends at once. Two of us, with a pipe between them: the first byte
 * that comes out of it says why there is none (an errno, 0: there is one), each further one a signal that the program was stopped by.
 */
#include "pidns.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "say.h"
#include "terminal.h"
#include "text.h"

static bool put(const char *file, const char *text)
{
	int fd = openat(AT_FDCWD, file, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		(void)close(fd); /* the kernel has read it */
	return n > 0;
}

/* "1000 1000 1": the number is the same inside and outside, and is the only one there is. */
static bool keep_id(const char *file, unsigned id)
{
	char map[3 * (TEXT_DIGITS + 1)], *end = text_digits(map, id);

	*end++ = ' ';
	text_copy(text_digits(end, id), " 1");
	return put(file, map);
}

/* Only /proc is ours alone: what is mounted elsewhere is seen from both sides. */
static bool mount_proc(void)
{
	return !mount("", "/proc", NULL, MS_PRIVATE, NULL) && !mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

/* Inside, with the ids that were ours outside. An errno, or 0. */
static int settle(const struct plan *plan, unsigned uid, unsigned gid)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* the pipe tells if the other is gone already */
	errno = 0;
	if (uid && !(put("/proc/self/setgroups", "deny") && keep_id("/proc/self/uid_map", uid) && keep_id("/proc/self/gid_map", gid)))
		return errno;
	if (!mount_proc())
		return errno;
	if (!plan->no_group)
		(void)setpgid(0, 0); /* a newborn can */
	return 0;
}

static void live_inside(struct plan *plan, struct life *life, int error, int terminal)
{
	unsigned char told = (unsigned char)error;

	if (!error && terminal >= 0 && !plan->no_group)
		terminal_give(terminal, getpid());
	if (write(life->link_fd, &told, 1) != 1 || error)
		_exit(plan->code_failed);
	terminal_close(terminal);
	plan->pid1 = true;
	plan->parent_death = 0;
}

static void live_outside(struct plan *plan, struct life *life, int terminal)
{
	*plan = (struct plan){ .inherited = plan->inherited, .code_failed = plan->code_failed, .parent_death = plan->parent_death, .no_group = plan->no_group,
		.no_hardening = plan->no_hardening, .undumpable = plan->undumpable };
	life->group = plan->no_group ? 0 : life->child;
	life->has_terminal = terminal >= 0 && life->group;
	life->watched_fd = life->link_fd;
	terminal_close(terminal);
	say_nothing(); /* the other one speaks */
}

/* Refused: the life of a subreaper. */
static void stay_one(struct life *life, int error, int terminal)
{
	if (life->child > 0)
		(void)waitpid(life->child, NULL, 0); /* it left already */
	(void)close(life->link_fd);
	life->child = life->link_fd = 0;
	terminal_close(terminal);
	say(NO_PIDNS, &(struct fact){ .error = error });
}

/* Fork, in new namespaces. The raw call: a libc's clone(2) wants a function and a stack. */
static int divide(unsigned long flags)
{
#ifdef __s390__
	return (int)syscall(SYS_clone, 0, flags | SIGCHLD, 0, 0, 0);
#else
	return (int)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
#endif
}

/* What is ours of a pipe is above 2, whatever is closed there. */
static bool make_link(int ends[2])
{
	if (syscall(SYS_pipe2, ends, O_CLOEXEC)) /* a libc's own brings fcntl(2) along */
		return false;
	ends[0] = descriptors_own(ends[0]);
	ends[1] = descriptors_own(ends[1]);
	return true;
}

void pidns(struct plan *plan, struct life *life)
{
	unsigned char error = EIO;
	int ends[2], terminal;

	if (!plan->pidns || plan->pid1 || !make_link(ends))
		return;
	unsigned uid = geteuid(), gid = getegid();
	terminal = plan->session ? -1 : terminal_open();
	life->child = divide(CLONE_NEWPID | CLONE_NEWNS | (uid ? CLONE_NEWUSER : 0));
	if (life->child < 0)
		error = (unsigned char)errno;
	(void)close(ends[life->child != 0]);
	life->link_fd = ends[!life->child];
	if (!life->child)
		live_inside(plan, life, settle(plan, uid, gid), terminal);
	else if (life->child > 0 && read(life->link_fd, &error, 1) == 1 && !error)
		live_outside(plan, life, terminal);
	else
		stay_one(life, error, terminal);
	if (life->link_fd)
		(void)descriptors_control(life->link_fd, F_SETFL, O_NONBLOCK); /* neither waits for the other any more */
}

void pidns_listen(struct life *life)
{
	unsigned char by[64];
	ssize_t n = read(life->link_fd, by, sizeof by);

	if (n > 0) { /* of several the last one is news */
		life->stopped_by = by[n - 1];
		life->stopped_news = true;
	} else if (!n) { /* which SIGCHLD will tell as well, once all of the namespace is gone */
		(void)close(life->link_fd);
		life->watched_fd = -1;
		life->link_fd = 0;
	}
}

bool pidns_tell(const struct life *life, int signal)
{
	unsigned char by = (unsigned char)signal;

	return write(life->link_fd, &by, 1) == 1;
}
