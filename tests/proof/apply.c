/* What each option makes of any value. Precision 5. With apply.c signals.c text.c ladder.c */
#include "any.h"
#include "apply.h"
#include "deliver.h"
#include "guest.h"
#include "leftovers.h"
#include "machine.h"

enum { MOST = 3 };

int guest_word(const char *text, size_t length)
{
	return any(-1, TELL_POWER_OFF);
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

/* Level 60. */
void proof_apply_ours(void)
{
	apply_all(EXIT_AS, JSON);
}

/* Level 400. */
void proof_apply_theirs(void)
{
	apply_all(HOST_STOPS, DOINGS);
}
