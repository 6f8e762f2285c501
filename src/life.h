#ifndef LIFE_H
#define LIFE_H

/* What has happened so far: the only state that changes. */

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

/* How somebody ended. */
struct outcome {
	int status; /* exit code, or 128+signal */
	bool asked; /* by a signal that a stop request had sent before */
};

/* How far up a ladder we are. */
struct climb {
	const struct rung *rung; /* the next one; NULL: not climbing */
	int64_t until_ms;        /* when it is due, by CLOCK_MONOTONIC; INT64_MAX: never */
	int64_t swept_ms;        /* when those who were born meanwhile were last looked for */
	unsigned char killing;   /* the last signal was KILL, to this scope: what it leaves cannot be ended; 0: it was not */
};

enum phase {
	LIVING,  /* the child lives, or is waited for together with all others */
	CLEARING, /* it is over: what is left over is asked, given time, killed */
	OVER
};

struct life {
	/* The small ones first: within 128 bytes of the beginning an access is three bytes shorter. */
	bool stopped_news;       /* the child has stopped, and nothing was done about it yet */
	unsigned char phase;
	unsigned char sweeps;    /* for the dead so far, the last digits */
	unsigned char rest_ms;   /* until the next look at a crowd that ends */
	unsigned char seldom;    /* where these digits of it are 0 one is timed */
	bool by_kernel;          /* SIGCHLD is ignored: nobody that dies is a zombie, and we are not told */
	bool many;               /* looking for the dead is dear, so many are alive */
	bool crowd;              /* still more */
	bool told;               /* of a death, or we cannot know */
	unsigned char tell;      /* what the last stop request wants the host to do: enum tell */
	bool timed_out;          /* the child ran for longer than it may */
	bool asked;              /* for a stop */
	bool owed;               /* reaping was cut short: go on at once */
	bool failing;            /* a call failed that should not: look again soon */
	bool childless;          /* the kernel says that we have no children */
	bool has_terminal;       /* the terminal was given to the child */
	bool suspended;          /* we stopped together with the child */
	bool warned;             /* that a signal was refused */
	bool looked_unreaped;    /* for who has not waited for his dead */
	bool looked;             /* for who is left over */
	int signal_fd;           /* -1: none to be had, rt_sigtimedwait it is */
	int pidfd;               /* the child's, where the kernel reaps or has reaped; 0: none is needed, its pid is its own until we reap */
	int watched_fd;          /* pidfd of somebody whose death no SIGCHLD would tell, or -1 */
	int program_pid;         /* what it was */
	int link_fd;             /* where there are two of us, what connects us: as PID 1 its end for writing; else 0 */
	int child;               /* its pid; 0 once it is reaped, and was that of nobody else in between */
	int group;               /* its process group, which may outlive it; 0: none */
	struct outcome program;  /* how it ended */
	int how;                 /* in the words of waitid(2), CLD_EXITED and its kin; 0: nobody told us */
	struct outcome last, worst; /* and, of all that were reaped, these */
	int stopped_by;          /* the signal that stopped the child, 0 while it runs */
	int64_t born_ms;         /* CLOCK_MONOTONIC */
	uint64_t hand_off;       /* signals that the kernel sends us once for a terminal that we gave up */
	uint64_t sent_to_stop;   /* signals that stop requests have sent to it */
	uint64_t received, forwarded; /* signals, for the report */
	int orphans_reaped;
	int taken, most_taken;   /* zombies in this wake-up, and in that with the most of them */
	struct climb climb;
	int64_t look_ms;         /* when to look for live orphans next */
	int64_t sweep_ms;        /* when to look for the dead that no SIGCHLD named; 0: nobody is missed */
	int64_t go_on_ms;        /* when a program that its terminal stopped is to go on; 0: not by us */
	int64_t calm_ms;         /* before that it is not made to go on again */
	int pause_ms;            /* and this was the wait until then */
	int unreaped;            /* how many of those are known */
	int left_over;           /* how many of those were alive when their ladder sent its first signal */
	int listed;              /* and how many of them are known by name */
};

#endif
