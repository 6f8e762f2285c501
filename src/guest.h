#ifndef GUEST_H
#define GUEST_H

#include <stddef.h>

#include "life.h"
#include "plan.h"

/* What a word on the right-hand side of a rewrite, "stop", "halt", "poweroff" or "reboot", has the host do: enum tell; -1 where it is none. */
int guest_word(const char *text, size_t length);

/* What any PID 1 does about the signals by which hosts ask a guest to end: it stops, unless the child takes them. Before options are read. */
void guest_habit(struct plan *plan);

/* What --guest means for all that was not asked for otherwise: signals, ladders, PATH. After all options were read. */
void guest_conclude(struct plan *plan);

/*
 * The lines of /etc/foster.conf as words; none where there is no such file, and dies where it cannot be read. Then the first script there is to
 * be run without one; none where there is none. What is returned has a free slot before it, execute.h.
 */
char **guest_lines(const struct plan *plan);
char **guest_script(void);

/*
 * The last act. A guest that was asked for an end, or has one by --guest, has the kernel tell the host: reboot(2), as PID 1 alone, since it would be
 * the host itself that goes down otherwise. Returns the code to exit with where that is not wanted, or refused.
 */
int guest_end(const struct plan *plan, const struct life *life, int code);

#endif
