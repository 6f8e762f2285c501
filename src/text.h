#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The digits of an unsigned 32-bit number, no NUL among them. */
enum { TEXT_DIGITS = 10 };

/* Reads `length` decimal digits, all of them, as a number up to `most`. False, and nothing written, where it is none. */
bool text_number(const char *text, size_t length, unsigned most, unsigned *to);

/* Writes a number in decimal, without a NUL. Returns where it ends. */
char *text_digits(char *to, unsigned n);

#endif
