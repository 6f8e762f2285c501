#ifndef LADDER_H
#define LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "life.h"
#include "plan.h"

/* Milliseconds of CLOCK_MONOTONIC, by which all is timed; and of any clock of clock_gettime(2), for what is only told. */
int64_t ladder_now(void);
int64_t ladder_clock(int which);

/* Microseconds on a processor that we have used so far: others that have it meanwhile do not count. */
int64_t ladder_spent_us(void);

/* How long until then, 24 days at most: milliseconds, 0 where it is past, -1 for INT64_MAX. */
int ladder_left_ms(int64_t until_ms);

/*
 * A time such as 500ms, 5s, 2m or 5 (seconds), of this length, behind which no digit stands, in milliseconds; "forever" is -1.
 * False where it is none or more than 24 days.
 */
bool ladder_time(const char *text, size_t length, int *ms);

/*
 * Reads a ladder: steps separated by '/', each a time or a signal, that may be preceded by "main:", "group:" or "all:"; "none" has no steps.
 * `scope` is whom a signal without such a word means. False, where it is none; `to` is then undefined.
 */
bool ladder_parse(const char *text, enum scope scope, struct rung to[RUNGS]);

/* Stands at the foot of a ladder: its first rung is due now. */
void ladder_start(struct life *life, const struct rung *rungs);

/* A request to stop: the foot of this ladder (NULL: none), where we are on none; each further one ends the current wait. */
void ladder_ask(struct life *life, const struct rung *rungs);

/* The current wait is over. */
void ladder_hurry(struct life *life);

/* The next rung if it is due, its wait begun; NULL while there is nothing to do, and at the top, where climb->rung is NULL too. */
const struct rung *ladder_next(struct climb *climb, int64_t now_ms);

/* Climbs all rungs that are due of the ladder that we are on. True while there is something to wait for; false at the top, and then we are on none. */
bool ladder_climb(const struct plan *plan, struct life *life);

/* How long until something is due: milliseconds, -1 where nothing is. */
int ladder_wait_ms(const struct plan *plan, const struct life *life);

#endif
