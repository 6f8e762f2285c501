#ifndef SAY_H
#define SAY_H

#include <stdint.h>

#include "signals.h"

/* All that foster ever says. A voice gives each its words: foster's own, or those of the program whose name it goes by. */
enum event {
	/* before the birth, each the last line */
	BAD_LETTER,       /* option */
	BAD_NAME,         /* option */
	AMBIGUOUS,        /* option */
	NO_VALUE,         /* option, expected: of a letter */
	NO_NAME_VALUE,    /* option, expected: of a name */
	UNWANTED_VALUE,   /* option, text: the value */
	BAD_VALUE,        /* option, text: the value, expected */
	NOT_INSTALLED,    /* option, text: the path, error */
	NO_CONTAINER,
	NO_PROGRAM,
	NO_BIRTH,         /* text: the program, error */
	NOT_FOUND,        /* option: the name that was asked for, text: its path, error, pid; so the next five */
	NOT_EXECUTABLE,
	IS_DIRECTORY,
	NO_INTERPRETER,   /* more: the interpreter */
	NO_LOADER,        /* more: the loader */
	WRONG_MACHINE,    /* more: its machine, expected: ours */
	/* the birth */
	REGISTERED,       /* as a subreaper */
	NOT_SUBREAPER,
	DEBUGGING,        /* a variable asked for it */
	SAME_SESSION,     /* a variable asked for it */
	NO_DETACH,        /* error */
	DETACHED,
	DETACHED_LEADER,
	BORN,             /* text, pid */
	NO_ATTACH,        /* error */
	SETTLED,
	/* the life */
	CAME,             /* signal */
	CHILD_CAME,       /* signal: SIGCHLD */
	HAND_OFF,         /* signal: dropped, the kernel's own for a terminal that we gave up */
	TRANSLATED,       /* signal, sent */
	PASSED,           /* signal, sent, pid: to whom, code, from_pid, from_uid */
	DROPPED,          /* signal, code, from_pid, from_uid */
	ASKED,            /* the same */
	REFUSED,          /* signal, pid, error */
	SUSPENDING,
	TAKEN,            /* pid, code and status: the program's death */
	TAKEN_ORPHAN,     /* the same of any other */
	REAPED,           /* pid, text: its name, code and status: of an orphan's, where that was asked for */
	EXITED,           /* pid, code and status, ms: of the program; or KILLED */
	KILLED,
	/* the end */
	LEFT,             /* pid, text: its name */
	CLIMBED,          /* signal, expected: to whom */
	UNDYING,          /* pid, text, state */
	LEAVING,          /* status: our exit code before it is mapped, signal: what the left over got */
	/* no events, but words all the same: what a line of each level begins with, usage and version */
	PREFIX, PREFIX_1, PREFIX_2, PREFIX_3, PREFIX_4,
	USAGE_TEXT, SHORT_USAGE, VERSION_TEXT,
	EVENTS
};

/* What an event is about; which fields count stands at each event above. */
struct fact {
	const char *option, *text, *more, *expected;
	int64_t ms;
	int pid, signal, sent, code, status, error;
	int from_pid;
	unsigned from_uid;
	char state;
};

/*
 * A voice is a packed table, records.h: event, level, words; %-letters in them, see words.h, stand for the facts. A line is heard where the verbosity is at
 * least its level; an event without words is not spoken of, but that what a program's failure lacks is said as NOT_FOUND.
 */
#define BARE 0x40   /* with a level: without a prefix */
#define STDOUT 0x20 /* with a level: not to stderr */
#define LEVEL(number) ((number) & 0x1f)

/* Once, before the birth: the words from now on, how much of them, and the name that we were called by (NULL: as before). */
void say_with(const void *with, int verbosity, const char *called);

/* Whether something would be heard on stdout. */
bool say_uses_stdout(void);

/* Whether anybody would hear it: for what costs something to find out. */
bool say_heard(enum event event);

/*
 * Says one line, whole or not at all, in one write(2). Never blocks: what a full pipe or a stopped terminal does not take is lost.
 * Keeps errno, never fails. Bytes of others' making in it are made harmless.
 */
void say(enum event event, const struct fact *fact);

/* The words for an event, NULL where there are none. */
const char *say_words(enum event event);

/* Writes text to a descriptor, all of it, blocking: for --help and its kin, before the birth. %b is the name that we were called by. 0, or -1 with errno. */
int say_fully(int fd, const char *text);

#endif
