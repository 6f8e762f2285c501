/* The zombies that are not ours to reap, by the parents that should. Runs in the life, before anybody is asked to end: an end hands them on to us. */
#include "unreaped.h"

#include <unistd.h>

#include "say.h"

static struct unreaped table[UNREAPED_PARENTS];

const struct unreaped *unreaped(void)
{
	return table;
}

static void count(struct life *life, int pid)
{
	struct unreaped *u = table, *end = table + life->unreaped;

	while (u < end && u->parent.pid != pid)
		u++;
	if (u == table + UNREAPED_PARENTS || (u == end && !processes_read(pid, &u->parent)))
		return;
	life->unreaped += u == end;
	u->zombies++;
}

void unreaped_look(const struct plan *plan, struct life *life)
{
	struct processes walk;
	struct process p;

	if (life->looked_unreaped || !(say_heard(UNREAPED) || plan->report_fd) || !processes_begin(&walk, plan->pid1))
		return;
	life->looked_unreaped = true;
	while (processes_next(&walk, &p))
		if (!processes_alive(&p) && p.parent != getpid())
			count(life, p.parent); /* not of one outside, 0: there is nothing to be read of him */
	processes_end(&walk);
	for (const struct unreaped *u = table; u < table + life->unreaped; u++)
		say(UNREAPED, &(struct fact){ .pid = u->parent.pid, .text = u->parent.name, .status = u->zombies });
}
