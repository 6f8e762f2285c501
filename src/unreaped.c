/* The zombies that are not ours to reap, by the parents that should. Runs in the life, before anybody is asked to end: an end hands them on to us. */
#include "unreaped.h"

#include <unistd.h>

#include "processes.h"

static void count(struct unreaped *to, int *parents, int pid)
{
	int i = 0;

	while (i < *parents && to[i].pid != pid)
		i++;
	if (i == UNREAPED_PARENTS)
		return;
	if (i == *parents)
		to[(*parents)++] = (struct unreaped){ .pid = pid };
	to[i].zombies++;
}

int unreaped_find(bool pid1, struct unreaped to[UNREAPED_PARENTS])
{
	struct processes walk;
	struct process p;
	int parents = 0;

	if (!processes_begin(&walk, pid1))
		return 0;
	while (processes_next(&walk, &p))
		if (!processes_alive(&p) && p.parent && p.parent != getpid())
			count(to, &parents, p.parent);
	processes_end(&walk);
	return parents;
}
