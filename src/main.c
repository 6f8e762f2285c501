/* The corridor: hold the signals, make the plan, give birth, live, leave. */
#include "guest.h"
#include "harden.h"
#include "kernel.h"
#include "life.h"
#include "loop.h"
#include "options.h"
#include "pidns.h"
#include "plan.h"
#include "signals.h"
#include "spawn.h"

#include <unistd.h>

int main(int argc, char **argv)
{
	static struct plan plan;
	static struct life life;

	(void)argc; /* argv ends with NULL, and has nothing else where argc is 0 */
	plan.unheld = signals_hold(&plan.inherited);
	life.signal_fd = life.watched_fd = -1;
	plan.chld = signals_want_deaths();
	options(&plan, argv, environ);
	pidns(&plan, &life);
	spawn(&plan, &life);
	kernel_begin(&plan, &life);
	harden(&plan, &life);
	return guest_end(&plan, &life, loop(&plan, &life));
}
