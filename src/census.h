#ifndef CENSUS_H
#define CENSUS_H

#include <stdbool.h>

#include "processes.h"

/* A process in its place. The others are numbers of CENSUS entries; 0 is nobody, but as a parent: whoever is outside, or was gone by then. */
struct place {
	struct process process;
	unsigned uid;      /* those that a view wants to know, and finds out itself */
	int zombies;       /* children of it */
	int64_t rested;    /* for how many seconds it has not run, -1 where that cannot be known */
	const char *holds; /* why it has zombies */
	int parent, child, sibling;
};

/* All processes of the namespace, this one too, by pid from 1 on; entry 0 is no process, but the parent of those that have none here. */
extern struct place *census;
extern int census_count;

/*
 * Looks at every process once, and links them; so it is right for each of them at some instant of one pass, while they come and go. False where
 * there is no /proc of this PID namespace, or no memory, mmap(2).
 */
bool census_take(void);

/* Whom comes after entry `at` in the tree, 0 after the last; `depth` is that of `at` before, and its own afterwards: 1 for a root. */
int census_next(int at, int *depth);

#endif
