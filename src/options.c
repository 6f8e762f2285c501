/*
 * The command line and the environment become a plan: one walker and one help printer for all names that foster goes by. Stops at the first word
 * that is not an option: what follows is the program's. Runs before the birth, so bad input ends it with one line and nothing started.
 */
#include "options.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "ladder.h"
#include "text.h"

static const char twin[] = "FOSTER_";

/* What the value of an option must be, in words. */
static const char *const wants[DOINGS] = {
	[EXIT_AS] = "an exit code CODE[:TO] or a range of them, 0 to 255",
	[PARENT_DEATH] = "a signal",
	[REWRITE] = "SIGNAL:SIGNAL, where the first can be caught and the second may be 0 or stop",
	[VERBOSE] = "a number",
	[STOP_LADDER] = "a ladder such as TERM/5s/KILL",
	[IF_CAUGHT] = "a list of signals",
	[WAIT] = "last or worst",
	[ORPHANS] = "keep, kill or a ladder such as TERM/5s/KILL",
	[LEFTOVERS] = "a ladder such as TERM/5s/KILL, or none",
};

/* An option as it was met: by letter, name or variable. */
struct met {
	const struct option *option;
	const char *as;
};

static const struct persona *persona;

static _Noreturn void bad(const struct plan *plan, enum event event, const char *as, const char *value, const char *expected)
{
	die(plan->code_failed, event, &(struct fact){ .option = as, .text = value ? value : "", .expected = expected ? expected : "wanted here" });
}

/* CODE[:TO], CODE-CODE[:TO]. */
static bool exit_as(struct plan *plan, const char *value)
{
	size_t range = strcspn(value, ":"), first = strcspn(value, "-:");
	unsigned from, last, to = 0;

	if (!text_number(value, first, EXIT_CODES - 1, &from))
		return false;
	last = from;
	if (first < range && !text_number(value + first + 1, range - first - 1, EXIT_CODES - 1, &last))
		return false;
	if (value[range] && !text_number(value + range + 1, strlen(value + range + 1), EXIT_CODES - 1, &to))
		return false;
	if (last < from)
		return false;
	for (; from <= last; from++)
		plan->exit_xor[from] = (unsigned char)(from ^ to);
	return true;
}

static int signal_of(const char *value)
{
	return signals_number(value, strlen(value));
}

/* SIGNAL:SIGNAL; 0, - or nothing after the colon drops it, "stop" makes it a stop request. */
static bool rewrite(struct plan *plan, const char *value)
{
	size_t n = strcspn(value, ":");
	int from = signals_number(value, n), to;

	if (!from || !value[n] || from == SIGKILL || from == SIGSTOP)
		return false;
	struct reaction *r = &plan->on[from];
	value += n + 1;
	plan->asks &= ~(from == SIGTERM ? 0 : signals_bit(from));
	if (!strcmp(value, "0") || !strcmp(value, "-")) {
		*r = (struct reaction){ DROP, 0 };
	} else if (!strcmp(value, "stop")) {
		*r = (struct reaction){ STOP, 0 };
		plan->asks |= signals_bit(from);
	} else if ((to = signal_of(value))) {
		*r = (struct reaction){ FORWARD, (unsigned char)to };
	} else {
		return false;
	}
	return true;
}

static bool if_caught(struct plan *plan, const char *value)
{
	for (;; value++) {
		size_t n = strcspn(value, ", ");
		int signal = signals_number(value, n);

		if (!signal)
			return false;
		plan->if_caught |= signals_bit(signal);
		value += n;
		if (!*value)
			return true;
	}
}

static bool wait_for(struct plan *plan, const char *value)
{
	plan->until = !value ? UNTIL_ALL : !strcmp(value, "last") ? UNTIL_ALL_LAST : !strcmp(value, "worst") ? UNTIL_ALL_WORST : UNTIL_CHILD;
	return plan->until != UNTIL_CHILD;
}

static bool orphans(struct plan *plan, const char *value)
{
	const char *ladder = !strcmp(value, "keep") ? "none" : !strcmp(value, "kill") ? "KILL" : value;

	return ladder_parse(ladder, CHILD, plan->orphans);
}

static bool parent_death(struct plan *plan, const char *value)
{
	return (plan->parent_death = (unsigned char)signal_of(value));
}

