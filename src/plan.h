#ifndef PLAN_H
#define PLAN_H

/*
 * What was asked: decided once, before the child is born, and const ever after. Modes are data: below options.c nobody knows under which name
 * foster was called.
 */

#include <stdbool.h>
#include <stdint.h>

#include "signals.h"

/* What to do about one signal. All zeroes is the default, here and below: a plan of which nothing was asked costs no instruction. */
enum verb {
	FORWARD, /* send the child signal `arg`, 0: the same one */
	STOP_UNLESS_TAKEN, /* STOP, unless the child has a use of its own for the signal: then FORWARD */
	SUSPEND, /* the same, then stop ourselves */
	DROP,
	STOP,    /* climb the stop ladder, and have the host do `arg` in the end, enum tell */
	QUIT,    /* leave with code `arg`, by way of the leftovers' ladder */
};

struct reaction {
	unsigned char verb, arg;
};

/* What a guest's host is told in the end: TELL_NOTHING is an exit code. */
enum tell { TELL_NOTHING, TELL_RESTART, TELL_POWER_OFF };

enum { NO_SIGNAL = 255 }; /* as `arg`, where nothing is to be sent */

/* Whom a rung's signal goes to. */
enum scope {
	TOP, /* nobody: the ladder ends here */
	CHILD,
	GROUP,
	EVERYONE, /* all that lives below us */
};

/* One step of a ladder: whom, what (0: nothing), then how long to wait for what it does. */
struct rung {
	unsigned char scope, signal;
	int wait_ms; /* -1: without end */
};

enum {
	RUNGS = 16,         /* of a ladder, the TOP among them */
	LAST_WAIT_MS = 1000 /* after a KILL that nothing follows: what it does not end in that time cannot be ended */
};

/* Until when the life goes on, and whose exit code counts. */
enum until { UNTIL_CHILD, UNTIL_ALL, UNTIL_ALL_LAST, UNTIL_ALL_WORST, UNTIL_QUIT };

enum { KEPT_DESCRIPTORS = 32 }; /* at most, by number */

/* Exit codes of env(1), timeout(1) and the shells; 128 is for a signal's number to be added to. */
enum { EXIT_LEFT_OVER = 123, EXIT_TIMED_OUT = 124, EXIT_FAILED = 125, EXIT_NOT_EXECUTABLE = 126, EXIT_NOT_FOUND = 127, EXIT_SIGNAL = 128, EXIT_CODES = 256 };

/* What is to be printed instead of a life. */
enum view { VIEW_TREE = 1, VIEW_ZOMBIES = 2, VIEW_JSON = 4 };

struct plan {
	/* The arrays last, as in struct life. */
	char **argv;                         /* the program; NULL: none */
	char **envp;                         /* what it gets */
	uint64_t inherited;                  /* the mask that the child gets */
	int unheld;                          /* why no signal can be held: an errno; 0: all are */
	uint64_t if_caught;                  /* forwarded only to a child that catches them */
	uint64_t asks;                       /* signals that are a stop request */
	unsigned char code_failed, code_not_found, code_no_interpreter, code_denied, code_not_executable;
	const char *report;                  /* where the report goes, and by which descriptor of ours; NULL and 0: none */
	int report_fd;
	int pid;                             /* our own as the environment knows it */
	int timeout_ms;                      /* how long the child may run; 0 and less: without end */
	unsigned char leftovers_code;        /* ours where the child succeeded and left somebody behind; 0: the same */
	unsigned char until;                 /* enum until */
	unsigned char parent_death;          /* a signal, or 0 */
	unsigned char chld;                  /* what SIGCHLD was inherited as, signals.h */
	unsigned char view;                  /* enum view, those that were asked for */
	unsigned char tell;                  /* by a guest, where nobody asked for its end: enum tell */
	signed char verbosity;
	bool guest;                          /* we are the init of a whole guest */
	bool session;                        /* the child leads a session, with the terminal that was ours */
	bool no_group;                       /* the child stays in our process group */
	bool named;                          /* the container was given a name, which has no use */
	bool subreaper;                      /* orphans below us are re-parented to us, where we are not PID 1 */
	bool keeps_stdout;                   /* we have words for it */
	bool to_group;                       /* signals go to the child's process group */
	bool pid1;
	bool by_kernel;                      /* the kernel shall reap, where that is possible */
	bool name_reaped;                    /* one line for each orphan */
	bool close_fds;                      /* the child gets no descriptor above 2 but `kept` and those of socket activation */
	bool pidns;                          /* a PID namespace of its own, where we are not PID 1 */
	bool no_new_privs;                   /* prctl(2) */
	bool no_hardening;                   /* we keep what the life has no use for */
	bool undumpable;                     /* nobody of our uid can trace us, prctl(2) */
	bool stop_asked;                     /* the stop ladder is the user's own */
	bool stop_ok;                        /* a stop that was asked for is a success */
	struct reaction on[SIGNALS];         /* by signal number, 1..64 */
	unsigned char exit_xor[EXIT_CODES];  /* the child's status -> ours, as the bits in which they differ */
	struct rung stop[RUNGS], leftovers[RUNGS], orphans[RUNGS];
	int kept[KEPT_DESCRIPTORS];          /* descriptors that the child gets all the same, 0: none */
};

#endif
