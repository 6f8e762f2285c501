/* Ladders and times, as they are written and as they are climbed.  With ladder.c overtime.c signals.c text.c */
#include "any.h"
#include "deliver.h"
#include "ladder.h"
#include "leftovers.h"
#include "overtime.h"

#include <limits.h>

enum { MOST = 4, STEPS = 3, CENTURY_S = 0x7fffffff };

/* clock_gettime(2) alone. */
long syscall(long call, ...)
{
	__builtin_va_list rest;

	__builtin_va_start(rest, call);
	(void)__builtin_va_arg(rest, int);
	long *now = __builtin_va_arg(rest, long *);
	now[0] = any_long(0, CENTURY_S);
	now[1] = any(0, 999999999);
	__builtin_va_end(rest);
	return 0;
}

void deliver(const struct plan *plan, struct life *life, enum scope scope, int signal, const struct arrival *as)
{
	life->forwarded = any_bits();
	life->warned = any(0, 1);
}

void leftovers_look(const struct plan *plan, struct life *life)
{
	life->left_over = any(0, 1 << 22);
}

void say(enum event event, const struct fact *fact)
{
}

/* Level 1000. */
void proof_times(void)
{
	struct any_text t;
	int ms;

	for (int length = 0; length <= 12; length++)
		(void)ladder_time(any_text(&t, length), (size_t)length, &ms);
}

/* Level 3000. */
void proof_ladders(void)
{
	struct any_text t;
	struct rung rungs[RUNGS];

	for (int length = 0; length <= MOST; length++)
		(void)ladder_parse(any_text(&t, length), EVERYONE, rungs);
}

/* Rungs as ladder_parse leaves them. */
static void any_rungs(struct rung to[RUNGS])
{
	for (int i = 0; i < STEPS; i++)
		to[i] = (struct rung){ (unsigned char)any(CHILD, EVERYONE), (unsigned char)any(0, 64), any(-1, INT_MAX) };
	to[STEPS] = (struct rung){ TOP, 0, 0 };
}

void proof_climb(void)
{
	static struct plan plan;
	static struct life life;

	any_rungs(plan.stop);
	plan.pid1 = any(0, 1);
	plan.timeout_ms = (int)any_bits();
	plan.stop_asked = any(0, 1);
	life.phase = (unsigned char)any(LIVING, OVER);
	life.born_ms = any_long(0, CENTURY_S * 1000L);
	life.asked = any(0, 1);
	life.owed = any(0, 1);
	life.child = any(0, 1 << 22);
	ladder_ask(&life, plan.stop);
	for (int wake = 0; wake < 4; wake++) {
		if (life.climb.rung)
			(void)ladder_climb(&plan, &life);
		(void)ladder_wait_ms(&plan, &life);
		overtime(&plan, &life);
		(void)overtime_wait_ms(&plan, &life);
		(void)ladder_left_ms(any_long(0, INT64_MAX));
		ladder_ask(&life, NULL);
	}
}
