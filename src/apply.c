/* What each option does to the plan, and how its value is read. Before the birth. */
#include "apply.h"

#include <limits.h>
#include <signal.h>
#include <string.h>

#include "descriptors.h"
#include "guest.h"
#include "ladder.h"
#include "machine.h"
#include "text.h"

enum { LOUDEST = 9 };

typedef bool one(struct plan *, const char *text, size_t length);

/* Each of a list, separated by commas or blanks. */
static bool each(struct plan *plan, const char *list, one *apply_one)
{
	for (;; list++) {
		size_t n = text_until(list, ", ");

		if (!apply_one(plan, list, n))
			return false;
		list += n;
		if (!*list)
			return true;
	}
}

static size_t until(const char *text, size_t length, char end)
{
	size_t n = 0;

	while (n < length && text[n] != end)
		n++;
	return n;
}

/* CODE[:TO], CODE-CODE[:TO]. */
static bool exit_as(struct plan *plan, const char *text, size_t length)
{
	size_t range = until(text, length, ':'), first = until(text, range, '-');
	unsigned from, last, to = 0;

	if (!text_number(text, first, EXIT_CODES - 1, &from))
		return false;
	last = from;
	if (first < range && !text_number(text + first + 1, range - first - 1, EXIT_CODES - 1, &last))
		return false;
	if (range < length && !text_number(text + range + 1, length - range - 1, EXIT_CODES - 1, &to))
		return false;
	for (unsigned code = from; code <= last; code++)
		plan->exit_xor[code] = (unsigned char)(code ^ to);
	return from <= last;
}

static int signal_of(const char *value)
{
	return signals_number(value, strlen(value));
}

static void react(struct plan *plan, int signal, enum verb verb, int arg)
{
	plan->on[signal] = (struct reaction){ (unsigned char)verb, (unsigned char)arg };
	if (verb == STOP)
		plan->asks |= signals_bit(signal);
	else if (signal != SIGTERM)
		plan->asks &= ~signals_bit(signal);
}

/* SIGNAL:SIGNAL; 0 or - after the colon drops it, "stop" and a guest's words make it a stop request. */
static bool rewrite(struct plan *plan, const char *text, size_t length)
{
	size_t n = until(text, length, ':');
	int from = signals_number(text, n);

	if (!from || n == length || from == SIGKILL || from == SIGSTOP)
		return false;
	text += n + 1;
	length -= n + 1;
	int to = signals_number(text, length), tell = guest_word(text, length);
	if (length == 1 && (*text == '0' || *text == '-'))
		react(plan, from, DROP, 0);
	else if (tell >= 0)
		react(plan, from, STOP, tell);
	else if (to)
		react(plan, from, FORWARD, to);
	else
		return false;
	return true;
}

static bool if_caught(struct plan *plan, const char *text, size_t length)
{
	int signal = signals_number(text, length);

	if (signal)
		plan->if_caught |= signals_bit(signal);
	return signal;
}

static bool fail_on_leftovers(struct plan *plan, const char *value)
{
	unsigned code = EXIT_LEFT_OVER;

	if (value && !text_number(value, strlen(value), EXIT_CODES - 1, &code))
		return false;
	return (plan->leftovers_code = (unsigned char)code);
}

static bool keep_fd(struct plan *plan, const char *text, size_t length)
{
	unsigned fd;
	int *to = plan->kept;

	if (!text_number(text, length, INT_MAX, &fd) || fd < FIRST_DESCRIPTOR)
		return false;
	while (to < plan->kept + KEPT_DESCRIPTORS && *to)
		to++;
	if (to == plan->kept + KEPT_DESCRIPTORS)
		return false;
	*to = (int)fd;
	return plan->close_fds = true;
}

static bool wait_for(struct plan *plan, const char *value)
{
	plan->until = !value ? UNTIL_ALL : !strcmp(value, "last") ? UNTIL_ALL_LAST : !strcmp(value, "worst") ? UNTIL_ALL_WORST : UNTIL_CHILD;
	return plan->until != UNTIL_CHILD;
}

