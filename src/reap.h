#ifndef REAP_H
#define REAP_H

#include "life.h"
#include "plan.h"

/* A SIGCHLD was read, which named this pid: a hint, and a sweep is owed. */
void reap_named(const struct plan *plan, struct life *life, int pid);

/*
 * Where life->told or a sweep is due, takes zombies until none is left or the batch is full; then life->owed says that there may be more. Keeps the
 * child's status, notes that it stopped or went on. Never waits. waitid(2).
 */
void reap(const struct plan *plan, struct life *life);

/* Once the left over are to be ended: leaves the dead to the kernel, if they are many and nobody asks how each ended. */
void reap_crowd(const struct plan *plan, struct life *life);

/* How long until the next sweep is due: milliseconds, -1 where none is owed; 100 where no death may be told of. */
int reap_wait_ms(const struct plan *plan, const struct life *life);

/* Notes whether the child has stopped or gone on by now, and reaps nobody. False where that cannot be known. */
bool reap_look(struct life *life);

#endif