static bool verbose(struct plan *plan, const char *value)
{
	unsigned n = (unsigned)plan->verbosity + 1;

	if (value && !text_number(value, strlen(value), 9, &n))
		return false;
	plan->verbosity = (signed char)n;
	return true;
}

/* One line of the help: letter, name, value, words. */
static void print_help(const struct option *o)
{
	char line[160] = "      ", *at = line;

	if (o->letter) {
		line[2] = '-';
		line[3] = o->letter;
		line[4] = ',';
	}
	at = stpcpy(stpcpy(line + 6, "--"), o->name);
	if (o->takes)
		at = stpcpy(stpcpy(stpcpy(at, o->takes == MAYBE_A_VALUE ? "[=" : " "), o->value), o->takes == MAYBE_A_VALUE ? "]" : "");
	do
		*at++ = ' ';
	while (at < line + 30);
	strcpy(stpcpy(at, o->help), "\n");
	if (say_plainly(STDOUT_FILENO, line))
		_exit(persona->code_failed);
}

static _Noreturn void print_and_leave(enum does what)
{
	const char *text = what == HELP ? persona->usage : what == LICENSE ? persona->license : persona->version;
	int failed = say_plainly(STDOUT_FILENO, text);

	for (int i = 0; what == HELP && i < persona->count; i++)
		print_help(&persona->options[i]);
	_exit(failed ? persona->code_failed : 0);
}

/* Does what an option asks. False where its value is none. */
static bool apply(struct plan *plan, enum does what, const char *value)
{
	switch (what) {
	case EXIT_AS: return exit_as(plan, value);
	case TO_GROUP: return plan->to_group = true;
	case PARENT_DEATH: return parent_death(plan, value);
	case REWRITE: return rewrite(plan, value);
	case SUBREAPER: return true; /* it is always so */
	case VERBOSE: return verbose(plan, value);
	case NAME_REAPED: return plan->name_reaped = true;
	case STOP_LADDER: return ladder_parse(value, CHILD, plan->stop);
	case STOP_OK: return plan->stop_ok = true;
	case IF_CAUGHT: return if_caught(plan, value);
	case WAIT: return wait_for(plan, value);
	case ORPHANS: return orphans(plan, value);
	case LEFTOVERS: return ladder_parse(value, EVERYONE, plan->leftovers);
	case LICENSE:
	case HELP:
	case VERSION_LINE: print_and_leave(what);
	case DOINGS: break;
	}
	return false;
}

static void apply_or_die(struct plan *plan, struct met met, const char *value)
{
	if (!apply(plan, met.option->does, value))
		bad(plan, BAD_VALUE, met.as, value, wants[met.option->does]);
}

/* --name, --name=value, --name value. Returns the last word that was used up. */
static char **long_option(struct plan *plan, char **word)
{
	char *name = *word + 2, *value = strchr(name, '=');
	size_t n = value ? (size_t)(value - name) : strlen(name);
	struct met met = { NULL, *word };

	for (int i = 0; i < persona->count; i++)
		if (strlen(persona->options[i].name) == n && !memcmp(persona->options[i].name, name, n))
			met.option = &persona->options[i];
	if (!met.option)
		bad(plan, BAD_OPTION, *word, NULL, NULL);
	if (value)
		*value++ = '\0';
	if (value && met.option->takes == NOTHING)
		bad(plan, BAD_VALUE, met.as, value, NULL);
	if (!value && met.option->takes == A_VALUE && !(value = *++word))
		bad(plan, NO_VALUE, met.as, NULL, wants[met.option->does]);
	apply_or_die(plan, met, value);
	return word;
}

/* -gv, -e3, -e 3. Returns the last word that was used up. */
static char **short_options(struct plan *plan, char **word)
{
	for (char *letter = *word + 1; *letter; letter++) {
		char as[] = { '-', *letter, '\0' };
		struct met met = { NULL, as };
		char *value = NULL;

		for (int i = 0; i < persona->count; i++)
			if (persona->options[i].letter == *letter)
				met.option = &persona->options[i];
		if (!met.option)
			bad(plan, BAD_OPTION, as, NULL, NULL);
		if (met.option->takes == A_VALUE) {
			value = letter[1] ? letter + 1 : *++word;
			if (!value)
				bad(plan, NO_VALUE, as, NULL, wants[met.option->does]);
		}
		apply_or_die(plan, met, value);
		if (value)
			break;
	}
	return word;
}

