#ifndef PRINT_H
#define PRINT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Standard output for what is long: for people, or as JSON (RFC 8259). Blocking, before a birth or without one. On a terminal there are colours,
 * unless NO_COLOR or TERM=dumb forbid them, and with `cut` a line ends where the terminal does.
 */
void print_begin(bool json, bool cut, char **environment);

/* All that is still to be written. 0, or -1 where not everything was, write(2). */
int print_end(void);

/* Text of our own making, or its first bytes, and numbers. A line ends with a piece that begins with its end. */
void print(const char *text);
void print_part(const char *text, size_t length);
void print_number(int64_t n);

/* A colour by its number of ECMA-48; 0 is none. */
void print_colour(unsigned colour);

/*
 * Somebody else's text: UTF-8, of which nothing is obeyed by a terminal, turns the direction of writing or hides; such characters, and bytes that are no
 * UTF-8, become \x1b and the like; in JSON \u001b, and \ufffd for a byte that is no UTF-8.
 */
void print_foreign(const char *text);

/* A command line of words with a NUL behind each, [name] where it is empty. In JSON the items of an array, perhaps none. */
void print_command(const char *line, ssize_t length, const char *name);

/* The names of signals, as in struct process. In JSON the items of an array. */
void print_signals(unsigned mask);

#endif
