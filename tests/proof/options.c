/* The walk over words and variables that users write, under every name. What they ask for is done in apply.c here. Precision 3. With text.c records.c */
#include "any.h"
#include "voices.h"

#include "guest.h"
#include "help.h"
#include "install.h"
#include "machine.h"
#include "report.h"
#include "view.h"
#include "words.h"
#include "apply.h"
#include "ladder.h"

#define persona_foster ((const struct persona *)(const void *)&foster)
#define persona_tini ((const struct persona *)(const void *)&tini)
#define persona_dumb_init ((const struct persona *)(const void *)&dumb_init)
#define persona_catatonit ((const struct persona *)(const void *)&catatonit)
#define persona_init_lxc ((const struct persona *)(const void *)&init_lxc)
#include "../../src/options.c"
#include "../../src/environment.c"

enum { BYTES = 2 };

const char *words_name = "foster";

void machine_begin(enum tell tell) { }
_Noreturn void machine_leave(int code) { nowhere(); }
void say(enum event event, const struct fact *fact) { }
void say_with(const struct voice *with, int level, const char *called_as) { }
void say_also(enum event event) { }
bool say_uses_stdout(void) { return any(0, 1); }
int help_print(const struct persona *p, int fd) { return any(-1, 0); }
int help_answer(const struct persona *p, enum does what) { return any(-1, 0); }
int install(const char *path, const char *called_as) { return any(0, 133); }
int view(const struct plan *plan, char **environment) { return any(0, 255); }
int report_open(const char *to) { return any(-1, 1000); }
int guest_word(const char *text, size_t length) { return any(-1, TELL_POWER_OFF); }
void guest_habit(struct plan *plan) { }
void guest_conclude(struct plan *plan) { }
char **guest_lines(const struct plan *plan) { static char *none[] = { "init", NULL }; return none + 1; }
char **guest_script(void) { static char *script[] = { "init", "/etc/rc", NULL }; return script + 1; }
pid_t getpid(void) { return any(1, 1 << 22); }
bool ladder_parse(const char *text, enum scope scope, struct rung to[RUNGS]) { return any(0, 1); }

/* Anything. */
bool apply(struct plan *plan, enum does what, const char *value_of)
{
	plan->view = (unsigned char)any(0, VIEW_TREE | VIEW_ZOMBIES | VIEW_JSON);
	plan->until = (unsigned char)any(UNTIL_CHILD, UNTIL_QUIT);
	plan->guest = any(0, 1);
	plan->named = any(0, 1);
	plan->report = any(0, 1) ? "file" : NULL;
	plan->verbosity = (signed char)any(-128, 127);
	plan->leftovers_code = (unsigned char)any(0, 255);
	plan->stop[0].scope = (unsigned char)any(TOP, EVERYONE);
	return any(0, 1);
}

static char first[96];
static struct any_text value;

static void lived(const char *name, char **words, char **environment)
{
	static struct plan plan;

	if (any(0, 1)) {
		words[0] = (char *)name;
		options(&plan, words, environment);
	}
	plan = (struct plan){ 0 }; /* what was has no bearing on what comes */
	persona = NULL;
}

/* -x, -xyz, -x VALUE: any letters. */
static void letters(const char *name)
{
	for (int length = 0; length <= 2; length++) {
		char *words[] = { NULL, first, any_text(&value, BYTES), NULL }, *none[] = { NULL };

		first[0] = '-';
		any_bytes(first + 1, length, 1);
		first[1 + length] = '\0';
		lived(name, words, none);
	}
}

/* --NAME=VALUE and --NAME VALUE, of each that there is. */
static void names(const char *name, const struct persona *of)
{
	struct option o;

	for (const char *at = persona_table(of, of->options); (at = option_next(at, &o));) {
		char *words[] = { NULL, first, any_text(&value, BYTES), "true", NULL }, *none[] = { NULL };
		char *end = text_copy(text_copy(first, "--"), o.name);

		*end++ = (char)(any(0, 1) ? '=' : '\0');
		any_bytes(end, BYTES, 1);
		end[BYTES] = '\0';
		lived(name, words, none);
	}
}

/* Level 400. */
void proof_letters_foster(void) { letters("foster"); }
/* Level 400. */
void proof_letters_tini(void) { letters("tini"); }
/* Level 400. */
void proof_letters_dumb_init(void) { letters("dumb-init"); }
/* Level 400. */
void proof_names_lxc(void) { names("init.lxc", persona_init_lxc); }
