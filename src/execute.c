/*
 * Finds a program and becomes it, as execvp(3) of the big libcs would. Runs in the newborn: system calls only, nothing is said, no way out but back.
 */
#include "execute.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

/* ENOEXEC of an ELF file is about another machine: no shell would know it either. */
static bool is_elf(const char *path)
{
	char head[4] = { 0 };
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return false;
	(void)!read(fd, head, sizeof head); /* what cannot be read stays zero */
	(void)close(fd);
	return !memcmp(head, "\177ELF", sizeof head);
}

/* As execvp(3): a script without "#!" is the shell's. The slot before argv is free: foster's own name or options stood there. */
static int try(const struct execution *e)
{
	static const char shell[] = "/bin/sh";
	char **argv = e->argv, *name = argv[0];

	execve(e->path, argv, e->envp);
	if (errno != ENOEXEC || is_elf(e->path))
		return errno ? errno : ENOEXEC;
	argv[-1] = (char *)(uintptr_t)shell;
	argv[0] = (char *)(uintptr_t)e->path;
	execve(shell, argv - 1, e->envp);
	argv[0] = name;
	return ENOEXEC;
}

/* Puts directory and name together. False where that is too long. */
static bool join(struct execution *e, const char *directory, size_t length)
{
	const char *name = e->argv[0];

	if (length + 1 + strlen(name) + 1 > sizeof e->path)
		return false;
	memcpy(e->path, directory, length);
	if (length)
		e->path[length++] = '/';
	text_copy(e->path + length, name);
	return true;
}

/* Along PATH, as execvp(3). What was there but could not be executed tells more than what was not there: it is left in e->path. */
static int search(struct execution *e, const char *path)
{
	const char *there = NULL;
	int error = ENOENT;
	size_t length;

	for (;; path += length + 1) {
		length = text_until(path, ":");
		bool fits = join(e, path, length);
		int now = fits ? try(e) : ENOENT;
		if (now != ENOENT && now != ENOTDIR && now != EACCES)
			return now;
		if (fits && !there && !access(e->path, F_OK)) {
			there = path;
			error = now;
		}
		if (!path[length])
			break;
	}
	if (there)
		(void)join(e, there, text_until(there, ":")); /* it fitted before */
	return error;
}

int execute(struct execution *e)
{
	const char *name = e->argv[0], *path = text_variable(e->envp, "PATH");

	if (!*name)
		return ENOENT;
	if (!name[text_until(name, "/")])
		return search(e, path ? path : "/usr/local/bin:/bin:/usr/bin");
	return join(e, "", 0) ? try(e) : ENAMETOOLONG;
}
