/* What is printed and not done: the help, made from the table of options, the version and the license. Before the birth. */
#include "help.h"

#include <string.h>
#include <unistd.h>

#include "say.h"
#include "text.h"

static const char license[] =
	"The MIT License (MIT)\n"
	"\n"
	"Copyright (c) 2026 The foster authors\n"
	"\n"
	"Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation\n"
	"files (the \"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy,\n"
	"modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the\n"
	"Software is furnished to do so, subject to the following conditions:\n"
	"\n"
	"The above copyright notice and this permission notice shall be included in all copies or substantial portions of the\n"
	"Software.\n"
	"\n"
	"THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE\n"
	"WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR\n"
	"COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,\n"
	"ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.\n";

/* One line of the help: letter, name, value, words. */
static int print_option(const struct persona *p, int fd, const struct option *o)
{
	char line[192], *at = line;
	bool bare = !o->letter && p->letters_only;

	at += p->help_indent;
	memset(line, ' ', sizeof line);
	if (!bare) {
		at[0] = o->letter ? '-' : ' ';
		at[1] = o->letter ? (char)o->letter : ' ';
		at[2] = o->letter && o->name[0] ? ',' : ' ';
		at += o->name[0] ? 4 : 2;
	}
	if (o->name[0])
		at = text_copy(text_copy(at, "--"), o->name);
	if (o->takes)
		at = text_copy(text_copy(text_copy(at, o->takes == MAYBE_A_VALUE ? "[=" : p->help_equals), o->value), o->takes == MAYBE_A_VALUE ? "]" : "");
	at = text_copy(at, p->help_colon);
	do
		*at++ = ' ';
	while (at < line + p->help_indent + (p->letters_only ? 0 : 28));
	text_copy(text_copy(at, o->help), "\n");
	return say_fully(fd, line);
}

static int print_variable(int fd, const struct variable *v)
{
	char line[64], as[] = { (char)v->like, '\0' };

	text_copy(text_copy(text_copy(text_copy(text_copy(line, "  "), v->name), ": like -"), as), "\n");
	return say_fully(fd, line);
}

int help_print(const struct persona *p, int fd)
{
	int failed = say_fully(fd, say_words(USAGE_TEXT));
	struct variable v;
	struct option o;

	for (const char *at = persona_table(p, p->options); (at = option_next(at, &o));)
		if (o.help[0])
			failed |= print_option(p, fd, &o);
	for (const char *at = persona_table(p, p->variables); p->letters_only && (at = variable_next(at, &v));)
		failed |= print_variable(fd, &v);
	return failed;
}

int help_answer(const struct persona *p, enum does what)
{
	switch (what) {
	case HELP: return help_print(p, p->help_fd);
	case USAGE: return say_fully(p->help_fd, say_words(SHORT_USAGE));
	case LICENSE: return say_fully(STDOUT_FILENO, license);
	default: return say_fully(p->version_fd, say_words(VERSION_TEXT));
	}
}
