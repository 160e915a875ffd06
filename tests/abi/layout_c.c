/* tests/abi/layout_c.c - the pins, seen by a C compiler. */
#include "tests/abi/layout.h"

extern int convene_layout_c;
int convene_layout_c = 1;