static bool orphans(struct plan *plan, const char *value)
{
	const char *ladder = !strcmp(value, "keep") ? "none" : !strcmp(value, "kill") ? "KILL" : value;

	return !value[text_until(value, ":")] && ladder_parse(ladder, CHILD, plan->orphans); /* each orphan has its own: there is no other to name */
}

static bool parent_death(struct plan *plan, const char *value)
{
	return (plan->parent_death = (unsigned char)signal_of(value));
}

static bool verbose(struct plan *plan, const char *value)
{
	unsigned n = (unsigned)plan->verbosity + 1;

	if (value && !text_number(value, strlen(value), LOUDEST, &n))
		return false;
	plan->verbosity = (signed char)n;
	return true;
}

/* Being the init of a guest, and what its host is told where nobody asked for its end. */
static bool guest(struct plan *plan, const char *value)
{
	int tell = value ? guest_word(value, strlen(value)) : TELL_NOTHING;

	if (tell < 0 || (value && !tell))
		return false;
	plan->guest = true;
	plan->tell = (unsigned char)tell;
	if (plan->pid1)
		machine_begin(plan->tell);
	return true;
}

static bool exit_code(struct plan *plan, const char *value)
{
	unsigned code = 0;

	value += text_while(value, " \t+");
	if (*value && !text_number(value, strlen(value), EXIT_CODES - 1, &code))
		return false;
	plan->exit_xor[code] = (unsigned char)code;
	return true;
}

/* As tini reads a variable: what is no number is 0, what is below it is most. */
static bool verbosity(struct plan *plan, const char *value)
{
	unsigned n = 0;

	if (value)
		value += text_while(value, " \t+");
	size_t digits = value ? text_count_digits(value) : 0;
	if (digits && !text_number(value, digits, LOUDEST, &n))
		n = LOUDEST;
	plan->verbosity = (signed char)(!value || *value == '-' ? LOUDEST : n);
	return true;
}

/* As tini has it: with SIG, none of its own making. */
static bool signal_name_only(struct plan *plan, const char *value)
{
	char name[SIGNAL_NAME];
	int signal = signal_of(value);

	if (strncmp(value, "SIG", 3) || strcmp(value + 3, signals_name(signal, name)) || signal > SIGSYS)
		return false;
	plan->parent_death = (unsigned char)signal;
	return signal != SIGSTKFLT && signal != SIGIO && signal != SIGPWR;
}

static unsigned next_number(const char **at)
{
	size_t n;
	unsigned number = EXIT_CODES;

	*at += text_while(*at, " \t+");
	n = text_count_digits(*at);
	(void)text_number(*at, n, EXIT_CODES, &number); /* what is none stays out of range */
	*at += n;
	return number;
}

/* As dumb-init has it: numbers alone, and no interest in what follows them. */
static bool signal_numbers(struct plan *plan, const char *value)
{
	unsigned from = next_number(&value), to = *value == ':' ? (value++, next_number(&value)) : EXIT_CODES;

	if (from < 1 || from > SIGSYS || to > SIGSYS)
		return false;
	if (from == SIGTSTP || from == SIGTTIN || from == SIGTTOU)
		react(plan, (int)from, SUSPEND, to ? (int)to : NO_SIGNAL);
	else if (from != SIGCHLD)
		react(plan, (int)from, to ? FORWARD : DROP, (int)to);
	if (from == SIGTERM && plan->leftovers[0].scope == GROUP) /* not where FOSTER_LEFTOVERS knows better */
		plan->leftovers[0] = (struct rung){ to ? GROUP : TOP, (unsigned char)to, 0 };
	return true;
}

/* The terminal's stop signals stop us as well; the child's session by one that is not asked for. */
static bool stops_itself(struct plan *plan, int with)
{
	static const unsigned char typed[] = { SIGTSTP, SIGTTIN, SIGTTOU };

	for (size_t i = 0; i < sizeof typed; i++)
		if (plan->on[typed[i]].verb != SUSPEND || plan->on[typed[i]].arg == SIGSTOP)
			react(plan, typed[i], SUSPEND, with);
	return true;
}

