#ifndef KERNEL_H
#define KERNEL_H

#include <signal.h>

#include "life.h"
#include "plan.h"

/* Whether the plan asks nothing about each of the dead. */
bool kernel_suits(const struct plan *plan);

/*
 * Where the plan says so, leaves the dead to the kernel (life->by_kernel) and opens the child's pidfd; where that is not possible, says why not and
 * all is as ever. To be called once the child is born.
 */
void kernel_begin(const struct plan *plan, struct life *life);

/* Whether the child is dead and the kernel has reaped it; then `who` is what waitid(2) would have told, 125 where it cannot be known. */
bool kernel_told(const struct life *life, siginfo_t *who);

#endif
