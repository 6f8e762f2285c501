/* The name init.lxc: the command line, messages and exit codes of LXC 5.0.2's init for lxc-execute. */
#include "options.h"
#include "records.h"
#include "say.h"

#define OPTIONS(OPTION) \
	OPTION(CONTAINER, 'n', A_VALUE, "name", "NAME", "name of the container") \
	OPTION(QUIET, 'q', NOTHING, "quiet", "", "no output") \
	OPTION(LXC_PATH, 'P', A_VALUE, "lxcpath", "PATH", "accepted") \
	OPTION(LXC_LOGFILE, 'o', A_VALUE, "", "", "") \
	OPTION(LXC_PRIORITY, 'l', A_VALUE, "", "", "") \
	OPTION(HELP, 'h', NOTHING, "help", "", "print this") \
	OPTION(USAGE, 0, NOTHING, "usage", "", "print a short usage") \
	OPTION(VERSION_LINE, 0, NOTHING, "version", "", "print the version")

#define VARIABLES(VARIABLE)

#define HABITS(HABIT) \
	HABIT(LEFTOVERS, 0, "none") HABIT(SESSION, 0, "") HABIT(STOP_LADDER, 0, "all:TERM/1s/all:KILL") HABIT(REWRITE, 0, "PWR:stop,HUP:0,CHLD:0")

#define VOICE(SAY) \
	SAY(PREFIX, 0, "lxc-init: ") \
	SAY(BAD_LETTER, BARE, "%b: invalid option -- '%l'") \
	SAY(BAD_NAME, BARE, "%b: unrecognized option '%o'") \
	SAY(AMBIGUOUS, BARE, "%b: option '%o' is ambiguous; possibilities:%w") \
	SAY(NO_VALUE, BARE, "%b: option requires an argument -- '%l'") \
	SAY(NO_NAME_VALUE, BARE, "%b: option '--%o' requires an argument") \
	SAY(UNWANTED_VALUE, BARE, "%b: option '--%o' doesn't allow an argument") \
	SAY(BAD_VALUE, 0, "%o: '%s' is not %w") \
	SAY(NO_CONTAINER, 0, "missing container name, use --name option") \
	SAY(NO_BIRTH, 0, "cannot start \"%s\": %e") \
	SAY(NOT_FOUND, BARE, "Failed to exec \"%o\"") \
	SAY(USAGE_TEXT, 0, "Usage: lxc-init --name=NAME -- COMMAND\n\nOptions :\n") \
	SAY(SHORT_USAGE, 0, "Usage: lxc-init [-n|--name=NAME] [-q|--quiet] [-P|--lxcpath=PATH] [-h|--help] [--usage] [--version]\n") \
	SAY(VERSION_TEXT, 0, "5.0.2\n")

PERSONA(init_lxc,
	.code_failed = 1, .code_not_found = 255, .code_no_interpreter = 255, .code_denied = 255, .code_not_executable = 255,
	.help_fd = 2, .version_fd = 1, .help_indent = 2, .help_equals = "=", .abbreviates = true, .help_on_error = true,
	.needs_container = true, .waits_for_all = true);
