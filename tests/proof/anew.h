/* After one persona, for the next: each calls its tables the same. No guard, since it is for each. */
#undef OPTIONS
#undef VARIABLES
#undef HABITS
#undef VOICE
