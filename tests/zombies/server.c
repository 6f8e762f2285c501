/*
 * The second: a server that makes a process for each connection. Under load several of them end at once, and its handler waits for one. Listens on
 * the socket at argv[1]; "mended": the handler waits until nobody is left.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int mended;

static void on_death(int signal)
{
	int before = errno;

	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0 && mended)
		;
	errno = before;
}

static int answer(int client)
{
	char byte;

	(void)!write(client, "hello\n", 6); /* who has gone needs no answer */
	while (read(client, &byte, 1) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_death };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM, 0);

	mended = argc > 2;
	strncpy(address.sun_path, argc > 1 ? argv[1] : "", sizeof address.sun_path - 1);
	if (sigaction(SIGCHLD, &action, NULL) || bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 64))
		return 1;
	puts("READY");
	fflush(stdout);
	for (;;) {
		int client = accept(server, NULL, NULL);

		if (client < 0)
			continue; /* interrupted by a death */
		if (!fork()) {
			close(server);
			return answer(client);
		}
		close(client);
	}
}
