/* The third: a program that never waits for its children. "mended": it says beforehand that it does not want to know of them. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int ends[2];
	char byte;

	(void)argv;
	if (pipe(ends))
		return 1;
	if (argc > 1)
		signal(SIGCHLD, SIG_IGN);
	for (int i = 0; i < 3; i++)
		if (!fork())
			return 0;
	close(ends[1]);
	(void)!read(ends[0], &byte, 1); /* until all have ended */
	puts("READY");
	fflush(stdout);
	for (;;)
		pause();
}
