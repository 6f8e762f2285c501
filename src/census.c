/* Who is there: the tree of all processes, taken by a process that does nothing else. The table is mapped, and grows. */
#include "census.h"

#include <sys/mman.h>

enum { FIRST = 1 << 18 }; /* bytes to begin with */

struct place *census;
int census_count;

static size_t bytes;

static bool grow(void)
{
	size_t wanted = bytes ? 2 * bytes : FIRST;
	void *wider = bytes ? mremap(census, bytes, wanted, MREMAP_MAYMOVE) : mmap(NULL, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (wider == MAP_FAILED)
		return false;
	census = wider;
	bytes = wanted;
	return true;
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

bool census_take(void)
{
	struct processes walk;
	bool room;

	if (!processes_begin(&walk, ALL_OF_US))
		return false;
	census_count = 1;
	while ((room = (census_count + 1) * sizeof *census <= bytes || grow()) && processes_next(&walk, &census[census_count].process))
		census_count++;
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