/* The child stays in our session and group, and is the only one to get signals. */
static bool single_child(struct plan *plan)
{
	plan->session = plan->to_group = false;
	plan->no_group = true;
	if (plan->leftovers[0].scope == GROUP) /* not where FOSTER_LEFTOVERS knows better */
		plan->leftovers[0].scope = TOP;
	return stops_itself(plan, 0);
}

/* Runs nothing until TERM or INT; then waits as `leftovers` says for the others to end by themselves. */
static bool pause_until(struct plan *plan, const char *leftovers)
{
	for (int signal = 1; signal < SIGNALS; signal++)
		react(plan, signal, DROP, 0);
	react(plan, SIGTERM, QUIT, 0);
	react(plan, SIGINT, QUIT, 0);
	plan->until = UNTIL_QUIT;
	return !leftovers || ladder_parse(leftovers, EVERYONE, plan->leftovers);
}

bool apply(struct plan *plan, enum does what, const char *value)
{
	switch (what) {
	case EXIT_AS: return each(plan, value, exit_as);
	case TO_GROUP: return plan->to_group = true;
	case PARENT_DEATH: return parent_death(plan, value);
	case REWRITE: return each(plan, value, rewrite);
	case SUBREAPER: return plan->subreaper = true;
	case VERBOSE: return verbose(plan, value);
	case NAME_REAPED: return plan->name_reaped = true;
	case STOP_LADDER: return ladder_parse(value, CHILD, plan->stop);
	case STOP_OK: return plan->stop_ok = true;
	case IF_CAUGHT: return each(plan, value, if_caught);
	case WAIT: return wait_for(plan, value);
	case ORPHANS: return orphans(plan, value);
	case LEFTOVERS: return ladder_parse(value, EVERYONE, plan->leftovers);
	case CLOSE_FDS: return plan->close_fds = true;
	case FAIL_ON_LEFTOVERS: return fail_on_leftovers(plan, value);
	case KEEP_FDS: return each(plan, value, keep_fd);
	case NO_NEW_PRIVS: return plan->no_new_privs = true;
	case NO_HARDENING: return plan->no_hardening = true;
	case UNDUMPABLE: return plan->undumpable = true;
	case PIDNS: return plan->pidns = true;
	case REAP: return (plan->by_kernel = !strcmp(value, "kernel")) || !strcmp(value, "loop");
	case REPORT: plan->report = value; return true;
	case TIMEOUT: return ladder_time(value, strlen(value), &plan->timeout_ms);
	case PAUSE: return pause_until(plan, "9s");
	case GUEST: return guest(plan, value);
	case HOST_STOPS: guest_habit(plan); return true;
	case PAUSE_NO_MORE: return pause_until(plan, NULL);
	case VERBOSITY: return verbosity(plan, value);
	case QUIET: plan->verbosity = -1; return true;
	case EXIT_CODE: return exit_code(plan, value);
	case SIGNAL_NAME_ONLY: return signal_name_only(plan, value);
	case SIGNAL_NUMBERS: return signal_numbers(plan, value);
	case SESSION: return plan->session = true;
	case SINGLE_CHILD: return single_child(plan);
	case STOPS_ITSELF: return stops_itself(plan, SIGSTOP);
	case LXC_PATH:
	case LXC_LOGFILE:
	case LXC_PRIORITY: return true; /* nothing depends on them */
	case CONTAINER: return plan->named = true;
	case TREE: plan->view |= VIEW_TREE; return true;
	case ZOMBIES: plan->view |= VIEW_ZOMBIES; return true;
	case JSON: plan->view |= VIEW_JSON; return true;
	case USAGE:
	case LICENSE:
	case HELP:
	case VERSION_LINE:
	case INSTALL:
	case DOINGS: break; /* nothing that a plan could hold */
	}
	return false;
}
