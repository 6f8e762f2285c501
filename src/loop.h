#ifndef LOOP_H
#define LOOP_H

#include "life.h"
#include "plan.h"

/* From the birth to the end: waits, reacts, reaps, until it is over. Returns foster's exit code. Nothing else ends it. */
int loop(const struct plan *plan, struct life *life);

#endif
