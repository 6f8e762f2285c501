#ifndef CENSUS_H
#define CENSUS_H

#include <stdbool.h>

#include "processes.h"

/* A process in its place. The others are numbers of CENSUS entries; 0 is nobody, but as a parent: whoever is outside, or was gone by then. */
struct place {
	struct process process;
	unsigned uid;      /* once somebody has looked: of its owner; and where its command line is, and how long */
	size_t line;
	ssize_t length;
	int zombies;       /* children of it; a view finds that out itself, and the next two */
	int64_t rested;    /* for how many seconds it has not run, -1 where that cannot be known */
	const char *holds; /* why it has zombies */
	int parent, child, sibling;
};

/* All processes of the namespace, this one too, by pid from 1 on; entry 0 is no process, but the parent of those that have none here. */
extern struct place *census;
extern int census_count;

/*
 * Looks at every process once, `closely` with what census_look() finds, and links them; so it is right for each of them at some instant of one pass,
 * while they come and go. False where there is no /proc of this PID namespace, or no memory, mmap(2).
 */
bool census_take(bool closely);

/* Finds out whom a process belongs to, and its command line: of at most 4 KB, nothing where it is a zombie or gone. */
void census_look(struct place *at);

/* The line of one that was looked at: its words with a NUL behind each, until the next look. */
const char *census_line(const struct place *at);

/* Whom comes after entry `at` in the tree, 0 after the last; `depth` is that of `at` before, and its own afterwards: 1 for a root. */
int census_next(int at, int *depth);

#endif
