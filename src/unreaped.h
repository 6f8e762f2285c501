#ifndef UNREAPED_H
#define UNREAPED_H

#include <stdbool.h>

/* A living parent that has not waited for some of its dead children. */
struct unreaped {
	int pid, zombies;
};

enum { UNREAPED_PARENTS = 32 };

/*
 * Finds them below us, not us: as PID 1 in all of the namespace. Returns how many are in `to`; of more parents than there is room for, those that come first
 * in /proc. 0 where there is no /proc.
 */
int unreaped_find(bool pid1, struct unreaped to[UNREAPED_PARENTS]);

#endif
