#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "plan.h"
#include "say.h"

/* What an option, a variable or a habit does to the plan. */
enum does {
	EXIT_AS, TO_GROUP, PARENT_DEATH, REWRITE, SUBREAPER, VERBOSE, NAME_REAPED,
	STOP_LADDER, STOP_OK, IF_CAUGHT, WAIT, ORPHANS, LEFTOVERS, PAUSE, TIMEOUT, CLOSE_FDS, FAIL_ON_LEFTOVERS, KEEP_FDS, NO_NEW_PRIVS, PIDNS, REAP, REPORT, GUEST,
	NO_HARDENING, UNDUMPABLE, INSTALL,
	/* what is printed instead: at once, and once all options are known */
	LICENSE, HELP, VERSION_LINE, USAGE, TREE, ZOMBIES, JSON,
	/* foster's own habit */
	HOST_STOPS,
	/* for the habits of others */
	VERBOSITY, QUIET, EXIT_CODE, SIGNAL_NAME_ONLY, SIGNAL_NUMBERS, SESSION, SINGLE_CHILD, STOPS_ITSELF, CONTAINER, PAUSE_NO_MORE, LXC_PATH, LXC_LOGFILE, LXC_PRIORITY,
	DOINGS
};

/* How an option takes a value, beside its letter in a table. */
enum takes { NOTHING, A_VALUE, MAYBE_A_VALUE };

/*
 * One option, out of a table packed as those of records.h: OPTION(does, letter or 0, takes, name, value, help); an option without help is not in the help.
 * foster's own have a twin in the environment: FOSTER_ and the name in capitals, unless it does something else than to run a program.
 */
struct option {
	unsigned char does, letter, takes;
	const char *name, *value, *help;
};

#define OPTION_MEMBER(does, letter, takes, name, value, help) \
	unsigned char does_##does, letter_##does, takes_##does; char words_##does[sizeof(name "\0" value "\0" help)];
#define OPTION_VALUE(does, letter, takes, name, value, help) (does) + 1, letter, takes, name "\0" value "\0" help,

/* A variable that one of the others reads: VARIABLE(does, with its value, event said, letter of the option that does the same, name, the only value or ""). */
struct variable {
	unsigned char does, takes, says, like;
	const char *name, *only;
};

#define VARIABLE_MEMBER(does, takes, says, like, name, only) \
	unsigned char does_##does, takes_##does, says_##does, like_##does; char words_##does[sizeof(name "\0" only)];
#define VARIABLE_VALUE(does, takes, says, like, name, only) (does) + 1, takes, says, like, name "\0" only,

/* The row at `at`, and where the next one is; NULL where there is none. */
const char *option_next(const char *at, struct option *to);
const char *variable_next(const char *at, struct variable *to);

/* One name that foster goes by: its options, words and habits: what is done before any option is read. */
struct persona {
	unsigned short options, variables, habits, voice; /* its tables, as bytes from its beginning */
	unsigned char code_failed, code_not_found, code_no_interpreter, code_denied, code_not_executable;
	unsigned char help_fd, version_fd; /* where those are printed */
	unsigned char help_indent;
	char help_colon[2], help_equals[2]; /* what stands behind an option, and before its value */
	bool abbreviates;                   /* takes the beginning of a long name for it, as getopt_long(3) */
	bool letters_only;                  /* has no long names but a --version that stands alone: --x is the letter '-' */
	bool help_on_error;                 /* shown after what was wrong with the words, not with their values */
	bool help_on_nothing;               /* and where there is no program */
	bool waits_for_all;                 /* unless it is told how to end what is left over */
	bool needs_container;               /* a name for it, that is not used */
	bool goes_on;                       /* has options behind a second "--" too */
};

static inline const char *persona_table(const struct persona *persona, unsigned short at)
{
	return (const char *)persona + at;
}

static inline const struct voice *persona_voice(const struct persona *persona)
{
	return (const struct voice *)(const void *)((const char *)persona + persona->voice);
}

/*
 * A persona with its tables behind it in one piece: no pointer, so nothing for the loader to relocate. Its file has defined OPTIONS, VARIABLES,
 * HABITS and VOICE. To the others it is the array persona_NAME, declared below: one object, whose size and type only its file knows.
 */
#define PERSONA(NAME, ...) \
	const struct NAME { \
		struct persona is; \
		struct { OPTIONS(OPTION_MEMBER) char end; } options; \
		struct { VARIABLES(VARIABLE_MEMBER) char end; } variables; \
		struct { HABITS(RECORD_MEMBER) char end; } habits; \
		struct { struct voice of; VOICE(RECORD_MEMBER) char end; } voice; \
	} NAME __asm__("persona_" #NAME) = { \
		{ .options = offsetof(struct NAME, options), .variables = offsetof(struct NAME, variables), .habits = offsetof(struct NAME, habits), \
			.voice = offsetof(struct NAME, voice), __VA_ARGS__ }, \
		{ OPTIONS(OPTION_VALUE) 0 }, { VARIABLES(VARIABLE_VALUE) 0 }, { HABITS(RECORD_VALUE) 0 }, { VOICE_OF(VOICE), VOICE(RECORD_VALUE) 0 } \
	}

/* An option as it was met: by letter, name or variable. */
struct met {
	struct option option;
	const char *as;
};

/* Whether an option prints or installs something and leaves. */
bool options_prints(enum does what);

/* Does what an option asks, or dies of its value. */
void options_apply(struct plan *plan, const struct met *met, const char *value);

/* Says what was wrong with an option, and leaves. */
_Noreturn void options_bad(enum event event, const char *as, const char *value, enum does what);

/*
 * Turns the command line and the environment into a plan; the plan must be all zeroes but for what was inherited. The environment is cut in
 * place: our own variables are not the program's. Dies of bad input, leaves after --help and its kin.
 */
void options(struct plan *plan, char **argv, char **envp);

extern const struct persona persona_foster[], persona_tini[], persona_dumb_init[], persona_catatonit[], persona_init_lxc[];

#endif
