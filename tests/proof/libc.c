/* What the libc does, in the words of string.h. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

static int error;

int *__errno_location(void)
{
	return &error;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	char *t = to;
	const char *f = from;

	for (size_t i = 0; i < n; i++)
		t[i] = f[i];
	return to;
}

void *memset(void *to, int c, size_t n)
{
	char *t = to;

	for (size_t i = 0; i < n; i++)
		t[i] = (char)c;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (size_t i = 0; i < n; i++)
		if (x[i] != y[i])
			return x[i] - y[i];
	return 0;
}

int strcmp(const char *a, const char *b)
{
	for (; *a == *b; a++, b++)
		if (!*b)
			return 0;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a == *b; a++, b++, n--)
		if (!*b)
			return 0;
	return !n ? 0 : (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (!*s)
			return (char *)last;
	}
}
