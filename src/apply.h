#ifndef APPLY_H
#define APPLY_H

#include "options.h"

/* Does what an option, a variable or a habit asks; `value` is NULL where it has none. False where the value is none that it can have. */
bool apply(struct plan *plan, enum does what, const char *value);

#endif
