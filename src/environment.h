#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include "options.h"

/* Takes our own variables out of an environment, in place, and does what they say; what is left is the program's. Dies of bad input. */
void environment_twins(struct plan *plan, char **environment);

/* Does what the variables of a persona say. They stay in the environment. */
void environment_others(struct plan *plan, const struct persona *persona);

#endif
