/* The live orphans, where somebody wants them ended before the child is. Runs in the life. */
#include "orphans.h"

#include <signal.h>

#include "ladder.h"
#include "processes.h"
#include "send.h"

enum { LOOK_MS = 1000, ORPHANS_AT_ONCE = 64 };

/* A live orphan that is being ended while the child runs. */
static struct orphan {
	int pid; /* 0: nobody */
	struct climb climb;
} table[ORPHANS_AT_ONCE];

static bool wanted(const struct plan *plan, const struct life *life)
{
	return plan->orphans[0].scope != TOP && life->phase == LIVING && life->child;
}

/* Its place; a new one at the foot of the ladder; NULL where all are taken: it waits for its turn. */
static struct orphan *place(const struct plan *plan, int pid)
{
	struct orphan *free = NULL;

	for (struct orphan *o = table; o < table + ORPHANS_AT_ONCE; o++) {
		if (o->pid == pid)
			return o;
		if (!o->pid && !free)
			free = o;
	}
	if (free)
		*free = (struct orphan){ pid, { .rung = plan->orphans, .until_ms = ladder_now() } };
	return free;
}

void orphans_forget(const struct life *life, int pid)
{
	for (struct orphan *o = table; life->look_ms && o < table + ORPHANS_AT_ONCE; o++)
		if (o->pid == pid)
			o->pid = 0;
}

static void lead(struct orphan *o, int64_t now)
{
	const struct rung *r;

	while ((r = ladder_next(&o->climb, now))) {
		if (!r->signal)
			continue;
		(void)send_one(o->pid, 0, r->signal, NULL); /* who refuses is named when he is left over */
		(void)send_one(o->pid, 0, SIGCONT, NULL);
	}
}

void orphans_end(const struct plan *plan, struct life *life)
{
	int pids[ORPHANS_AT_ONCE], n;

	if (!wanted(plan, life))
		return;
	int64_t now = ladder_now();
	life->look_ms = now + LOOK_MS;
	n = processes_children(pids, ORPHANS_AT_ONCE);
	for (int i = 0; i < n; i++) {
		struct orphan *o = pids[i] == life->child ? NULL : place(plan, pids[i]);

		if (!o)
			continue;
		lead(o, now);
		if (o->climb.rung && o->climb.until_ms < life->look_ms)
			life->look_ms = o->climb.until_ms;
	}
}

int orphans_wait_ms(const struct plan *plan, const struct life *life)
{
	return wanted(plan, life) ? ladder_left_ms(life->look_ms) : -1;
}
