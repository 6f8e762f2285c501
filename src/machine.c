/* A machine of its own, virtual or not, whose kernel started us and nobody else: what an init owes it in the beginning and in the end. */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "say.h"
#include "text.h"

enum {
	NAMELESS = 48,     /* bytes that getdents64(2) has of a folder with "." and ".." alone */
	CONSOLE = 32,      /* and of a "console", which the kernel's own initramfs holds */
	MOUNTS_TEXT = 65536
};

/* What is mounted, packed byte behind byte: flags (2 nosuid, 4 nodev, 8 noexec, mount(2)); type; where; options. */
#define MOUNT(flags, type, where, options) flags type "\0" where "\0" options "\0"

static const char mounts[] =
	MOUNT("\16", "proc", "/proc", "")
	MOUNT("\16", "sysfs", "/sys", "")
	MOUNT("\2", "devtmpfs", "/dev", "")
	MOUNT("\12", "devpts", "/dev/pts", "gid=5,mode=620,ptmxmode=666")
	MOUNT("\6", "tmpfs", "/dev/shm", "")
	MOUNT("\6", "tmpfs", "/run", "mode=755")
	MOUNT("\6", "tmpfs", "/tmp", ""); /* 1777 unless told otherwise, tmpfs(5) */

static enum tell unasked; /* what to do where nobody is there to exit to; TELL_NOTHING: somebody is */

/* Which file system something is on, by two words of struct statx, Linux 4.11: stat(2) of a libc is 800 bytes. */
static uint64_t device(int fd, const char *path, int flags)
{
	uint32_t statx[64] = { 0 };

	(void)syscall(SYS_statx, fd, path, flags, 0, statx); /* refused, nothing is mounted as far as we can see */
	return (uint64_t)statx[34] << 32 | statx[35];
}

/* Whether something is there already: another file system, or a file but for the console that an initramfs has before there is a /dev. */
static bool there(const char *path, bool console)
{
	_Alignas(8) char entries[256];
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is = fd >= 0 && (syscall(SYS_getdents64, fd, entries, sizeof entries) > NAMELESS + (console ? CONSOLE : 0) ||
		device(fd, "", AT_EMPTY_PATH) != device(fd, "..", 0));

	(void)close(fd); /* nothing was written to it */
	return is;
}

static void mount_missing(void)
{
	for (const char *type = mounts; *type;) {
		unsigned long flags = (unsigned long)*type++;
		const char *where = type + strlen(type) + 1, *data = where + strlen(where) + 1;

		(void)syscall(SYS_mkdirat, AT_FDCWD, where, 0755); /* there already, or mount(2) will say what is wrong */
		if (!there(where, !strcmp(where, "/dev")) && mount(type, where, type, flags, data))
			say(UNMOUNTED, &(struct fact){ .text = where, .error = errno });
		type = data + strlen(data) + 1;
	}
}

void machine_begin(enum tell tell)
{
	int fd;

	/*
	 * The kernel lets PID 1 of the first PID namespace alone turn Ctrl-Alt-Del into a signal: EINVAL in all others, whatever they may do otherwise
	 * (reboot_pid_ns in kernel/pid_namespace.c). So this is the sign as well, and one that needs no /proc.
	 */
	if (reboot(RB_DISABLE_CAD))
		return;
	unasked = tell ? tell : TELL_POWER_OFF;
	mount_missing();
	while ((fd = openat(AT_FDCWD, "/dev/console", O_RDWR | O_NOCTTY)) >= 0 && fd <= STDERR_FILENO)
		;
	if (fd >= 0)
		(void)close(fd);
}

bool machine_ours(void)
{
	return unasked;
}

/* Octal digits behind a backslash are one byte, as /proc/mounts writes blanks: proc_pid_mounts(5). */
static void unescape(char *text)
{
	for (char *to = text; (*to = *text++); to++)
		if (*to == '\\' && text_while(text, "01234567") >= 3) {
			*to = (char)((text[0] - '0') << 6 | (text[1] - '0') << 3 | (text[2] - '0'));
			text += 3;
		}
}

static void unmount(char *line)
{
	char *where = line + text_until(line, " ") + 1;

	where[text_until(where, " ")] = '\0';
	unescape(where);
	if (umount2(where, 0))
		(void)mount(NULL, where, NULL, MS_REMOUNT | MS_RDONLY, NULL); /* in use; what cannot be read-only has nothing to lose either */
}

/* The last mounted first. */
static void unmount_all(void)
{
	static char text[MOUNTS_TEXT];
	char *end = text;
	ssize_t n;
	int fd = openat(AT_FDCWD, "/proc/mounts", O_RDONLY | O_CLOEXEC);

	while ((n = read(fd, end, (size_t)(text + sizeof text - end))) > 0)
		end += n;
	(void)close(fd); /* nothing was written to it */
	while (end > text) {
		*--end = '\0';
		end = strrchr(text, '\n');
		end = end ? end + 1 : text;
		unmount(end);
	}
}

void machine_tell(enum tell tell)
{
	if (unasked) {
		unmount_all();
		sync();
	}
	(void)reboot(tell == TELL_RESTART ? RB_AUTOBOOT : RB_POWER_OFF);
}

void machine_leave(int code)
{
	if (!unasked)
		_exit(code);
	machine_tell(unasked);
	for (;;)
		(void)poll(NULL, 0, -1); /* refused: to exit is to panic */
}
