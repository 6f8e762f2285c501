/*
 * The least that an init can be with this libc, to measure what the kernel takes by itself: it starts the program, waits for one signal after another,
 * reaps, forwards, and has no words, no options and no care. FLOOR -- PROGRAM [ARGUMENT]...
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	sigset_t all, before;
	int signal, pid, status = 0;

	if (argc < 3)
		return 125;
	memset(&all, 0xff, sizeof all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid_t child = vfork();
	if (!child) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		execv(argv[2], argv + 2);
		_exit(127);
	}
	for (;;) {
		signal = sigwaitinfo(&all, NULL);
		if (signal != SIGCHLD)
			kill(child, signal);
		else
			while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
				if (pid == child)
					return WEXITSTATUS(status);
	}
}
