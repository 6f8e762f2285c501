/*
 * The command line and the environment become a plan: one walker and one help printer for all names that foster goes by. Stops at the first word
 * that is not an option: what follows is the program's. Runs before the birth, so bad input ends it with one line and nothing started.
 */
#include "options.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "apply.h"
#include "die.h"
#include "environment.h"
#include "guest.h"
#include "help.h"
#include "install.h"
#include "machine.h"
#include "records.h"
#include "report.h"
#include "say.h"
#include "text.h"
#include "view.h"
#include "words.h"

/* What the value of an option must be, in words. */
#define WANTS(WANT) \
	WANT(EXIT_AS, 0, "a CODE[:TO] or a range CODE-CODE[:TO], 0 to 255") \
	WANT(PARENT_DEATH, 0, "a signal") \
	WANT(REWRITE, 0, "SIGNAL:SIGNAL, the second perhaps 0, stop, halt or reboot") \
	WANT(VERBOSE, 0, "a number") \
	WANT(STOP_LADDER, 0, "a ladder such as TERM/5s/KILL") \
	WANT(IF_CAUGHT, 0, "a list of signals") \
	WANT(WAIT, 0, "last or worst") \
	WANT(ORPHANS, 0, "keep, kill or a ladder") \
	WANT(INSTALL, 0, "where to put a copy") \
	WANT(FAIL_ON_LEFTOVERS, 0, "an exit code from 1 to 255") \
	WANT(KEEP_FDS, 0, "a list of up to 32 descriptors above 2") \
	WANT(REAP, 0, "kernel or loop") \
	WANT(TIMEOUT, 0, "a time such as 90s or 10m") \
	WANT(GUEST, 0, "poweroff or reboot") \
	WANT(LEFTOVERS, 0, "none or a ladder such as TERM/5s/KILL")

static const struct { WANTS(RECORD_MEMBER) char end; } wants = { WANTS(RECORD_VALUE) 0 };

static const struct persona *persona;

_Noreturn void options_bad(enum event event, const char *as, const char *value, enum does what)
{
	const char *wanted = record_text(&wants, (unsigned char)what);

	say(event, &(struct fact){ .option = as, .text = value, .expected = wanted ? wanted : "yes or no" });
	if (event == NO_PROGRAM ? persona->help_on_nothing : persona->help_on_error && event <= NO_NAME_VALUE)
		(void)help_print(persona, STDERR_FILENO); /* who does not read it, does not want it */
	machine_leave(persona->code_failed);
}

bool options_prints(enum does what)
{
	return what == INSTALL || (what >= LICENSE && what <= JSON);
}

static _Noreturn void install_and_leave(const struct met *met, const char *path)
{
	int error = install(path, words_name);

	if (error)
		say(NOT_INSTALLED, &(struct fact){ .option = met->as, .text = path, .error = error });
	machine_leave(error ? persona->code_failed : 0);
}

void options_apply(struct plan *plan, const struct met *met, const char *value)
{
	enum does what = met->option.does;

	if (what == INSTALL)
		install_and_leave(met, value);
	if (options_prints(what) && what <= USAGE)
		machine_leave(help_answer(persona, what) ? persona->code_failed : 0);
	if (!apply(plan, what, value))
		options_bad(BAD_VALUE, met->as, value, what);
}

/* Names all that it could have been, as getopt_long(3). */
static _Noreturn void ambiguous(const char *as, const char *name, size_t length)
{
	char list[64] = "", *end = list;
	struct option o;

	for (const char *at = persona_table(persona, persona->options); (at = option_next(at, &o));)
		if (!strncmp(o.name, name, length) && strlen(o.name) + 6 < (size_t)(list + sizeof list - end))
			end = text_copy(text_copy(text_copy(end, " '--"), o.name), "'");
	say(AMBIGUOUS, &(struct fact){ .option = as, .expected = list });
	machine_leave(persona->code_failed);
}

