#ifndef LEFTOVERS_H
#define LEFTOVERS_H

#include <stdint.h>

#include "life.h"
#include "plan.h"
#include "processes.h"

enum { LEFTOVERS_NAMED = 64 };

/* One that was alive when the ladder of the left over sent its first signal. */
struct leftover {
	struct process process;
	int64_t age_ms;
	char command[256]; /* its arguments, a blank between them, cut off at the end */
	int code, status;  /* how it ended, as waitid(2) told us; code 0: it did not */
};

/* Those that are named, life->listed of them. */
const struct leftover *leftovers(void);

/* How one ended that we did not reap, in a word: by now it is there, or it is not. */
const char *leftovers_unseen(const struct leftover *l);

/* Notes who is alive, once in a life, if anybody wants to know. */
void leftovers_look(const struct plan *plan, struct life *life);

/* This child of ours was reaped. */
void leftovers_ended(const struct life *life, int pid, int code, int status);

/* At the end of the life: names those whose end we did not see. */
void leftovers_tell(const struct life *life);

/* Names those that not even KILL has ended. */
void leftovers_undying(const struct plan *plan);

#endif
