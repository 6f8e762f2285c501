#ifndef HELP_H
#define HELP_H

#include "options.h"

/* Prints usage and options to a descriptor; all of it, or -1 with errno, write(2). */
int help_print(const struct persona *persona, int fd);

/* Prints what HELP, USAGE, LICENSE or VERSION_LINE ask for, where this persona prints it. As help_print. */
int help_answer(const struct persona *persona, enum does what);

#endif
