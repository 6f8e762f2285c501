#ifndef ORPHANS_H
#define ORPHANS_H

#include "life.h"
#include "plan.h"

/*
 * Leads every live orphan up its own ladder, plan->orphans, while the child still runs. The kernel tells nobody that a living process was
 * re-parented: so we look at each wake-up, and once a second besides, which costs one read of /proc/self/task/PID/children.
 */
void orphans_end(const struct plan *plan, struct life *life);

/* This child of ours was reaped: its number may be another's from now on. */
void orphans_forget(const struct life *life, int pid);

/* How long until the next look: milliseconds, -1 where none is wanted. */
int orphans_wait_ms(const struct plan *plan, const struct life *life);

#endif
