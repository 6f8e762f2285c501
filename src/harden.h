#ifndef HARDEN_H
#define HARDEN_H

#include "life.h"
#include "plan.h"

/*
 * Gives up what the life has no use for: capabilities(7), but KILL (without it SETUID) and what a guest's end needs; and by a filter of seccomp(2)
 * all system calls but those of the life, which are ENOSYS from then on. Of what the kernel refuses nothing is said. Not where the plan forbids it.
 * To be called once the program is executed, since all that is started would inherit it, and before the loop, which gives its memory back.
 */
void harden(const struct plan *plan, const struct life *life);

#endif
