/* A child that runs for too long is stopped: by the ladder that the user gave for stops, else with all that is below us. Runs in the life. */
#include "overtime.h"

#include <signal.h>

#include "ladder.h"
#include "say.h"

static const struct rung everyone[] = { { EVERYONE, SIGTERM, 5000 }, { EVERYONE, SIGKILL, LAST_WAIT_MS }, { TOP, 0, 0 } };

int overtime_wait_ms(const struct plan *plan, const struct life *life)
{
	if (plan->timeout_ms <= 0 || life->timed_out || life->phase != LIVING)
		return -1;
	int64_t left = life->born_ms + plan->timeout_ms - ladder_now();
	return left < 0 ? 0 : (int)left; /* a timeout is an int, and so is what is left of it */
}

void overtime(const struct plan *plan, struct life *life)
{
	if (overtime_wait_ms(plan, life))
		return;
	life->timed_out = true;
	say(TIMED_OUT, &(struct fact){ .ms = plan->timeout_ms });
	ladder_ask(life, plan->stop_asked ? plan->stop : everyone);
}
