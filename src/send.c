/*
 * How a signal is sent. Runs in the life: a refusal is a result, never an end. A pid read from /proc may be another's a moment later, so whoever
 * is not our own child is pinned by a pidfd first: nothing of the host is ever hit.
 */
#include "send.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "processes.h"

#ifdef SYS_setresuid32
#define SET_UIDS SYS_setresuid32
#else
#define SET_UIDS SYS_setresuid
#endif

#define PIDFD_SIGNAL_PROCESS_GROUP 4 /* Linux 6.9 */

enum { HELPER_STACK = 4096 };

struct errand {
	int pid, pidfd, signal;
	const struct arrival *as;
	unsigned uid;
};

int send_pin(int pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* To one, or below 0 to a group: with what it was queued with, if anything. */
static int raw(int pid, int pidfd, int signal, const siginfo_t *info)
{
	if (pidfd)
		return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, info, pid < 0 ? PIDFD_SIGNAL_PROCESS_GROUP : 0);
	return info ? (int)syscall(SYS_rt_sigqueueinfo, pid, signal, info) : kill(pid, signal);
}

static int try(int pid, int pidfd, int signal, const struct arrival *as)
{
	if (as && (as->code == SI_QUEUE || as->code == SI_MESGQ)) {
		siginfo_t info;

		memset(&info, 0, sizeof info);
		info.si_signo = signal;
		info.si_code = as->code;
		info.si_pid = as->pid;
		info.si_uid = as->uid;
		info.si_value.sival_ptr = (void *)(uintptr_t)as->value;
		if (!raw(pid, pidfd, signal, &info))
			return 0;
	}
	/* Not queued, or the queue is full (EAGAIN): kill(2) still leaves the signal itself. */
	return raw(pid, pidfd, signal, NULL);
}

/*
 * In the helper. Only the effective uid changes, so that the target's uid has no power over the helper: it cannot stop it, and with it us.
 * The raw call: a libc's own would set the uid of all threads by signals.
 */
static int run_errand(void *of)
{
	const struct errand *e = of;

	return syscall(SET_UIDS, -1, e->uid, -1) || try(e->pid, e->pidfd, e->signal, e->as);
}

/* Sends as the target's own uid, where CAP_SETUID allows what the lack of CAP_KILL forbids: credentials(7). */
static int send_as_owner(int pid, int pidfd, int signal, const struct arrival *as)
{
	_Alignas(16) char stack[HELPER_STACK];
	struct errand errand = { pid, pidfd, signal, as, 0 };
	int status = -1;

	if (!processes_uid(pid, &errand.uid))
		return -1;
	/* Not SIGCHLD: this death is no orphan's. Not CLONE_VM: a change of uid would make our own memory undumpable. */
	int helper = clone(run_errand, stack + sizeof stack, 0, &errand);
	if (helper < 0)
		return -1;
	while (waitpid(helper, &status, __WALL) < 0 && errno == EINTR)
		;
	return status ? -1 : 0;
}

int send_one(int pid, int pidfd, int signal, const struct arrival *as)
{
	if (!try(pid, pidfd, signal, as))
		return 0;
	if (errno != EPERM)
		return -1;
	if (!send_as_owner(pid, pidfd, signal, as))
		return 0;
	errno = EPERM;
	return -1;
}

/* Whether kill(2) may reach only some of many and not say so: true without CAP_KILL, and also where we cannot know. */
static bool some_may_refuse(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	return syscall(SYS_capget, &header, data) || !(data[0].effective >> CAP_KILL & 1);
}

/* Whether this pid is still the process that was read from /proc. */
static bool still(const struct process *p)
{
	struct process now;

	return processes_read(p->pid, &now) && now.start == p->start;
}

/* To somebody read from /proc: only he, or nobody, is hit. Our own child's pid is no other's; its pidfd is for where a filter refuses kill(2). */
static void send_pinned(const struct process *p, int signal, const struct arrival *as)
{
	bool ours = p->parent == getpid();

	if (ours && !send_one(p->pid, 0, signal, as))
		return;
	int fd = send_pin(p->pid);
	bool is = still(p);
	bool sent = fd >= 0 && is && (ours || !as) && !syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);

	if (fd >= 0)
		(void)close(fd);
	if (!sent && is && !ours)
		(void)send_one(p->pid, 0, signal, as); /* gone meanwhile, or beyond our power: the end of the ladder names him */
}

/* Who is meant by a walk. */
enum which { MEMBERS, ALL, REFUSERS };

static bool meant(const struct process *p, enum which which, int group)
{
	if (!processes_alive(p))
		return false;
	if (which == REFUSERS)
		return kill(p->pid, 0) && errno == EPERM;
	return which == ALL || p->group == group;
}

/* One by one: for a payload, which kill(2) cannot give to many, and for those that a kill(2) of many passes over. False where /proc shows nobody. */
static bool send_each(enum which which, int group, int signal, const struct arrival *as, bool pid1)
{
	struct processes walk;
	struct process p;
	int any = 0;

	if (!processes_begin(&walk, pid1))
		return false;
	while (processes_next(&walk, &p)) {
		any++;
		if (meant(&p, which, group))
			send_pinned(&p, signal, as);
	}
	processes_end(&walk);
	return any;
}

int send_group(int group, int pidfd, int signal, const struct arrival *as, bool pid1)
{
	bool queued = as && as->code == SI_QUEUE && !pidfd;

	if (raw(-group, pidfd, 0, NULL) && errno == ESRCH)
		return -1;
	if ((queued || some_may_refuse()) && send_each(MEMBERS, group, signal, as, pid1))
		return 0;
	return try(-group, pidfd, signal, as);
}

bool send_group_ours(int group)
{
	siginfo_t unused;

	return group && !waitid(P_PGID, (id_t)group, &unused, WEXITED | WNOHANG | WNOWAIT);
}

void send_all(int group, int signal, bool pid1)
{
	if (pid1) {
		/* 0 even where every single one refused; EPERM where a filter refuses us. */
		bool filtered = kill(-1, signal) && errno != ESRCH;

		if (filtered || some_may_refuse())
			(void)send_each(filtered ? ALL : REFUSERS, 0, signal, NULL, true);
	} else if (!send_each(ALL, 0, signal, NULL, false) && send_group_ours(group)) {
		(void)kill(-group, signal); /* all that can be reached without /proc */
	}
}
