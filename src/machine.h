#ifndef MACHINE_H
#define MACHINE_H

#include "plan.h"

/*
 * As a guest's PID 1: where nobody prepared the guest, does so: a machine of its own has no other init than us. Mounts what is missing, opens the
 * console, and has Ctrl-Alt-Del send INT. What fails is said. `tell`: what to do in the end where nobody says, enum tell; restart or, else, power off.
 */
void machine_begin(enum tell tell);

/* Whether it is such a machine, which only we can end. */
bool machine_ours(void);

/* Has the kernel tell the host, or end the machine, its file systems in order: reboot(2). Returns with errno where it is refused. PID 1 alone. */
void machine_tell(enum tell tell);

/* Leaves: by exit where there is somebody to exit to; else ends the machine, whose kernel would panic. */
_Noreturn void machine_leave(int code);

#endif
