#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The digits of an unsigned 64-bit number, no NUL among them. */
enum { TEXT_DIGITS = 20 };

/* Reads `length` decimal digits, all of them, as a number up to `most`. False, and nothing written, where it is none. */
bool text_number(const char *text, size_t length, unsigned most, unsigned *to);

/* How many decimal digits the text begins with. */
size_t text_count_digits(const char *text);

/* Writes a number in decimal, without a NUL. Returns where it ends. */
char *text_digits(char *to, uint64_t n);

/* Whether `length` bytes of text are this word. */
bool text_is(const char *word, const char *text, size_t length);

/* strcspn(3), strspn(3) and stpcpy(3), in a tenth of musl's bytes: how far it is to the first of `ends` or the end, and how far `of` goes. */
size_t text_until(const char *text, const char *ends);
size_t text_while(const char *text, const char *of);
char *text_copy(char *to, const char *from);

/* How many bytes make the character that begins here; 0: they are not UTF-8, RFC 3629. */
size_t text_character(const char *text);

/* What a variable of an environment holds, NULL where there is none: getenv(3). */
char *text_variable(char **environment, const char *name);

#endif
