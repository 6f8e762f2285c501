/* Who holds which descriptor: what foster lets go of, and what the program does not get where that was asked for. */
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range /* Linux 5.9, the same number on all architectures */
#define SYS_close_range 436
#endif

enum { MANY_FILES = 1 << 16 };

static void close_some(unsigned from, unsigned last)
{
	if (from > last || !syscall(SYS_close_range, from, last, 0))
		return;
	for (; from <= last && from < MANY_FILES; from++)
		(void)close((int)from); /* most of them never were open */
}

void descriptors_close(unsigned from, const int keep[], unsigned n)
{
	for (unsigned next; from; from = next + 1) { /* which is 0 in the end */
		next = ~0U;
		for (unsigned i = 0; i < n; i++)
			if ((unsigned)keep[i] >= from && (unsigned)keep[i] < next)
				next = (unsigned)keep[i];
		close_some(from, next - 1);
	}
}

int descriptors_control(int fd, int what, int value)
{
	return (int)syscall(SYS_fcntl, fd, what, value);
}

int descriptors_own(int fd)
{
	int own = descriptors_control(fd, F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR), error = errno;

	(void)close(fd); /* nothing was written to it */
	errno = error;
	return own;
}
