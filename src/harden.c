/*
 * What the life has no use for is given up, so that whoever gets foster to do something by a fault of its own has little of it. Runs once the program
 * is executed, which keeps all it has. A courtesy: what the kernel refuses to take stays ours.
 */
#include "harden.h"

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine.h"
#include "processes.h"
#include "say.h"
#include "send.h"

/* Where a machine has one name, the other one stands for it too. */
#ifndef SYS_poll
#define SYS_poll SYS_ppoll
#endif
#ifndef SYS__llseek
#define SYS__llseek SYS_lseek
#endif
#ifndef SYS_ftruncate64
#define SYS_ftruncate64 SYS_ftruncate
#endif
#ifndef SYS_setresuid32
#define SYS_setresuid32 SYS_setresuid
#endif
#ifndef SYS_rt_sigtimedwait_time64
#define SYS_rt_sigtimedwait_time64 SYS_rt_sigtimedwait
#endif
#ifndef SYS_clock_gettime64
#define SYS_clock_gettime64 SYS_clock_gettime32
#endif
#ifndef SYS_clock_gettime32 /* musl's name for it where long has 32 bits */
#define SYS_clock_gettime32 SYS_clock_gettime
#endif

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* All that is called from now on, by us or by libc for us; the most frequent first, since an older kernel than 5.11 goes along them at each call. */
static const uint16_t life_calls[] = {
	SYS_read, SYS_waitid, SYS_poll, SYS_ppoll, SYS_clock_gettime32, SYS_clock_gettime64, SYS_getpid, SYS_kill, SYS_rt_sigqueueinfo,
	SYS_pidfd_send_signal, SYS_openat, SYS_close, SYS_readlinkat, SYS_getdents64, SYS_lseek, SYS__llseek, SYS_madvise, SYS_pidfd_open,
	SYS_write, SYS_pwritev2, SYS_fcntl, SYS_ioctl, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_rt_sigpending, SYS_rt_sigtimedwait,
	SYS_rt_sigtimedwait_time64, SYS_getpgid, SYS_capget, SYS_ftruncate64, SYS_getrusage,
	SYS_clone, SYS_setresuid32, SYS_wait4, SYS_exit, /* the helper of send.c */
	SYS_sysinfo, /* ladder.c, where the clock is refused */
	SYS_restart_syscall, /* the kernel's own: a wait with a limit, after STOP and CONT or a tracer */
	SYS_exit_group,
};

/* A guest's end. */
static const uint16_t guest_calls[] = { SYS_sync, SYS_reboot, SYS_mount, SYS_umount2 };

enum { CHECKED = 4, MOST = CHECKED + COUNT(life_calls) + COUNT(guest_calls) + 2 };

_Static_assert(MOST < 256, "a jump to the end of a filter has 8 bits");

/* One row for each number, jumping to `yes`. Returns where the next one goes. */
static struct sock_filter *allow(struct sock_filter *at, const struct sock_filter *yes, const uint16_t *number, size_t count)
{
	for (; count--; at++)
		*at = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, *number++, (unsigned char)(yes - at - 1), 0);
	return at;
}

/* Ours as the kernel calls it: linux/audit.h makes it of what stands in each ELF header, and the linker lays ours before our first byte. */
static uint32_t architecture(void)
{
	extern const Elf32_Ehdr __ehdr_start; /* up to here it is the same for 64 bits */
	uint32_t is = __ehdr_start.e_machine;

	is |= __ehdr_start.e_ident[EI_CLASS] == ELFCLASS64 ? __AUDIT_ARCH_64BIT : 0;
	return is | (__ehdr_start.e_ident[EI_DATA] == ELFDATA2LSB ? __AUDIT_ARCH_LE : 0);
}

/* ENOSYS is what each libc takes for an older kernel's, and so does another way. */
static void refuse_other_calls(const struct plan *plan)
{
	struct sock_filter rows[MOST] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture(), 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	size_t guests = plan->guest ? COUNT(guest_calls) : 0;
	struct sock_filter *yes = rows + CHECKED + COUNT(life_calls) + guests + 1;
	struct sock_fprog program = { (unsigned short)(yes + 1 - rows), rows };

	yes[-1] = rows[2];
	*yes = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	(void)allow(allow(rows + CHECKED, yes, life_calls, COUNT(life_calls)), yes, guest_calls, guests); /* and no further */
	(void)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program); /* refused, all calls stay ours */
}

/* Of those that we have. With KILL a helper of another uid (send.c) can do no more than we. */
static uint32_t needed(const struct plan *plan, uint32_t have)
{
	uint32_t need = (have & CAP_TO_MASK(CAP_KILL)) ? CAP_TO_MASK(CAP_KILL) : CAP_TO_MASK(CAP_SETUID);

	if (plan->guest)
		need |= CAP_TO_MASK(CAP_SYS_BOOT);
	if (machine_ours()) /* to unmount, also what is below a folder that its owner has closed to others */
		need |= CAP_TO_MASK(CAP_SYS_ADMIN) | CAP_TO_MASK(CAP_DAC_READ_SEARCH);
	return have & need;
}

/*
 * What the life could not do without: to see the child (a /proc that is mounted with hidepid shows those alone who have no more than we), and to open
 * the terminal that it speaks to anew, which another user may own (say.c).
 */
static int able(const struct life *life)
{
	char text[16];
	int can = processes_slurp(life->child, "/stat", text, sizeof text) > 0;
	int own = isatty(STDERR_FILENO) ? say_unwaiting(STDERR_FILENO) : -1;

	if (own >= 0)
		(void)close(own); /* nothing was written to it */
	return can + (own >= 0);
}

static void give_up_capabilities(const struct plan *plan, const struct life *life)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct all[_LINUX_CAPABILITY_U32S_3] = { { 0 } }, less[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (syscall(SYS_capget, &header, all) || !(all[0].permitted | all[1].permitted))
		return;
	int before = able(life);
	less[0].effective = needed(plan, all[0].effective);
	less[0].permitted = all[0].permitted;
	less[1].permitted = all[1].permitted;
	(void)syscall(SYS_capset, &header, less); /* refused, so will be the next */
	if (able(life) < before) {
		(void)syscall(SYS_capset, &header, all); /* they are permitted still */
		return;
	}
	less[0].permitted = less[0].effective;
	less[1].permitted = 0;
	(void)syscall(SYS_capset, &header, less); /* refused, they stay ours */
}

void harden(const struct plan *plan, const struct life *life)
{
	if (plan->no_hardening)
		return;
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* a filter asks for it; we execute nothing any more */
	give_up_capabilities(plan, life);
	refuse_other_calls(plan);
}
