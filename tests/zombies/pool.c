/*
 * The first of four classic programs that make zombies: a pool of workers whose handler waits once for each CHLD. What dies while the pool is
 * busy, or has no processor, is one signal. "mended": the handler waits until nobody is left.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 8 };

static int mended;

static void on_death(int signal)
{
	int before = errno;

	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0 && mended)
		;
	errno = before;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_death };

	(void)argv;
	mended = argc > 1;
	if (sigaction(SIGCHLD, &action, NULL))
		return 1;
	for (int i = 0; i < WORKERS; i++)
		if (!fork())
			return pause();
	puts("READY");
	fflush(stdout);
	for (;;)
		pause();
}
