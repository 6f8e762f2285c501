#ifndef OVERTIME_H
#define OVERTIME_H

#include "life.h"
#include "plan.h"

/* A child that ran for longer than plan->timeout_ms, by CLOCK_MONOTONIC since its birth, is asked to stop: once, as by a stop request. */
void overtime(const struct plan *plan, struct life *life);

/* How long until that: milliseconds, -1 where it never is, or was. */
int overtime_wait_ms(const struct plan *plan, const struct life *life);

#endif
