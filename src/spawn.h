#ifndef SPAWN_H
#define SPAWN_H

#include "life.h"
#include "plan.h"

/*
 * The birth. Starts the program with the mask and the dispositions that we inherited, in a process group of its own, with the terminal if it was
 * ours, and lets go of all that is the program's alone. Dies, with its reason, where there is no program afterwards.
 */
void spawn(const struct plan *plan, struct life *life);

#endif
