/* What is printed at length: numbers, colours, signals, and how wide a character is. With text.c signals.c */
#include "any.h"

#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST = 4 };

/* The terminal, and whether there is one. */
static int proof_ioctl(struct winsize *size)
{
	size->ws_col = (unsigned short)any(0, 0xffff);
	return any(-1, 0);
}

#define ioctl(fd, what, size) proof_ioctl(size)
#define write(fd, from, length) ((ssize_t)any_long(-1, (int64_t)(length)))
#define memcpy(to, from, n) proof_copy((to), (from), (n))
static void proof_copy(char *to, const char *from, size_t n);
#include "../../src/print.c"

/* Each byte is read and has a place; what stands there afterwards is asked by nobody. */
static void proof_copy(char *to, const char *from, size_t n)
{
	if (!n)
		return;
	to[0] = from[0];
	to[n - 1] = from[n - 1];
}

static void any_page(void)
{
	struct any_text t;
	char *environment[] = { any(0, 1) ? "NO_COLOR=1" : "TERM=dumb", any_text(&t, MOST), NULL };

	print_begin(any(0, 1), any(0, 1), environment);
	column = any(-4096, 1 << 24); /* a line has no more */
}

/* Level 100. */
void proof_page(void)
{
	any_page();
	print_number(any_long(INT64_MIN, INT64_MAX));
	print_colour((unsigned)any(0, 107)); /* ECMA-48 has no more */
	print_signals((unsigned)any_bits());
	print("\n");
	print_part("words", (size_t)any(0, 5));
}

/* All characters: each has a width. Level 200. */
void proof_width(void)
{
	(void)width_of((unsigned)any(0, 0x10ffff));
}
