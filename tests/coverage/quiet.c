/*
 * Linked into the foster whose branches are counted: its counters lie in a mapped file, so that they outlive a KILL. What else the runtime of clang would
 * do at the start can be seen from outside: it leaves a variable in the environment, and makes folders that are there. Left out, by ld's --wrap.
 */
int __wrap_setenv(const char *name, const char *value, int overwrite);
int __wrap_mkdir(const char *path, unsigned mode);

int __wrap_setenv(const char *name, const char *value, int overwrite)
{
	(void)name;
	(void)value;
	(void)overwrite;
	return 0;
}

int __wrap_mkdir(const char *path, unsigned mode)
{
	(void)path;
	(void)mode;
	return 0;
}