/* The option of this name; or of a longer one that begins so, where there is but one and that is how it is done. */
static void find_name(struct met *met, const char *name, size_t length)
{
	struct option o;
	int found = 0;

	for (const char *at = persona_table(persona, persona->options); found >= 0 && (at = option_next(at, &o));) {
		bool whole = o.name[0] && !strncmp(o.name, name, length) && !o.name[length];

		if (!whole && (strncmp(o.name, name, length) || !o.name[0] || !persona->abbreviates))
			continue;
		met->option = o;
		found = whole ? -1 : found + 1;
	}
	if (!found)
		options_bad(BAD_NAME, met->as, NULL, HELP);
	if (found > 1)
		ambiguous(met->as, name, length);
}

/* --name, --name=value, --name value. Returns the last word that was used up. */
static char **long_option(struct plan *plan, char **word)
{
	char *name = *word + 2, *value = NULL;
	size_t n = text_until(name, "=");
	struct met met = { .as = *word };

	find_name(&met, name, n);
	if (name[n]) {
		name[n] = '\0';
		value = name + n + 1;
	}
	if (value && met.option.takes == NOTHING)
		options_bad(UNWANTED_VALUE, met.option.name, value, met.option.does);
	if (!value && met.option.takes == A_VALUE && !(value = *++word))
		options_bad(NO_NAME_VALUE, met.option.name, NULL, met.option.does);
	options_apply(plan, &met, value);
	return word;
}

static void find_letter(struct met *met, char letter)
{
	const char *at = persona_table(persona, persona->options);

	while ((at = option_next(at, &met->option)))
		if (met->option.letter == (unsigned char)letter)
			return;
	options_bad(BAD_LETTER, met->as, NULL, HELP);
}

/* -gv, -e3, -e 3. Returns the last word that was used up. */
static char **short_options(struct plan *plan, char **word)
{
	for (char *letter = *word + 1; *letter; letter++) {
		char as[] = { '-', *letter, '\0' };
		struct met met = { .as = as };
		char *value = NULL;

		find_letter(&met, *letter);
		if (met.option.takes == A_VALUE) {
			value = letter[1] ? letter + 1 : *++word;
			if (!value)
				options_bad(NO_VALUE, as, NULL, met.option.does);
		}
		options_apply(plan, &met, value);
		if (value)
			break;
	}
	return word;
}

/* The persona of the name that we were called by, with or without a path; and whether that is the name of a guest's init. */
static const struct persona *called(const char *name, bool *guest)
{
	const char *slash = strrchr(name, '/');

	name = slash ? slash + 1 : name;
	*guest = !strcmp(name, "init");
	if (!strcmp(name, "tini") || !strcmp(name, "tini-static"))
		return persona_tini;
	if (!strcmp(name, "dumb-init"))
		return persona_dumb_init;
	if (!strcmp(name, "catatonit"))
		return persona_catatonit;
	if (!strcmp(name, "init.lxc"))
		return persona_init_lxc;
	return persona_foster;
}

/* Where the program begins. */
static char **walk(struct plan *plan, char **word)
{
	bool alone = word[0] && !word[1];

	for (; *word && (*word)[0] == '-' && (*word)[1]; word++) {
		if (!strcmp(*word, "--")) {
			/* Engines write one before what is the user's; he can have options behind his own. */
			if (!persona->goes_on || !word[1] || strcmp(word[1], "--"))
				return word + 1;
			word++;
		} else if ((*word)[1] != '-' || (persona->letters_only && !(alone && !strcmp(*word, "--version")))) {
			word = short_options(plan, word);
		} else {
			word = long_option(plan, word);
		}
	}
	return word;
}

/* What is to be looked at and printed, and nothing run. */
static _Noreturn void look(const struct plan *plan, char **envp)
{
	const char *as = plan->view & VIEW_ZOMBIES ? "zombies" : plan->view & VIEW_TREE ? "tree" : "json";

	if (*plan->argv)
		options_bad(UNWANTED_VALUE, as, *plan->argv, HELP);
	machine_leave(view(plan, envp));
}

