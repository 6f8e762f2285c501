#ifndef SEND_H
#define SEND_H

#include <stdbool.h>
#include <sys/syscall.h>

#include "signals.h"

#ifndef SYS_pidfd_send_signal /* Linux 5.1, the same number on all architectures */
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open /* Linux 5.3 */
#define SYS_pidfd_open 434
#endif

/*
 * Sends one process a signal; `as` (or NULL) is the arrival that is passed on: where it was queued, payload and sender's pid and uid go with
 * it, rt_sigqueueinfo(2). Where the kernel refuses because of the uid, a helper that takes it tries again. 0, or -1 with errno as kill(2).
 * The pid must be that of a child not reaped yet, so that it is nobody else's; or there is a pidfd of it, by which all is sent; 0: none.
 */
int send_one(int pid, int pidfd, int signal, const struct arrival *as);

/* A pidfd: of this process, whoever will have its number later. -1 with errno as pidfd_open(2). */
int send_pin(int pid);

/* The same to a process group, and `pidfd` is its leader's. -1 with ESRCH where there is none. */
int send_group(int group, int pidfd, int signal, const struct arrival *as, bool pid1);

/*
 * The same to all that live below us: as PID 1 to the whole namespace, else to our descendants and to nobody of the host; without /proc
 * then to `group` alone, as long as we have a child in it.
 */
void send_all(int group, int signal, bool pid1);

/* Whether we have a child in that group: then its number cannot have passed to others. waitid(2). */
bool send_group_ours(int group);

#endif
