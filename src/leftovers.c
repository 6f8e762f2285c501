/* Who was left over, and what ended him. Runs in the life: a table of our own, the first of many, nothing that can fail. */
#include "leftovers.h"

#include <string.h>
#include <time.h>

#include "ladder.h"
#include "say.h"
#include "text.h"

enum { TICK_MS = 10 }; /* USER_HZ of linux/param.h, the same for all programs */

static struct leftover table[LEFTOVERS_NAMED];

const struct leftover *leftovers(void)
{
	return table;
}

const char *leftovers_unseen(const struct leftover *l)
{
	struct process now;

	return processes_read(l->process.pid, &now) && now.start == l->process.start && processes_alive(&now) ? "not ended" : "ended unseen";
}

static void tell(const struct leftover *l)
{
	if (say_heard(LEFT))
		say(LEFT, &(struct fact){ .pid = l->process.pid, .text = l->process.name, .from_pid = l->process.parent, .ms = l->age_ms, .more = l->command,
			.code = l->code, .status = l->status, .expected = l->code ? NULL : leftovers_unseen(l) });
}

static void note(struct leftover *l, const struct process *p, int64_t now_ms)
{
	l->process = *p;
	l->age_ms = now_ms - (int64_t)p->start * TICK_MS;
	if (!processes_command(p->pid, l->command, sizeof l->command))
		text_copy(l->command, p->name);
}

void leftovers_look(const struct plan *plan, struct life *life)
{
	struct processes walk;
	struct process p;

	if (life->looked || !(say_heard(LEFT) || plan->report_fd))
		return;
	life->looked = true;
	life->left_over = !life->owed; /* somebody is there, or we would not be here */
	if (!processes_begin(&walk, plan->pid1))
		return;
	life->left_over = 0;
	int64_t now_ms = ladder_clock(CLOCK_BOOTTIME);
	while (processes_next(&walk, &p))
		if (processes_alive(&p) && life->left_over++ < LEFTOVERS_NAMED)
			note(&table[life->listed++], &p, now_ms);
	processes_end(&walk);
}

void leftovers_ended(const struct life *life, int pid, int code, int status)
{
	for (struct leftover *l = table; l < table + life->listed; l++) {
		if (l->process.pid != pid || l->code)
			continue;
		l->code = code;
		l->status = status;
		tell(l);
	}
}

void leftovers_tell(const struct life *life)
{
	for (const struct leftover *l = table; l < table + life->listed; l++)
		if (!l->code)
			tell(l);
	if (life->left_over > life->listed)
		say(LEFT_MORE, &(struct fact){ .status = life->left_over - life->listed });
}

void leftovers_undying(const struct plan *plan)
{
	struct processes walk;
	struct process p;

	if (!processes_begin(&walk, plan->pid1))
		return;
	while (processes_next(&walk, &p))
		if (processes_alive(&p))
			say(UNDYING, &(struct fact){ .pid = p.pid, .text = p.name, .state = p.state });
	processes_end(&walk);
}
