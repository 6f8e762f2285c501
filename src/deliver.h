#ifndef DELIVER_H
#define DELIVER_H

#include "life.h"
#include "plan.h"

/*
 * Sends a signal to whom a scope means. The group: the child alone where there is none. The child: everyone, where it is gone and we go on
 * without it. TERM, INT, HUP and QUIT are followed by CONT where they would meet a stopped process. `as` as in send.h.
 * A refusal is said once in a life, and has no other consequence.
 */
void deliver(const struct plan *plan, struct life *life, enum scope scope, int signal, const struct arrival *as);

/*
 * Whether the child has a use of its own for a signal: it catches it, or blocks it as who reads it from a signalfd(2) does, or the plan says who is to
 * get it. While somebody waits in sigtimedwait(2) the kernel does not show that he blocks it.
 */
bool deliver_taken(const struct plan *plan, const struct life *life, int signal);

/* Passes an arrival on to the child as signal `as_signal`: to the group where the plan says so, not where it is only for who catches it. */
void deliver_on(const struct plan *plan, struct life *life, const struct arrival *a, int as_signal);

#endif
