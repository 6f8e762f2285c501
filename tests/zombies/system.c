/*
 * The fourth: a program that calls system() where its starter has ignored CHLD. The kernel reaps at once, and system() has nothing to tell: it returns
 * -1. "mended": it sets CHLD to its default first. Prints what system() returned, then waits to be looked at.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		signal(SIGCHLD, SIG_DFL);
	printf("returned %d\n", system("exit 3")); /* NOLINT(cert-env33-c): that is what it is about */
	fflush(stdout);
	for (;;)
		pause();
}
