#ifndef DIE_H
#define DIE_H

#include "machine.h"
#include "say.h"

/* Says why and leaves: only for what runs before the birth, when nobody depends on us yet. Not to be included by a room of the life. */
static inline _Noreturn void die(int code, enum event event, const struct fact *fact)
{
	say(event, fact);
	machine_leave(code);
}

#endif
