/* How a signal is spelled, numbered and read. With signals.c text.c */
#include "any.h"
#include "signals.h"

#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 12 };

/* Level 5000. */
void proof_names(void)
{
	struct any_text t;
	char name[SIGNAL_NAME];

	for (int length = 0; length <= MOST; length++)
		(void)signals_number(any_text(&t, length), (size_t)length);
	(void)signals_name((int)any_bits(), name);
}

int poll(struct pollfd *on, nfds_t n, int timeout_ms)
{
	for (nfds_t i = 0; i < n; i++)
		on[i].revents = (short)any_bits();
	return any(-1, (int)n);
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict to, const struct timespec *restrict limit)
{
	*to = (siginfo_t){ .si_signo = any(1, 64), .si_code = (int)any_bits() };
	return any(-1, 64);
}

ssize_t read(int fd, void *to, size_t room)
{
	memset(to, any(0, 255), room);
	return any_long(-1, (int64_t)room);
}

void proof_arrivals(void)
{
	struct arrival came[SIGNALS_AT_ONCE];
	int fd = any(-1, 1000);

	(void)signals_read(&fd, any(-1, 1000), POLLIN, came, (int)any_bits());
	(void)signals_ours(&(struct arrival){ .signal = any(1, 64), .code = (int)any_bits() });
}
