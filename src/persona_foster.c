/* foster as itself: its options, its words, its habits. */
#include "options.h"
#include "records.h"
#include "say.h"

#define OPTIONS(OPTION) \
	OPTION(CLOSE_FDS, 0, NOTHING, "close-fds", "", "the program gets no descriptor above 2 but those of socket activation") \
	OPTION(EXIT_AS, 'e', A_VALUE, "exit", "CODE[:TO]", "exit with TO (0) for the program's CODE, or a range of codes") \
	OPTION(TO_GROUP, 'g', NOTHING, "group", "", "send signals to the program's process group") \
	OPTION(FAIL_ON_LEFTOVERS, 0, MAYBE_A_VALUE, "fail-on-leftovers", "CODE", "exit with CODE (123) where a program that succeeded left others running") \
	OPTION(GUEST, 0, MAYBE_A_VALUE, "guest", "poweroff|reboot", "be a guest's init; what its host does at PROGRAM's end") \
	OPTION(IF_CAUGHT, 0, A_VALUE, "if-caught", "SIGNAL,...", "forward these only to a program that catches them") \
	OPTION(INSTALL, 0, A_VALUE, "install", "PATH", "copy this program to PATH, and run nothing") \
	OPTION(KEEP_FDS, 0, A_VALUE, "keep-fds", "FD,...", "--close-fds, but for these") \
	OPTION(LEFTOVERS, 0, A_VALUE, "leftovers", "LADDER", "end what is left over so: TERM/5s/KILL, or none") \
	OPTION(NO_HARDENING, 0, NOTHING, "no-hardening", "", "keep the capabilities and system calls that foster has no use for") \
	OPTION(NO_NEW_PRIVS, 0, NOTHING, "no-new-privs", "", "no file that is executed gives the program more privileges") \
	OPTION(ORPHANS, 0, A_VALUE, "orphans", "WHAT", "while the program runs, keep or kill orphans, or a ladder (keep)") \
	OPTION(PARENT_DEATH, 'p', A_VALUE, "parent-death", "SIGNAL", "get SIGNAL when foster's own parent dies") \
	OPTION(PAUSE, 'P', NOTHING, "pause", "", "run nothing; reap until TERM or INT, leave once alone, or after 9 s") \
	OPTION(PIDNS, 0, NOTHING, "pidns", "", "run in a PID namespace of its own, where that is allowed") \
	OPTION(REAP, 0, A_VALUE, "reap", "kernel|loop", "who reaps the orphans while the program lives (loop)") \
	OPTION(REPORT, 0, A_VALUE, "report", "FILE|fd:N", "in the end write one line of JSON there") \
	OPTION(REWRITE, 'r', A_VALUE, "rewrite", "SIGNAL:SIGNAL", "forward the first as the second; 0 drops, stop asks to stop") \
	OPTION(STOP_LADDER, 0, A_VALUE, "stop", "LADDER", "on TERM, stop the program so; scopes: main:, group:, all:") \
	OPTION(STOP_OK, 0, NOTHING, "stop-ok", "", "exit with 0 where a stop that was asked for ended the program") \
	OPTION(SUBREAPER, 's', NOTHING, "subreaper", "", "accepted: it is always so") \
	OPTION(TIMEOUT, 0, A_VALUE, "timeout", "TIME", "stop all after TIME by TERM/5s/KILL, or by --stop; exit with 124, or 137") \
	OPTION(UNDUMPABLE, 0, NOTHING, "undumpable", "", "no process of the same user can trace foster, or use its /proc/PID/fd") \
	OPTION(VERBOSE, 'v', NOTHING, "verbose", "", "say more; twice: still more") \
	OPTION(NAME_REAPED, 'w', NOTHING, "reaped", "", "one line for each reaped orphan") \
	OPTION(WAIT, 0, MAYBE_A_VALUE, "wait", "last|worst", "wait for all, not only the program; whose exit code counts") \
	OPTION(TREE, 0, NOTHING, "tree", "", "run nothing; print all processes of the container") \
	OPTION(ZOMBIES, 0, NOTHING, "zombies", "", "run nothing; print the zombies, and who does not wait for them") \
	OPTION(JSON, 0, NOTHING, "json", "", "print --tree or --zombies as JSON") \
	OPTION(LICENSE, 'l', NOTHING, "license", "", "print the license") \
	OPTION(HELP, 'h', NOTHING, "help", "", "print this") \
	OPTION(VERSION_LINE, 'V', NOTHING, "version", "", "print the version")

