/* How foster comes into an image that has no shell and no cp: a first container of the pod copies it into a volume. Nothing else is run. */
#include "install.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ladder.h"
#include "text.h"

enum { MODE = 0755, BLOCK = 1 << 20 };

static bool copy(int from, int to)
{
	ssize_t n;

	while ((n = sendfile(to, from, NULL, BLOCK)) > 0)
		;
	return !n && !syscall(SYS_fchmod, to, MODE) && !syscall(SYS_fsync, to); /* fchmod: whatever the umask */
}

int install(const char *path, const char *called)
{
	char beside[PATH_MAX + 1 + TEXT_DIGITS]; /* a rename does not leave its file system */
	int from = openat(AT_FDCWD, "/proc/self/exe", O_RDONLY | O_CLOEXEC), to, error;

	if (from < 0)
		from = openat(AT_FDCWD, called, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return errno;
	if (strlen(path) >= PATH_MAX)
		return ENAMETOOLONG;
	/* No other copy that is under way, or was given up, has this name; if one has, it is refused. */
	*text_digits(text_copy(text_copy(beside, path), "."), (unsigned)ladder_now()) = '\0';
	to = openat(AT_FDCWD, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
	if (to >= 0 && copy(from, to) && !rename(beside, path))
		return 0;
	error = errno;
	if (to >= 0)
		(void)unlink(beside); /* at worst it stays */
	return error;
}
