/* What the environment asks for: the twins of our own options, and the variables of those whose name we go by. Before the birth. */
#include "environment.h"

#include <string.h>

#include "apply.h"
#include "say.h"
#include "text.h"

static const char twin[] = "FOSTER_";

/* Whether a variable named FOSTER_ and `name` is this option's twin. */
static bool is_twin(const struct option *o, const char *name, size_t length)
{
	if (options_prints(o->does) || strlen(o->name) != length)
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

/* A twin's value: a switch, or what the option takes. */
static void apply_twin(struct plan *plan, const struct met *met, const char *value)
{
	bool is_switch = met->option.takes != A_VALUE;
	int yes = is_switch ? yes_or_no(value) : -1;

	if (is_switch && yes < 0 && met->option.takes == NOTHING && met->option.does != VERBOSE)
		options_bad(BAD_VALUE, met->as, value, met->option.does);
	if (met->option.does == LEFTOVERS)
		plan->subreaper = true; /* or they would not be ours to end */
	if (yes)
		options_apply(plan, met, yes > 0 ? NULL : value);
}

static bool find_twin(struct met *met, const char *variable, size_t length)
{
	const char *at = persona_table(persona_foster, persona_foster->options);

	if (length < sizeof twin || memcmp(variable, twin, sizeof twin - 1))
		return false;
	while ((at = option_next(at, &met->option)))
		if (is_twin(&met->option, variable + sizeof twin - 1, length - (sizeof twin - 1)))
			return true;
	return false;
}

/* Takes our variables out of the environment, and does what they say. */
void environment_twins(struct plan *plan, char **environment)
{
	char **to = plan->envp = environment;

	for (char **from = environment; *from; from++) {
		struct met met;
		size_t n = **from == *twin ? text_until(*from, "=") : 0; /* not that all of a large environment is read */

		if (!n || !(*from)[n] || !find_twin(&met, *from, n)) {
			*to++ = *from;
			continue;
		}
		met.as = *from;
		(*from)[n] = '\0';
		apply_twin(plan, &met, *from + n + 1);
	}
	*to = NULL;
}

/* What the variables of the others' making say. They stay in the environment, as they do there. */
void environment_others(struct plan *plan, const struct persona *persona)
{
	struct variable v;

	for (const char *at = persona_table(persona, persona->variables); (at = variable_next(at, &v));) {
		const char *value = text_variable(plan->envp, v.name);

		if (!value || (v.only[0] && strcmp(value, v.only)))
			continue;
		(void)apply(plan, v.does, v.takes ? value : NULL); /* never refused */
		say_with(persona_voice(persona), plan->verbosity, NULL);
		if (v.says)
			say(v.says, &(struct fact){ 0 });
	}
}
