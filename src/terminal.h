#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>

#include "life.h"
#include "plan.h"

/* The controlling terminal, if our process group is in its foreground: a descriptor to be closed by terminal_close, else -1. */
int terminal_open(void);
void terminal_close(int fd);

/* Makes a group the terminal's foreground one, tcsetpgrp(3). A refusal is not reported: without a terminal a program runs all the same. */
void terminal_give(int fd, int group);

/* After the child's end: whoever started us finds the terminal as it was, in our group's hands. */
void terminal_return(struct life *life);

/*
 * The child was stopped by life->stopped_by. As PID 1 nobody could fg it: it goes on at once. Else we stop too, with all of our group, by the same
 * signal, so that the shell sees what it would have seen without us; this returns when we go on.
 */
void terminal_stopped(const struct plan *plan, struct life *life);

/* We were told to go on (SIGCONT) after such a stop: the terminal, if it is ours again, and then CONT for the child's group. */
void terminal_continued(const struct plan *plan, struct life *life);

#endif
