#ifndef REAP_H
#define REAP_H

#include "life.h"
#include "plan.h"

/*
 * Takes zombies until none is left or the batch is full; then life->owed says that there may be more. Keeps the child's status, notes that it
 * stopped or went on. Never waits. waitid(2).
 */
void reap(const struct plan *plan, struct life *life);

/* Notes whether the child has stopped or gone on by now, and reaps nobody. */
void reap_look(struct life *life);

#endif
