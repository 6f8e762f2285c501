#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

/* The first one that is not standard input, output or error. */
enum { FIRST_DESCRIPTOR = 3 };

/*
 * Closes all descriptors from `from` on, but for `n` that are kept (0: none in its place); close_range(2), before Linux 5.9 one by one, up to 65535.
 * System calls only: the newborn may call it.
 */
void descriptors_close(unsigned from, const int keep[], unsigned n);

/* The raw fcntl(2), for what takes a number or nothing: a libc's own is 400 bytes. */
int descriptors_control(int fd, int what, int value);

/* The same file by a descriptor of our own, above 2 and close-on-exec, or -1 with errno; `fd` is closed. */
int descriptors_own(int fd);

#endif
