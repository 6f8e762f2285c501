#ifndef VIEW_H
#define VIEW_H

#include "census.h"
#include "plan.h"

/*
 * A look at all processes of the namespace, printed, for plan->view; no program is run. Returns the exit code: 0; 1 where zombies were asked for and
 * there are some; the plan's for a failure where nothing can be told, or nobody takes it.
 */
int view(const struct plan *plan, char **environment);

/* The two of them, once the census is taken: the code. */
int view_tree(bool json);
int view_zombies(bool json);

/* For how long a process has been there, in seconds; and a time as "42s", "3m05s", "5h12m" or "3d04h", returns `to`. */
int64_t view_age(const struct process *p);
enum { AGE = 16 };
const char *view_time(int64_t seconds, char to[AGE]);

/*
 * Prints words in which % and a letter stand for a fact of a process: p its pid, P its parent's, z its state, a its age in seconds and A as people say it,
 * u the uid, n its name, c its command line, b, i and g the signals that it blocks, ignores and catches, k how many zombies it has, w and W why, in a sentence
 * and in a word, l for how many seconds it has not run, and L as people say it.
 */
void view_put(const char *words, const struct place *about);

#endif
