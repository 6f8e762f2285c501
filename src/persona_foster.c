/* foster as itself: its options, its words, its exit codes. */
#include "options.h"

static const struct option table[] = {
	{ 'e', EXIT_AS, A_VALUE, "exit", "CODE[:TO]", "exit with TO (0) for the program's CODE, or a range of codes" },
	{ 'g', TO_GROUP, NOTHING, "group", "", "send signals to the program's process group" },
	{ 0, IF_CAUGHT, A_VALUE, "if-caught", "SIGNAL,...", "forward these only to a program that catches them" },
	{ 0, LEFTOVERS, A_VALUE, "leftovers", "LADDER", "end what is left over so: TERM/5s/KILL, or none" },
	{ 0, ORPHANS, A_VALUE, "orphans", "WHAT", "while the program runs, keep or kill orphans, or a ladder (keep)" },
	{ 'p', PARENT_DEATH, A_VALUE, "parent-death", "SIGNAL", "get SIGNAL when foster's own parent dies" },
	{ 'r', REWRITE, A_VALUE, "rewrite", "SIGNAL:SIGNAL", "forward the first as the second; 0 drops, stop asks to stop" },
	{ 0, STOP_LADDER, A_VALUE, "stop", "LADDER", "on TERM, stop the program so; scopes: main:, group:, all:" },
	{ 0, STOP_OK, NOTHING, "stop-ok", "", "exit with 0 where a stop that was asked for ended the program" },
	{ 's', SUBREAPER, NOTHING, "subreaper", "", "accepted: it is always so" },
	{ 'v', VERBOSE, NOTHING, "verbose", "", "say more; twice: still more" },
	{ 'w', NAME_REAPED, NOTHING, "reaped", "", "one line for each reaped orphan" },
	{ 0, WAIT, MAYBE_A_VALUE, "wait", "last|worst", "wait for all, not only the program; whose exit code counts" },
	{ 'l', LICENSE, NOTHING, "license", "", "print the license" },
	{ 'h', HELP, NOTHING, "help", "", "print this" },
	{ 'V', VERSION_LINE, NOTHING, "version", "", "print the version" },
};

/* Levels: 0 is always heard, 1 with -v, 2 with -vv. */
static const struct voice voice = {
	"foster: ",
	{
		[BAD_OPTION] = { 0, 0, "%o: no such option; see --help" },
		[BAD_VALUE] = { 0, 0, "%o: '%s' is not %w" },
		[NO_VALUE] = { 0, 0, "%o needs a value: %w" },
		[NO_PROGRAM] = { 0, 0, "no program to run; see --help" },
		[NO_BIRTH] = { 0, 0, "%s: cannot start: %e" },
		[NOT_FOUND] = { 0, 0, "%s: not found" },
		[NOT_EXECUTABLE] = { 0, 0, "%s: cannot execute: %e" },
		[NO_INTERPRETER] = { 0, 0, "%s: cannot execute: its interpreter '%m' is missing" },
		[NO_LOADER] = { 0, 0, "%s: cannot execute: its loader '%m' is missing" },
		[WRONG_MACHINE] = { 0, 0, "%s: cannot execute: built for %m, this is %w" },
		[BORN] = { 2, 0, "started %s as pid %p" },
		[CAME] = { 1, 0, "%S %f%t" },
		[ASKED] = { 1, 0, "%S %f: stopping" },
		[REFUSED] = { 0, 0, "cannot send %S to pid %p: %e" },
		[STOPPED] = { 2, 0, "pid %p was stopped by %S" },
		[REAPED] = { 0, 0, "reaped pid %p (%s), %x" },
		[ENDED] = { 1, 0, "program (pid %p) %x, after %d" },
		[LEFT] = { 1, 0, "left over: pid %p (%s)" },
		[CLIMBED] = { 1, 0, "%S to %w" },
		[UNDYING] = { 0, 0, "cannot be ended: pid %p (%s), state %z" },
	},
};

const struct persona persona_foster = {
	.options = table,
	.count = sizeof table / sizeof *table,
	.voice = &voice,
	.usage = "Usage: foster [OPTION]... [--] PROGRAM [ARGUMENT]...\n"
		 "Runs PROGRAM, forwards signals to it, and reaps and ends what it leaves behind.\n\n",
	.version = "foster " VERSION " - git." HASH "\n",
	.license =
		"MIT License\n"
		"\n"
		"Copyright (c) 2026 The foster authors\n"
		"\n"
		"Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation\n"
		"files (the \"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy,\n"
		"modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the\n"
		"Software is furnished to do so, subject to the following conditions:\n"
		"\n"
		"The above copyright notice and this permission notice shall be included in all copies or substantial portions of the\n"
		"Software.\n"
		"\n"
		"THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE\n"
		"WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR\n"
		"COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,\n"
		"ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.\n",
	.code_failed = EXIT_FAILED,
	.code_not_executable = EXIT_NOT_EXECUTABLE,
	.code_not_found = EXIT_NOT_FOUND,
	.code_no_interpreter = EXIT_NOT_EXECUTABLE,
};
