/*
 * --zombies: who is dead and not waited for, and who lives and does not wait. When somebody died the kernel keeps nowhere; that he has not run since
 * stands in /proc/PID/sched, where it is built in (CONFIG_SCHED_DEBUG), by the clock of a processor that leaves out what interrupts took: hence "about".
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "print.h"
#include "records.h"
#include "signals.h"
#include "text.h"
#include "view.h"

enum { ALIVE = -2 }; /* as the time that somebody has not run */

enum { OUTSIDE, STOPPED, TRACED, BLOCKED, CAUGHT, IGNORED, DEFAULT };

/* What the state of the parent says, a word for programs before the colon. */
#define HOLDERS(HOLDER) \
	HOLDER(OUTSIDE, 0, "outside: the parent is in another PID namespace, or has just gone; no init in here can reap them") \
	HOLDER(STOPPED, 0, "stopped: it reaps nobody before it gets CONT") \
	HOLDER(TRACED, 0, "traced: a debugger or strace keeps it, and it reaps nobody before it is let go on") \
	HOLDER(BLOCKED, 0, "blocked: CHLD is blocked; whoever takes it, by sigwait or signalfd, has to wait in a loop until nobody is left") \
	HOLDER(CAUGHT, 0, "caught: CHLD has a handler; several deaths merge into one signal, so it has to wait in a loop until nobody is left") \
	HOLDER(IGNORED, 0, "ignored: CHLD is ignored now, but was not when these died; they have to be waited for") \
	HOLDER(DEFAULT, 0, "default: nothing is done about CHLD; it has to wait for its children, or to ignore CHLD before it starts them")

static const struct { HOLDERS(RECORD_MEMBER) char end; } holders = { HOLDERS(RECORD_VALUE) 0 };

static int held_by(const struct process *p)
{
	unsigned chld = (unsigned)signals_bit(SIGCHLD);

	if (!p->pid)
		return OUTSIDE;
	if (p->state == 'T' || p->state == 't')
		return p->state == 'T' ? STOPPED : TRACED;
	if (p->blocked & chld)
		return BLOCKED;
	return (p->caught & chld) ? CAUGHT : (p->ignored & chld) ? IGNORED : DEFAULT;
}

/* When somebody last ran, in seconds; -1 where that cannot be known. A name that poses as a line stands before the true one. */
static int64_t ran(int pid)
{
	static const char key[] = "se.exec_start";
	char text[4096];
	unsigned s = ~0U;

	if (processes_slurp(pid, "/sched", text, sizeof text) <= 0)
		return -1;
	for (const char *line = text; *(line += text_until(line, "\n")); ) {
		if (strncmp(++line, key, sizeof key - 1))
			continue;
		const char *ms = line + text_until(line, ":") + 1;
		ms += text_while(ms, " ");
		size_t digits = text_while(ms, "0123456789");
		s = 0;
		(void)text_number(ms, digits < 3 ? 0 : digits - 3, ~0U - 1, &s); /* less than a second */
	}
	return s == ~0U ? -1 : (int64_t)s;
}

/* For how long a zombie has not run, not longer than it has been there; -1 where that cannot be known. */
static int64_t rested(const struct process *p, int64_t now)
{
	int64_t since = ran(p->pid), age = view_age(p);

	if (now < 0 || since < 0)
		return -1;
	return now < since ? 0 : now - since > age ? age : now - since;
}

/* Finds those who are zombies still: most are reaped in the very moment that they were seen. Returns how many. */
static int find(void)
{
	int64_t now = ran(getpid());
	int found = 0;

	for (int i = 1; i < census_count; i++) {
		struct place *at = &census[i], *parent = &census[at->parent];
		struct process p;

		if (processes_alive(&at->process) || !processes_read(at->process.pid, &p) || p.start != at->process.start || processes_alive(&p)) {
			at->rested = ALIVE;
			continue;
		}
		at->rested = rested(&p, now);
		parent->zombies++;
		found++;
	}
	return found;
}

static void print_held(struct place *parent, bool json, bool first)
{
	census_look(parent);
	parent->holds = record_text(&holders, (unsigned char)held_by(&parent->process));
	if (!json)
		view_put(parent->process.pid ? "pid %p (%c) has %k unreaped:\n  %w\n" : "a process elsewhere has %k unreaped:\n  %w\n", parent);
	for (int i = parent->child; i; i = census[i].sibling) {
		if (census[i].rested == ALIVE)
			continue;
		print(!json ? "" : first ? "\n" : ",\n");
		view_put(json ? "{\"pid\":%p,\"ppid\":%P,\"age_s\":%a,\"name\":\"%n\",\"last_ran_s\":%l," :
			"  pid %p (%n): started %A ago, last ran %L\n", &census[i]);
		if (json)
			view_put("\"parent\":{\"state\":\"%z\",\"name\":\"%n\",\"command\":[%c],\"chld\":\"%W\"}}", parent);
		first = false;
	}
}

int view_zombies(bool json)
{
	int found = find();
	bool first = true;

	print(json ? "[" : found ? "" : "no zombies\n");
	for (int i = 0; i < census_count; i++) {
		if (!census[i].zombies)
			continue;
		print_held(&census[i], json, first);
		first = false;
	}
	print(json ? "\n]\n" : "");
	return found > 0;
}
