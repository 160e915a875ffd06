/* tests/zoo/no_entry.c - a library that is no plugin. */
__attribute__((visibility("default"))) int hello(void);
int hello(void) { return 1; }