/* What follows from all options together. */
static void conclude(struct plan *plan)
{
	if (plan->guest)
		guest_conclude(plan);
	plan->stop_asked = plan->stop[0].scope != TOP;
	if (!plan->stop_asked)
		plan->stop[0] = (struct rung){ plan->to_group ? GROUP : CHILD, SIGTERM, 0 };
	else if (plan->on[SIGTERM].verb == FORWARD && !plan->on[SIGTERM].arg)
		plan->on[SIGTERM].verb = STOP;
	if (plan->report && (plan->report_fd = report_open(plan->report)) < 0)
		die(persona->code_failed, CANNOT, &(struct fact){ .option = "--report", .text = plan->report, .error = errno });
	if (plan->until == UNTIL_QUIT) {
		plan->argv = NULL;
		plan->timeout_ms = 0;
	}
	if (persona->waits_for_all && plan->leftovers[0].scope == TOP)
		plan->until = UNTIL_ALL;
	say_with(persona_voice(persona), plan->verbosity, NULL);
	if (plan->leftovers_code) {
		say_also(LEFT);
		say_also(LEFT_MORE);
	}
	plan->keeps_stdout = say_uses_stdout();
}

static void start(struct plan *plan, const char *name)
{
	struct record habit;
	bool guest;

	persona = called(name, &guest);
	plan->code_failed = persona->code_failed;
	plan->code_not_found = persona->code_not_found;
	plan->code_no_interpreter = persona->code_no_interpreter;
	plan->code_denied = persona->code_denied;
	plan->code_not_executable = persona->code_not_executable;
	plan->pid = getpid();
	plan->pid1 = plan->pid == 1;
	plan->asks = signals_bit(SIGTERM);
	for (const char *at = persona_table(persona, persona->habits); (at = record_next(at, &habit));)
		(void)apply(plan, habit.key, habit.text[0] ? habit.text : NULL); /* never refused */
	say_with(persona_voice(persona), plan->verbosity, name);
	if (guest)
		(void)apply(plan, GUEST, NULL); /* not refused either */
}

/* A guest's program, where the command line has none. */
static void look_for_program(struct plan *plan)
{
	plan->argv = walk(plan, guest_lines(plan));
	if (!*plan->argv)
		plan->argv = guest_script();
}

void options(struct plan *plan, char **argv, char **envp)
{
	start(plan, argv[0] ? argv[0] : "foster");
	environment_twins(plan, envp);
	plan->argv = walk(plan, argv[0] ? argv + 1 : argv);
	if (plan->view)
		look(plan, envp);
	if (plan->guest && !*plan->argv && plan->until != UNTIL_QUIT)
		look_for_program(plan);
	say_with(persona_voice(persona), plan->verbosity, NULL);
	if (persona->needs_container && !plan->named)
		options_bad(NO_CONTAINER, NULL, NULL, HELP);
	if (!*plan->argv && plan->until != UNTIL_QUIT)
		options_bad(plan->guest ? NO_SCRIPT : NO_PROGRAM, NULL, NULL, HELP);
	environment_others(plan, persona);
	conclude(plan);
	if (plan->unheld) /* no signal would reach us, and no word of a death: tests/denied.bats */
		die(plan->code_failed, NO_BIRTH, &(struct fact){ .text = "rt_sigprocmask", .error = plan->unheld });
}

const char *option_next(const char *at, struct option *to)
{
	if (!*at)
		return NULL;
	to->does = (unsigned char)(at[0] - 1);
	to->letter = (unsigned char)at[1];
	to->takes = (unsigned char)at[2];
	to->name = at + 3;
	to->value = to->name + strlen(to->name) + 1;
	to->help = to->value + strlen(to->value) + 1;
	return to->help + strlen(to->help) + 1;
}

const char *variable_next(const char *at, struct variable *to)
{
	if (!*at)
		return NULL;
	*to = (struct variable){ (unsigned char)(at[0] - 1), (unsigned char)at[1], (unsigned char)at[2], (unsigned char)at[3], at + 4, NULL };
	to->only = to->name + strlen(to->name) + 1;
	return to->only + strlen(to->only) + 1;
}
