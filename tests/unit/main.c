/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap.h"

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

	return tap_main(suites, argc, argv);
}