/* Whether a variable named FOSTER_ and `name` is this option's twin. */
static bool is_twin(const struct option *o, const char *name, size_t length)
{
	if (o->does == HELP || o->does == LICENSE || o->does == VERSION_LINE || strlen(o->name) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] != (o->name[i] == '-' ? '_' : o->name[i] & ~0x20))
			return false;
	return true;
}

/* 1: yes, 0: no, -1: neither. */
static int yes_or_no(const char *value)
{
	static const char words[][2][5] = { { "", "1" }, { "0", "yes" }, { "no", "on" }, { "off", "true" }, { "false", "true" } };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		for (int yes = 0; yes < 2; yes++)
			if (!strncmp(value, words[i][yes], sizeof words[i][yes]))
				return yes;
	return -1;
}

/* A twin's value: a switch, or one value, or a list of those that an option may repeat. */
static void apply_twin(struct plan *plan, struct met met, char *value)
{
	int yes = yes_or_no(value);

	if (met.option->takes != A_VALUE && yes >= 0) {
		if (yes)
			apply_or_die(plan, met, NULL);
		return;
	}
	if (met.option->takes == NOTHING && met.option->does != VERBOSE)
		bad(plan, BAD_VALUE, met.as, value, "yes or no");
	while (met.option->does == EXIT_AS || met.option->does == REWRITE) {
		char *next = value + strcspn(value, ", ");

		if (!*next)
			break;
		*next = '\0';
		apply_or_die(plan, met, value);
		value = next + 1;
	}
	apply_or_die(plan, met, value);
}

/* Takes our variables out of the environment, and does what they say. */
static void environment(struct plan *plan, char **from)
{
	char **to = plan->envp = from;

	for (; *from; from++) {
		size_t n = strcspn(*from, "=");
		struct met met = { NULL, *from };

		for (int i = 0; n >= sizeof twin && !memcmp(*from, twin, sizeof twin - 1) && i < persona_foster.count; i++)
			if (is_twin(&persona_foster.options[i], *from + sizeof twin - 1, n - (sizeof twin - 1)))
				met.option = &persona_foster.options[i];
		if (!met.option || !(*from)[n]) {
			*to++ = *from;
			continue;
		}
		(*from)[n] = '\0';
		apply_twin(plan, met, *from + n + 1);
	}
	*to = NULL;
}

/* The name that we were called by. */
static const struct persona *called(const char *name)
{
	(void)name;
	return &persona_foster;
}

static char **walk(struct plan *plan, char **word)
{
	for (; *word && (*word)[0] == '-' && (*word)[1]; word++) {
		if (!strcmp(*word, "--"))
			return word + 1;
		word = (*word)[1] == '-' ? long_option(plan, word) : short_options(plan, word);
	}
	return word;
}

/* What follows from all options together. */
static void conclude(struct plan *plan)
{
	bool asked = plan->stop[0].scope != TOP;

	if (!asked)
		plan->stop[0] = (struct rung){ plan->to_group ? GROUP : CHILD, SIGTERM, 0 };
	else if (plan->on[SIGTERM].verb == FORWARD && !plan->on[SIGTERM].arg)
		plan->on[SIGTERM].verb = STOP;
	say_with(persona->voice, plan->verbosity);
}

void options(struct plan *plan, char **argv, char **envp)
{
	persona = called(argv[0]);
	plan->code_failed = persona->code_failed;
	plan->code_not_executable = persona->code_not_executable;
	plan->code_not_found = persona->code_not_found;
	plan->code_no_interpreter = persona->code_no_interpreter;
	plan->pid1 = getpid() == 1;
	plan->asks = signals_bit(SIGTERM);
	say_with(persona->voice, 0);
	(void)ladder_parse("TERM/5s/KILL", EVERYONE, plan->leftovers);
	environment(plan, envp);
	plan->argv = walk(plan, argv[0] ? argv + 1 : argv);
	if (!*plan->argv)
		bad(plan, NO_PROGRAM, NULL, NULL, NULL);
	conclude(plan);
}
