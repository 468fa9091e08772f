/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "unit/memory.h"

#define SUITE(name) extern const tap_test suite_##name[];
#include "suites.def"
#undef SUITE

int main(int argc, char **argv)
{
	static const tap_suite suites[] = {
#define SUITE(name) { #name, suite_##name },
#include "suites.def"
#undef SUITE
		{ NULL, NULL },
	};

	if (argc > 1 && strcmp(argv[1], "--memory") == 0)
		return memory_main(suites, argc - 2, argv + 2);
	return tap_main(suites, argc, argv);
}
