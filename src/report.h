#ifndef REPORT_H
#define REPORT_H

#include "life.h"
#include "plan.h"

/*
 * Opens what the report goes to: a file, emptied, or "fd:N", which the program then does not get if it is above 2. Never waits for a reader.
 * A descriptor of our own, above 2; -1 with errno. Before the birth.
 */
int report_open(const char *to);

/*
 * Writes what happened as one line of JSON to plan->report_fd, if there is one: whole or not at all, and without waiting; a failure has no
 * consequence. `status` is our exit code.
 */
void report(const struct plan *plan, const struct life *life, int status);

#endif
