#ifndef UNREAPED_H
#define UNREAPED_H

#include "life.h"
#include "plan.h"
#include "processes.h"

/* A living parent that has not waited for some of its dead children. */
struct unreaped {
	struct process parent;
	int zombies;
};

enum { UNREAPED_PARENTS = 16 };

/* Those that were found, life->unreaped of them. */
const struct unreaped *unreaped(void);

/*
 * Finds them, once and where somebody wants to know, and says who they are: below us, not us; as PID 1 in all of the namespace. Of more of them than
 * there is room for, those who come first in /proc. To be called while they live: at the first stop request, else at the end of the program.
 */
void unreaped_look(const struct plan *plan, struct life *life);

#endif
