#ifndef EXECUTE_H
#define EXECUTE_H

#include <limits.h>

struct execution {
	char **argv;         /* argv[-1] is free to be written to */
	char **envp;
	char path[PATH_MAX]; /* what was executed last; of several the one that was there */
};

/* Becomes argv[0], along PATH where it has no slash; a script without "#!" is the shell's, execvp(3). Returns why it did not, an errno of execve(2). */
int execute(struct execution *e);

#endif
