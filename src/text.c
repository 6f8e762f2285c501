/* Numbers and words out of bytes, and back: no locale, no allocation, no stdio (strtol alone brings 4 KB of it). Callable by all, the newborn too. */
#include "text.h"

bool text_number(const char *text, size_t length, unsigned most, unsigned *to)
{
	unsigned n = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned digit = (unsigned)text[i] - '0';

		if (digit > 9 || digit > most || n > most / 10 || n * 10 > most - digit)
			return false;
		n = n * 10 + digit;
	}
	if (!length)
		return false;
	*to = n;
	return true;
}

char *text_digits(char *to, unsigned n)
{
	char back[TEXT_DIGITS];
	int i = 0;

	do
		back[i++] = (char)('0' + n % 10);
	while (n /= 10);
	while (i)
		*to++ = back[--i];
	return to;
}
