#ifndef SAY_H
#define SAY_H

#include <stdint.h>

#include "signals.h"

/* All that foster ever says. A voice gives each its words: foster's own, or those of the program whose name it goes by. */
enum event {
	/* before the birth, each the last line */
	BAD_OPTION,       /* option */
	BAD_VALUE,        /* option, text: the value, expected */
	NO_VALUE,         /* option, expected */
	NO_PROGRAM,
	NO_BIRTH,         /* text: the program, error */
	NOT_FOUND,        /* text */
	NOT_EXECUTABLE,   /* text, error */
	NO_INTERPRETER,   /* text, more: the interpreter */
	NO_LOADER,        /* text, more: the loader */
	WRONG_MACHINE,    /* text, more: its machine, expected: ours */
	/* the life */
	BORN,             /* text, pid */
	CAME,             /* signal, code, from_pid, from_uid; pid and sent where it goes on, pid 0 where it does not */
	ASKED,            /* signal, code, from_pid, from_uid */
	REFUSED,          /* signal, pid, error */
	STOPPED,          /* signal, pid */
	REAPED,           /* pid, text: its name, code and status */
	ENDED,            /* pid, code and status, ms */
	/* the end */
	LEFT,             /* pid, text: its name */
	CLIMBED,          /* signal, expected: to whom */
	UNDYING,          /* pid, text, state */
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

/* Words for one event. %-letters, see say.c, stand for the facts; an event without text is not spoken of. */
struct line {
	unsigned char level;  /* heard where the verbosity is at least that */
	unsigned char stream; /* 0: the usual one, stderr; 1: stdout */
	const char *text;
};

struct voice {
	const char *prefix;
	struct line lines[EVENTS];
};

/* Once, before the birth: the words from now on, and how much of them. */
void say_with(const struct voice *voice, int verbosity);

/* Whether anybody would hear it: for what costs something to find out. */
int say_heard(enum event event);

/*
 * Says one line, whole or not at all, in one write(2). Never blocks: what a full pipe or a stopped terminal does not take is lost.
 * Keeps errno, never fails. Bytes of others' making in it are made harmless.
 */
void say(enum event event, const struct fact *fact);

/* Writes text to a descriptor, all of it, blocking: for --help and its kin, before the birth. Returns 0, or -1 with errno. */
int say_plainly(int fd, const char *text);

#endif
