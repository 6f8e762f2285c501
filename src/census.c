/* Who is there: the tree of all processes, taken by a process that does nothing else. The table is mapped, and grows. */
#include "census.h"

#include <sys/mman.h>

enum {
	FIRST = 1 << 18, /* bytes to begin with */
	LINE = 4096      /* of a command line, at most, and a NUL behind it; more than a place takes */
};

struct place *census;
int census_count;

enum { PLACES, LINES, AREAS };

static struct area { char *at; size_t bytes, used; } areas[AREAS];

/* For one more of either. */
static bool has_room(void)
{
	for (struct area *a = areas; a < areas + AREAS; a++) {
		size_t wanted = a->bytes ? 2 * a->bytes : FIRST;

		if (a->used + LINE <= a->bytes)
			continue;
		void *wider = a->bytes ? mremap(a->at, a->bytes, wanted, MREMAP_MAYMOVE) :
			mmap(NULL, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (wider == MAP_FAILED)
			return false;
		a->at = wider;
		a->bytes = wanted;
	}
	census = (void *)areas[PLACES].at;
	return true;
}

void census_look(struct place *at)
{
	struct area *lines = &areas[LINES];

	at->uid = processes_owner(at->process.pid);
	at->line = lines->used;
	at->length = has_room() ? processes_slurp(at->process.pid, "/cmdline", lines->at + lines->used, LINE) : 0;
	if (at->length > 0)
		lines->used += (size_t)at->length + 1;
}

const char *census_line(const struct place *at)
{
	return areas[LINES].at + at->line;
}

/* By halves: /proc lists processes by their pids. */
static int find(int pid)
{
	int low = 0, high = census_count;

	while (low < high) {
		int middle = (low + high) / 2;

		if (census[middle].process.pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < census_count && census[low].process.pid == pid ? low : 0;
}

/* From the last one on, so that children come to stand by their pids. */
static void link_all(void)
{
	for (int i = census_count; --i;) {
		struct place *p = &census[i];
		int parent = find(p->process.parent);

		if (census[parent].process.start > p->process.start)
			parent = 0; /* younger than its child: another one, under the number of a parent that has gone */
		p->parent = parent;
		p->sibling = census[parent].child;
		census[parent].child = i;
	}
}

bool census_take(bool closely)
{
	struct processes walk;
	bool room;

	if (!processes_begin(&walk, ALL_OF_US))
		return false;
	areas[PLACES].used = sizeof *census;
	census_count = 1;
	while ((room = has_room()) && processes_next(&walk, &census[census_count].process)) {
		if (closely)
			census_look(&census[census_count]);
		areas[PLACES].used += sizeof *census;
		census_count++;
	}
	processes_end(&walk);
	if (room)
		link_all();
	return room;
}

int census_next(int at, int *depth)
{
	if (census[at].child) {
		++*depth;
		return census[at].child;
	}
	for (; at && !census[at].sibling; at = census[at].parent)
		--*depth;
	return census[at].sibling;
}
