/* The name dumb-init: the command line, environment, messages and exit codes of dumb-init 1.2.5. */
#include "options.h"
#include "records.h"
#include "say.h"

#define TAG "[dumb-init] "

#define OPTIONS(OPTION) \
	OPTION(SINGLE_CHILD, 'c', NOTHING, "single-child", "", "no session of its own, and signals for the program alone") \
	OPTION(SIGNAL_NUMBERS, 'r', A_VALUE, "rewrite", "s:r", "send r for a received s; 0 sends nothing; repeatable") \
	OPTION(VERBOSE, 'v', NOTHING, "verbose", "", "say on stderr what happens") \
	OPTION(HELP, 'h', NOTHING, "help", "", "print this") \
	OPTION(VERSION_LINE, 'V', NOTHING, "version", "", "print the version")

#define VARIABLES(VARIABLE) \
	VARIABLE(VERBOSE, NOTHING, DEBUGGING, 'v', "DUMB_INIT_DEBUG", "1") \
	VARIABLE(SINGLE_CHILD, NOTHING, SAME_SESSION, 'c', "DUMB_INIT_SETSID", "0")

#define HABITS(HABIT) \
	HABIT(LEFTOVERS, 0, "group:TERM") HABIT(TO_GROUP, 0, "") HABIT(SESSION, 0, "") HABIT(STOPS_ITSELF, 0, "") HABIT(REWRITE, 0, "CHLD:0")

#define VOICE(SAY) \
	SAY(PREFIX, 0, TAG) \
	SAY(BAD_LETTER, BARE, "%b: invalid option -- '%l'") \
	SAY(BAD_NAME, BARE, "%b: unrecognized option '%o'") \
	SAY(AMBIGUOUS, BARE, "%b: option '%o' is ambiguous; possibilities:%w") \
	SAY(NO_VALUE, BARE, "%b: option requires an argument -- '%l'") \
	SAY(NO_NAME_VALUE, BARE, "%b: option '--%o' requires an argument") \
	SAY(UNWANTED_VALUE, BARE, "%b: option '--%o' doesn't allow an argument") \
	SAY(BAD_VALUE, BARE, "Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and 31.\n" \
		"This option can be specified multiple times.\n" \
		"Use --help for full usage.") \
	SAY(NO_PROGRAM, BARE, "Usage: %b [option] program [args]\nTry %b --help for full usage.") \
	SAY(NO_BIRTH, 0, "Unable to fork. Exiting.") \
	SAY(NOT_FOUND, 0, "%o: %e") \
	SAY(DEBUGGING, 1, "Running in debug mode.") \
	SAY(SAME_SESSION, 1, "Not running in setsid mode.") \
	SAY(NO_DETACH, 1, "Unable to detach from controlling tty (errno=%E %e).") \
	SAY(DETACHED, 1, "Detached from controlling tty, but was not session leader.") \
	SAY(DETACHED_LEADER, 1, "Detached from controlling tty, ignoring the first SIGHUP and SIGCONT we receive.") \
	SAY(BORN, 1, "Child spawned with PID %p.") \
	SAY(NO_ATTACH, 1, "Unable to attach to controlling tty (errno=%E %e).") \
	SAY(SETTLED, 1, "setsid complete.") \
	SAY(CAME, 1, "Received signal %N.") \
	SAY(CHILD_CAME, 1, "Received signal %N.") \
	SAY(HAND_OFF, 1, "Ignoring tty hand-off signal %N.") \
	SAY(TRANSLATED, 1, "Translating signal %N to %T.") \
	SAY(PASSED, 1, "Forwarded signal %T to children.") \
	SAY(DROPPED, 1, "Translating signal %N to 0.\n" TAG "Not forwarding signal 0 to children (ignored).") \
	SAY(SUSPENDING, 1, "Suspending self due to TTY signal.") \
	SAY(TAKEN, 1, "A child with PID %p %X.") \
	SAY(TAKEN_ORPHAN, 1, "A child with PID %p %X.") \
	SAY(LEAVING, 1, "Forwarded signal %N to children.\n" TAG "Child exited with status %c. Goodbye.") \
	SAY(USAGE_TEXT, 0, "dumb-init v1.2.5\n" \
		"Usage: %b [option] command [[arg] ...]\n\n" \
		"This is foster " VERSION ", doing what dumb-init does.\n\n") \
	SAY(VERSION_TEXT, 0, "dumb-init v1.2.5\n")

PERSONA(dumb_init,
	.code_failed = 1, .code_not_found = 2, .code_no_interpreter = 2, .code_denied = 2, .code_not_executable = 2,
	.help_fd = 2, .version_fd = 2, .help_indent = 3, .help_equals = " ", .abbreviates = true);
