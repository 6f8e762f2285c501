#ifndef WHY_H
#define WHY_H

#include "plan.h"

/*
 * Says why `path` could not be executed, and leaves with the plan's code for that. `name` is what was asked for, `error` the errno of execve(2), `pid` who tried;
 * ENOENT of a path that is there means its interpreter or its loader.
 */
_Noreturn void why_and_die(const struct plan *plan, const char *name, const char *path, int error, int pid);

#endif
