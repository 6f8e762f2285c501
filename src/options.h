#ifndef OPTIONS_H
#define OPTIONS_H

#include "plan.h"
#include "say.h"

/* What an option does to the plan. */
enum does {
	EXIT_AS, TO_GROUP, PARENT_DEATH, REWRITE, SUBREAPER, VERBOSE, NAME_REAPED, LICENSE, HELP, VERSION_LINE,
	STOP_LADDER, STOP_OK, IF_CAUGHT, WAIT, ORPHANS, LEFTOVERS,
	DOINGS
};

enum takes { NOTHING, A_VALUE, MAYBE_A_VALUE };

/* One option. Its twin in the environment is FOSTER_ and its name in capitals, unless it prints something and leaves. */
struct option {
	char letter; /* 0: none */
	unsigned char does, takes;
	char name[14], value[16];
	char help[80];
};

/* One name that foster goes by: its options, words and habits. */
struct persona {
	const struct option *options;
	const struct voice *voice;
	const char *usage, *version, *license;
	unsigned char count;
	unsigned char code_failed, code_not_executable, code_not_found, code_no_interpreter;
};

/*
 * Turns the command line and the environment into a plan; the plan must be all zeroes but for what was inherited. The environment is cut in
 * place: our own variables are not the program's. Dies of bad input, leaves after --help and its kin.
 */
void options(struct plan *plan, char **argv, char **envp);

extern const struct persona persona_foster;

#endif
