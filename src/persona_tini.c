/* The name tini, and tini-static: the command line, environment, messages and exit codes of tini 0.19.0. */
#include "options.h"
#include "records.h"
#include "say.h"

#define VARIABLE_TO_SUBREAP "TINI_SUBREAPER"

#define OPTIONS(OPTION) \
	OPTION(VERSION_LINE, 0, NOTHING, "version", "", "print the version") \
	OPTION(HELP, 'h', NOTHING, "", "", "print this") \
	OPTION(SUBREAPER, 's', NOTHING, "", "", "be the subreaper of all below, where it is not PID 1") \
	OPTION(SIGNAL_NAME_ONLY, 'p', A_VALUE, "", "SIGNAL", "get SIGNAL, such as SIGTERM, when the parent dies") \
	OPTION(VERBOSE, 'v', NOTHING, "", "", "more verbose; up to three times") \
	OPTION(NAME_REAPED, 'w', NOTHING, "", "", "a warning for each reaped orphan") \
	OPTION(TO_GROUP, 'g', NOTHING, "", "", "send signals to the program's process group") \
	OPTION(EXIT_CODE, 'e', A_VALUE, "", "EXIT_CODE", "exit with 0 for this one, 0 to 255") \
	OPTION(LICENSE, 'l', NOTHING, "", "", "print the license")

#define VARIABLES(VARIABLE) \
	VARIABLE(SUBREAPER, NOTHING, 0, 's', VARIABLE_TO_SUBREAP, "") \
	VARIABLE(VERBOSITY, A_VALUE, 0, 'v', "TINI_VERBOSITY", "") \
	VARIABLE(TO_GROUP, NOTHING, 0, 'g', "TINI_KILL_PROCESS_GROUP", "")

#define HABITS(HABIT) HABIT(VERBOSITY, 0, "1") HABIT(LEFTOVERS, 0, "none") HABIT(REWRITE, 0, "TTIN:0,TTOU:0,CHLD:0")

#define VOICE(SAY) \
	SAY(PREFIX, 0, "[FATAL tini (%i)] ") \
	SAY(PREFIX_1, 0, "[WARN  tini (%i)] ") \
	SAY(PREFIX_2, 0, "[INFO  tini (%i)] ") \
	SAY(PREFIX_3, 0, "[DEBUG tini (%i)] ") \
	SAY(PREFIX_4, 0, "[TRACE tini (%i)] ") \
	SAY(BAD_LETTER, BARE, "%b: invalid option -- '%l'") \
	SAY(NO_VALUE, BARE, "%b: option requires an argument -- '%l'") \
	SAY(BAD_VALUE, 0, "Not a valid option for %o: %s") \
	SAY(NO_BIRTH, 0, "fork failed: %e") \
	SAY(NOT_FOUND, BARE, "[FATAL tini (%p)] exec %o failed: %e") \
	SAY(NOT_SUBREAPER, 1, "%B is neither PID 1 nor a subreaper,\n" \
		"so orphans are not re-parented to it and zombie reaping won't work.\n" \
		"Use -s, set " VARIABLE_TO_SUBREAP ", or run Tini as PID 1.") \
	SAY(BORN, STDOUT | 2, "Spawned child process '%s' with pid '%p'") \
	SAY(CHILD_CAME, STDOUT | 3, "Received SIGCHLD") \
	SAY(PASSED, STDOUT | 3, "Passing signal: '%S'") \
	SAY(TAKEN, STDOUT | 3, "Reaped child with pid: '%p'") \
	SAY(REGISTERED, STDOUT | 4, "Registered as child subreaper") \
	SAY(TAKEN_ORPHAN, STDOUT | 3, "Reaped child with pid: '%p'") \
	SAY(REAPED, 1, "Reaped zombie process with pid=%p") \
	SAY(EXITED, STDOUT | 2, "Main child exited normally (with status '%c')") \
	SAY(KILLED, STDOUT | 2, "Main child exited with signal (with signal '%S')") \
	SAY(LEAVING, STDOUT | 4, "Exiting: child has exited") \
	SAY(USAGE_TEXT, 0, "%B (tini version 0.19.0)\n" \
		"Usage: %B [OPTIONS] PROGRAM -- [ARGS] | --version\n\n" \
		"Execute a program under the supervision of a valid init process (%B), here foster " VERSION "\n\n") \
	SAY(VERSION_TEXT, 0, "tini version 0.19.0\n")

PERSONA(tini,
	.code_failed = 1, .code_not_found = EXIT_NOT_FOUND, .code_no_interpreter = EXIT_NOT_FOUND,
	.code_denied = EXIT_NOT_EXECUTABLE, .code_not_executable = 1,
	.help_fd = 1, .version_fd = 1, .help_indent = 2, .help_colon = ":", .help_equals = " ",
	.letters_only = true, .help_on_error = true, .help_on_nothing = true);
