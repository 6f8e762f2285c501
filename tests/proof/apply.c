/* What each option makes of any value. Ladders are in ladder.c here. Precision 5. With apply.c signals.c text.c */
#include "any.h"
#include "apply.h"
#include "guest.h"
#include "ladder.h"
#include "machine.h"

enum { MOST = 3 };

int guest_word(const char *text, size_t length)
{
	return any(-1, TELL_POWER_OFF);
}

bool ladder_parse(const char *text, enum scope scope, struct rung to[RUNGS])
{
	return any(0, 1);
}

bool ladder_time(const char *text, size_t length, int *ms)
{
	*ms = (int)any_bits();
	return any(0, 1);
}

void guest_habit(struct plan *plan)
{
}

void machine_begin(enum tell tell)
{
}

static bool takes_none(int does)
{
	return does == GUEST || does == WAIT || does == VERBOSE || does == VERBOSITY || does == FAIL_ON_LEFTOVERS;
}

static void apply_all(int from, int to)
{
	static struct plan plan;
	struct any_text t;

	for (int does = from; does <= to; does++) {
		for (int length = 0; length <= MOST; length++)
			(void)apply(&plan, (enum does)does, any_text(&t, length));
		if (takes_none(does))
			(void)apply(&plan, (enum does)does, NULL);
	}
}

/* Level 800. */
void proof_apply_ours(void)
{
	apply_all(EXIT_AS, JSON);
}

/* Level 400. */
void proof_apply_theirs(void)
{
	apply_all(HOST_STOPS, DOINGS);
}
