/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who acts: --as, EFILE_AS, or the only person whom this login may act as. */
#include "commands.h"

int open_session(tool *t)
{
	efile_session_options options;

	if (!t->as)
		return usage(t, "who acts? give --as ACTOR or set EFILE_AS");
	efile_session_options_init(&options);
	options.login = t->login;
	options.on_behalf_of = t->on_behalf_of;
	options.purpose = t->purpose;
	options.break_glass_reason = t->break_glass;
	if (efile_session_open(&t->session, t->store, t->as, &options) != EFILE_OK)
		return fail(t);
	return EXIT_DONE;
}
