#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdbool.h>

#include "life.h"
#include "plan.h"

/* The controlling terminal, if our process group is in its foreground: a descriptor to be closed by terminal_close, else -1. */
int terminal_open(void);

/* Whether in its foreground or not: a descriptor of the terminal that controls us, or -1. */
int terminal_any(void);
void terminal_close(int fd);

/* Makes a group the terminal's foreground one, tcsetpgrp(3). A refusal is not reported: without a terminal a program runs all the same. */
void terminal_give(int fd, int group);

/* After the child's end: whoever started us finds the terminal as it was, in our group's hands. */
void terminal_return(struct life *life);

/*
 * Where the child was just stopped by its terminal: as PID 1 nobody could fg it, so it goes on at once; if that happens again and again, once in 100 ms
 * and at last once in a second. Else we stop too, with all of our group, by the same signal, so that the shell sees what it would have seen without
 * us; this returns when we go on.
 */
void terminal_tend(const struct plan *plan, struct life *life);

/* How long until the child is to go on: milliseconds, -1 where it is not for us to see to. */
int terminal_wait_ms(const struct life *life);

/* We, who are suspended, were told to go on (SIGCONT) after such a stop: the terminal, if it is ours again, and then CONT for the child's group. */
void terminal_continued(const struct plan *plan, struct life *life);

#endif
