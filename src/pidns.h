#ifndef PIDNS_H
#define PIDNS_H

#include "life.h"
#include "plan.h"

/*
 * Where the plan asks for it and we are not PID 1 already: makes a PID namespace and becomes two. Inside, PID 1 goes on with the same plan. Outside,
 * plan and life become those of one whose child is the other: it passes on signals, stops, the terminal and the exit code, and the namespace
 * does not outlive it. Where the platform refuses, the plan is that of a subreaper. pid_namespaces(7), user_namespaces(7). Before the birth.
 */
void pidns(struct plan *plan, struct life *life);

/* Outside: whether the other told that the program was stopped, or is gone. */
void pidns_listen(struct life *life);

/* Inside: tells the other that the program was stopped by this signal. False where that could not be done. */
bool pidns_tell(const struct life *life, int signal);

#endif
