#ifndef SAY_H
#define SAY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

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
	CANNOT,           /* option, text: what, error */
	NO_CONTAINER,
	NO_PROGRAM,
	NO_VIEW,
	NO_SCRIPT,        /* of a guest, which looked for one */
	UNREADABLE,       /* text: a file, error */
	UNMOUNTED,        /* text: where, error */
	NO_BIRTH,         /* text: the program, error */
	NOT_FOUND,        /* option: the name that was asked for, text: its path, error, pid; so the next five */
	NOT_EXECUTABLE,
	IS_DIRECTORY,
	NO_INTERPRETER,   /* more: the interpreter */
	NO_LOADER,        /* more: the loader */
	WRONG_MACHINE,    /* more: its machine, expected: ours */
	/* the birth */
	NO_PIDNS,         /* error */
	REGISTERED,       /* as a subreaper */
	NOT_SUBREAPER,
	DEBUGGING,        /* a variable asked for it */
	SAME_SESSION,     /* a variable asked for it */
	NO_DETACH,        /* error */
	DETACHED,
	DETACHED_LEADER,
	BORN,             /* text, pid */
	NO_ATTACH,        /* error */
	NOT_BY_KERNEL,    /* expected: why not */
	SETTLED,
	/* the life */
	CAME,             /* signal */
	CHILD_CAME,       /* signal: SIGCHLD */
	HAND_OFF,         /* signal: dropped, the kernel's own for a terminal that we gave up */
	TRANSLATED,       /* signal, sent */
	PASSED,           /* signal, sent, pid: to whom, code, from_pid, from_uid */
	DROPPED,          /* signal, code, from_pid, from_uid */
	ASKED,            /* the same */
	TIMED_OUT,        /* ms */
	REFUSED,          /* signal, pid, error */
	SUSPENDING,
	TAKEN,            /* pid, code and status: the program's death */
	TAKEN_ORPHAN,     /* the same of any other */
	REAPED,           /* pid, text: its name, code and status: of an orphan's, where that was asked for */
	EXITED,           /* pid, code and status, ms: of the program; or KILLED */
	KILLED,
	/* the end */
	UNREAPED,         /* pid, text: its name, status: how many of its children are zombies */
	LEFT,             /* pid, text: its name, more: its command line, from_pid: its parent, ms: its age, code and status, or expected: what became of it */
	LEFT_MORE,        /* status: how many have no name */
	CLIMBED,          /* signal, expected: to whom */
	UNDYING,          /* pid, text, state */
	UNTOLD,           /* expected: what the host is to do, error */
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

/* What stands before a voice's table, so that nothing must be read to know what is heard: a bit for each event, at each verbosity. */
enum { LEVELS = 5 };
struct voice {
	uint64_t heard[LEVELS], on_stdout, bare;
};

/* A quotient, since a comparison of constants, LEVEL(number) <= level, is a mistake in cppcheck's eyes. */
#define HEARD_AT(level, key, number) | ((LEVEL(number) / ((level) + 1)) ? 0 : (uint64_t)1 << (key))
#define HEARD_0(key, number, text) HEARD_AT(0, key, number)
#define HEARD_1(key, number, text) HEARD_AT(1, key, number)
#define HEARD_2(key, number, text) HEARD_AT(2, key, number)
#define HEARD_3(key, number, text) HEARD_AT(3, key, number)
#define HEARD_4(key, number, text) HEARD_AT(4, key, number)
#define IS_ON_STDOUT(key, number, text) | ((number) & STDOUT ? (uint64_t)1 << (key) : 0)
#define IS_BARE(key, number, text) | ((number) & BARE ? (uint64_t)1 << (key) : 0)
#define VOICE_OF(ROWS) { { 0 ROWS(HEARD_0), 0 ROWS(HEARD_1), 0 ROWS(HEARD_2), 0 ROWS(HEARD_3), 0 ROWS(HEARD_4) }, 0 ROWS(IS_ON_STDOUT), 0 ROWS(IS_BARE) }

/* Before the birth: the words from now on, `with` and its table behind it, how much of them, and the name that we were called by (NULL: as before). */
void say_with(const struct voice *with, int verbosity, const char *called);

/* This one is heard too, at any verbosity. */
void say_also(enum event event);

/* Never again. */
void say_nothing(void);

/* Whether something would be heard on stdout. */
bool say_uses_stdout(void);

/* Whether anybody would hear it: for what costs something to find out. */
bool say_heard(enum event event);

/*
 * Says one line: to a pipe whole or not at all, to a terminal as much as it takes. Never blocks: what a full pipe does not take, or a stopped terminal
 * within 50 ms, asked for the first line only, is lost.
 * Keeps errno, never fails. Bytes of others' making in it are made harmless.
 */
void say(enum event event, const struct fact *fact);

/*
 * Writes without waiting for a reader, as far as there is room now: how many bytes, or -1 with errno. To a pipe or a socket by pwritev2(2); where
 * that does not work, to the same file opened anew with O_NONBLOCK; where it cannot be, if it is O_NONBLOCK, or poll(2) tells that there is room, for up
 * to 2 KB. For room 50 ms are waited, and where it did not come not again until it has.
 */
ssize_t say_bytes(int fd, const char *from, size_t length);

/*
 * The same file, where it has a name, as nobody else has it open: what waits for no reader is then our business alone. A terminal's poll(2) tells
 * of room for one byte, and its write(2) waits for that of all (n_tty_write in drivers/tty/n_tty.c; tests/starved.bats). Below 0: it cannot be had.
 */
int say_unwaiting(int fd);

/* The words for an event, NULL where there are none. */
const char *say_words(enum event event);

/* Writes text to a descriptor, all of it, blocking: for --help and its kin, before the birth. %b is the name that we were called by. 0, or -1 with errno. */
int say_fully(int fd, const char *text);

#endif
