/*
 * The dead that the kernel reaps: whose parent ignores SIGCHLD is no zombie, and his parent is not woken (do_notify_parent in kernel/signal.c). How
 * the child ended its pidfd tells. In the life for as long as nobody needs to know of each death, and no ladder is climbed.
 */
#include "kernel.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "say.h"
#include "send.h"
#include "terminal.h"

/* struct pidfd_info of linux/pidfd.h as it was at first, Linux 6.13. */
struct info {
	uint64_t mask, cgroup;
	uint32_t ids[11];
	int32_t status; /* as of wait(2); kept beyond the end since Linux 6.15 */
};

#define GET_INFO _IOWR(0xFF, 11, struct info)

enum { INFO_EXIT = 8 };

/* Linux 6.15, before 10: an older one takes the question too, and has no answer in the end. */
static bool new_enough(void)
{
	struct utsname name;
	const char *r = name.release;

	return !uname(&name) && (r[0] > '6' || (r[0] == '6' && r[3] >= (r[2] > '1' ? '0' : '5')));
}

/* Above 0: it has ended; 0: not yet; below 0 where that cannot be known. */
static int hung_up(int pidfd)
{
	struct pollfd end = { pidfd, 0, 0 };

	return poll(&end, 1, 0);
}

/* The child's pidfd, if all that will be asked of it works. */
static bool open_child(struct life *life)
{
	struct info info;
	int fd = send_pin(life->child);

	info.mask = INFO_EXIT;
	if (fd > STDERR_FILENO && new_enough() && !ioctl(fd, (int)GET_INFO, &info) && hung_up(fd) >= 0 && !send_one(life->child, fd, 0, NULL))
		return (life->pidfd = fd);
	(void)close(fd); /* of what there is, nothing was written to it */
	return false;
}

/* A program that stops is no death, but we would not be told of it either: a shell's business, where there is one. */
static bool has_terminal(const struct life *life)
{
	int fd = terminal_any();

	terminal_close(fd);
	return fd >= 0 || life->has_terminal;
}

bool kernel_suits(const struct plan *plan)
{
	return !plan->name_reaped && !plan->report_fd && plan->until != UNTIL_ALL_LAST && plan->until != UNTIL_ALL_WORST;
}

void kernel_begin(const struct plan *plan, struct life *life)
{
	const char *why_not = NULL;

	if (!plan->by_kernel)
		return;
	if (!kernel_suits(plan) || plan->orphans[0].scope != TOP || has_terminal(life))
		why_not = "an option or a terminal needs foster";
	else if (life->signal_fd < 0 || (life->child && !open_child(life)))
		why_not = "it is not Linux 6.15, or refuses";
	if (why_not) {
		say(NOT_BY_KERNEL, &(struct fact){ .expected = why_not });
		return;
	}
	signals_ignore_deaths();
	life->by_kernel = life->owed = true; /* who died before is a zombie */
}

bool kernel_told(const struct life *life, siginfo_t *who)
{
	struct info info;

	/* Not asked before it hangs up: what can be read already may not be there yet. */
	if (hung_up(life->pidfd) <= 0)
		return false;
	info.mask = INFO_EXIT;
	info.status = EXIT_FAILED << 8;
	(void)ioctl(life->pidfd, (int)GET_INFO, &info); /* it worked before; else the program's end is our failure */
	int signal = info.status & 0x7f;
	who->si_pid = life->child;
	who->si_code = !signal ? CLD_EXITED : info.status & 0x80 ? CLD_DUMPED : CLD_KILLED;
	who->si_status = signal ? signal : info.status >> 8 & 0xff;
	return true;
}
