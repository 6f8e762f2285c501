/* Numbers and words out of bytes, and back: no locale, no allocation, no stdio (strtol alone brings 4 KB of it). Callable by all, the newborn too. */
#include "text.h"

#include <string.h>

bool text_number(const char *text, size_t length, unsigned most, unsigned *to)
{
	uint64_t n = 0; /* up to ten times `most` */

	for (size_t i = 0; i < length; i++) {
		unsigned digit = (unsigned)text[i] - '0';

		if (digit > 9 || (n = n * 10 + digit) > most)
			return false;
	}
	if (!length)
		return false;
	*to = (unsigned)n;
	return true;
}

size_t text_count_digits(const char *text)
{
	size_t n = 0;

	while ((unsigned)text[n] - '0' <= 9)
		n++;
	return n;
}

char *text_digits(char *to, uint64_t n)
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

static bool is_of(char c, const char *set)
{
	while (*set && *set != c)
		set++;
	return *set;
}

size_t text_until(const char *text, const char *ends)
{
	size_t n = 0;

	while (text[n] && !is_of(text[n], ends))
		n++;
	return n;
}

size_t text_while(const char *text, const char *of)
{
	size_t n = 0;

	while (text[n] && is_of(text[n], of))
		n++;
	return n;
}

bool text_is(const char *word, const char *text, size_t length)
{
	for (; length && *word == *text; length--, text++)
		word++;
	return !length && !*word;
}

char *text_copy(char *to, const char *from)
{
	while ((*to = *from++))
		to++;
	return to;
}

char *text_variable(char **environment, const char *name)
{
	for (; *environment; environment++) {
		char *at = *environment;
		const char *of = name;

		while (*of && *at == *of) {
			at++;
			of++;
		}
		if (!*of && *at == '=')
			return at + 1;
	}
	return NULL;
}

size_t text_character(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t n = *c < 0x80 ? 1 : *c < 0xc2 ? 0 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : *c < 0xf5 ? 4 : 0;
	bool wrong = (*c == 0xe0 && c[1] < 0xa0) || (*c == 0xed && c[1] > 0x9f) || (*c == 0xf0 && c[1] < 0x90) || (*c == 0xf4 && c[1] > 0x8f);

	for (size_t i = 1; i < n; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	return wrong ? 0 : n;
}