#define VARIABLES(VARIABLE)

/* TERM/5s/KILL: numbers are found 250 instructions sooner than names, and that is a tenth of all that foster does before the program runs. */
#define HABITS(HABIT) HABIT(LEFTOVERS, 0, "-15/5s/-9") HABIT(SUBREAPER, 0, "") HABIT(HOST_STOPS, 0, "")

/* Levels: 0 is always heard, 1 with -v, 2 with -vv. */
#define VOICE(SAY) \
	SAY(PREFIX, 0, "foster: ") \
	SAY(BAD_LETTER, 0, "%o: no such option; see --help") \
	SAY(BAD_NAME, 0, "%o: no such option; see --help") \
	SAY(NO_VALUE, 0, "%o needs a value: %w") \
	SAY(NO_NAME_VALUE, 0, "--%o needs a value: %w") \
	SAY(UNWANTED_VALUE, 0, "--%o: takes no value, got '%s'") \
	SAY(BAD_VALUE, 0, "%o: '%s' is not %w") \
	SAY(NOT_INSTALLED, 0, "%o: cannot write %s: %e") \
	SAY(NO_PROGRAM, 0, "no program to run; see --help") \
	SAY(NO_VIEW, 0, "there is no /proc of this PID namespace to look at") \
	SAY(NO_BIRTH, 0, "%s: cannot start: %e") \
	SAY(NOT_FOUND, 0, "%s: not found") \
	SAY(NOT_EXECUTABLE, 0, "%s: cannot execute: %e") \
	SAY(IS_DIRECTORY, 0, "%s: cannot execute: Is a directory") \
	SAY(NO_INTERPRETER, 0, "%s: cannot execute: its interpreter '%m' is missing") \
	SAY(NO_LOADER, 0, "%s: cannot execute: its loader '%m' is missing") \
	SAY(WRONG_MACHINE, 0, "%s: cannot execute: built for %m, this is %w") \
	SAY(NO_PIDNS, 1, "no PID namespace, a subreaper instead: %e") \
	SAY(NOT_BY_KERNEL, 1, "not reaped by the kernel: %w") \
	SAY(BORN, 2, "started %s as pid %p") \
	SAY(PASSED, 1, "%S %f%t") \
	SAY(DROPPED, 1, "%S %f, goes nowhere") \
	SAY(ASKED, 1, "%S %f: stopping") \
	SAY(TIMED_OUT, 1, "timed out after %d: stopping") \
	SAY(REAPED, 0, "reaped pid %p (%s), %x") \
	SAY(EXITED, 1, "program (pid %p) %x, after %d") \
	SAY(KILLED, 1, "program (pid %p) %x, after %d") \
	SAY(UNREAPED, 1, "pid %p (%s) has not reaped %c of its children") \
	SAY(LEFT, 1, "") \
	SAY(LEFT_MORE, 1, "") \
	SAY(CLIMBED, 1, "%S to %w") \
	SAY(USAGE_TEXT, 0, "Usage: foster [OPTION]... [--] PROGRAM [ARGUMENT]...\n" \
		"Runs PROGRAM, forwards signals to it, and reaps and ends what it leaves behind.\n\n") \
	SAY(VERSION_TEXT, 0, "foster " VERSION " - git." HASH "\n")

PERSONA(foster,
	.code_failed = EXIT_FAILED, .code_not_found = EXIT_NOT_FOUND, .code_no_interpreter = EXIT_NOT_EXECUTABLE,
	.code_denied = EXIT_NOT_EXECUTABLE, .code_not_executable = EXIT_NOT_EXECUTABLE,
	.help_fd = 1, .version_fd = 1, .help_indent = 2, .help_equals = " ", .goes_on = true);
