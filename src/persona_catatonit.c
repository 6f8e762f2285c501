/* The name catatonit: the command line, environment, messages and exit codes of catatonit 0.1.7. */
#include "options.h"
#include "records.h"
#include "say.h"

#define USAGE_LINE "usage: catatonit [-ghLPV] [--] <progname> [<arguments>...]"

#define OPTIONS(OPTION) \
	OPTION(TO_GROUP, 'g', NOTHING, "", "", "forward signals to the program's process group") \
	OPTION(HELP, 'h', NOTHING, "", "", "print this") \
	OPTION(LICENSE, 'L', NOTHING, "", "", "print the license") \
	OPTION(PAUSE_NO_MORE, 'P', NOTHING, "", "", "run nothing, leave on SIGINT or SIGTERM") \
	OPTION(VERSION_LINE, 'V', NOTHING, "version", "", "print the version")

#define VARIABLES(VARIABLE) \
	VARIABLE(VERBOSITY, NOTHING, 0, 0, "CATATONIT_DEBUG", "")

#define HABITS(HABIT) HABIT(LEFTOVERS, 0, "none") HABIT(SUBREAPER, 0, "") HABIT(REWRITE, 0, "TSTP:0,TTIN:0,TTOU:0,CHLD:0")

#define VOICE(SAY) \
	SAY(PREFIX, 0, "ERROR (catatonit:%i): ") \
	SAY(PREFIX_1, 0, "WARN (catatonit:%i): ") \
	SAY(PREFIX_2, 0, "INFO (catatonit:%i): ") \
	SAY(PREFIX_3, 0, "DEBUG (catatonit:%i): ") \
	SAY(BAD_LETTER, BARE, "%b: invalid option -- '%l'\n" USAGE_LINE) \
	SAY(BAD_NAME, BARE, "%b: unrecognized option '%o'\n" USAGE_LINE) \
	SAY(UNWANTED_VALUE, BARE, "%b: option '--%o' doesn't allow an argument\n" USAGE_LINE) \
	SAY(BAD_VALUE, 0, "%o: '%s' is not %w") \
	SAY(NO_PROGRAM, 0, "missing program name\n" USAGE_LINE) \
	SAY(NO_BIRTH, 0, "failed to fork child: %e") \
	SAY(NOT_FOUND, BARE, "ERROR (catatonit:%p): failed to exec pid1: %e") \
	SAY(BORN, 3, "pid1 (%p) spawned: %s") \
	SAY(DROPPED, 3, "not forwarded: %S") \
	SAY(REFUSED, 1, "forwarding of signal %N to pid1 (%p) failed: %e") \
	SAY(USAGE_TEXT, 0, USAGE_LINE "\n\noptions:\n") \
	SAY(VERSION_TEXT, 0, "tini version 0.1.7_catatonit\n")

PERSONA(catatonit,
	.code_failed = 1, .code_not_found = 1, .code_no_interpreter = 1, .code_denied = 1, .code_not_executable = 1,
	.help_fd = 2, .version_fd = 1, .help_indent = 2, .help_equals = " ", .abbreviates = true);
