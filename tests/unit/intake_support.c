/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/intake_support.h"

#include <string.h>

static const char pay[] = DESK_HEAD
	"<process id='pay' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='a' name='Prüfen' e:candidateGroups='amt10'/><endEvent id='e'/>"
	DESK_FLOW("f1", "s", "a") DESK_FLOW("f2", "a", "e") DESK_CLOSE;

static const char invoice_type[] =
	"{\"fields\":[{\"name\":\"invoice_number\",\"datatype\":\"text\"},"
	"{\"name\":\"invoice_date\",\"datatype\":\"date\"},{\"name\":\"seller\",\"datatype\":\"text\"},"
	"{\"name\":\"amount\",\"datatype\":\"decimal\"},{\"name\":\"currency\",\"datatype\":\"text\"}]}";

static efile_status set_rule(efile_session *session, const char *name, int64_t order,
			     const char *condition, const char *title, const char *doctype,
			     const char *process)
{
	efile_intake_rule rule;

	efile_intake_rule_init(&rule);
	rule.name = name;
	rule.order = order;
	rule.condition = condition;
	rule.plan = "10.24";
	rule.title = title;
	rule.doctype = doctype;
	rule.process = process;
	return efile_intake_rule_set(session, &rule);
}

efile_status mailroom_rule(efile_session *session, const char *name, int64_t order,
			   const char *condition, const char *title)
{
	return set_rule(session, name, order, condition, title, NULL, NULL);
}

void mailroom_setup(mailroom *m)
{
	efile_session *admin;

	registry_setup(&m->r);
	admin = m->r.town.admin;
	TAP_EQUAL_INT(desk_deploy(admin, pay), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_define(admin, "invoice", "Rechnung", invoice_type), EFILE_OK);
	TAP_EQUAL_INT(set_rule(admin, "invoice", 10, "invoice != null",
			       "\"Rechnung \" + invoice.number", "invoice", "pay"), EFILE_OK);
	TAP_EQUAL_INT(mailroom_rule(admin, "complaint", 20,
				    "subject != null and contains(subject, \"Beschwerde\")",
				    "\"Beschwerde von \" + sender"), EFILE_OK);
	TAP_EQUAL_INT(mailroom_rule(admin, "rest", 90, "subject != null", "subject"), EFILE_OK);
}

void mailroom_teardown(mailroom *m)
{
	desk_fsck(m->r.town.store);
	registry_teardown(&m->r);
}

efile_status mailroom_receive(efile_intake_item **out, efile_session *session,
			      efile_intake_channel channel, const char *data, size_t length)
{
	AUTO_PTR(efile_reader) reader = NULL;
	efile_intake_options o;

	efile_intake_options_init(&o);
	o.channel = channel;
	o.name = "letter";
	TRY(efile_reader_from_memory(&reader, session_ctx(session), data, length));
	return efile_intake_receive(out, session, reader, &o);
}

efile_intake_item *mailroom_take(efile_session *session, const char *mail)
{
	efile_intake_item *item = NULL;

	TAP_EQUAL_INT(mailroom_receive(&item, session, EFILE_CHANNEL_MAIL, mail, strlen(mail)),
		      EFILE_OK);
	if (item && !TAP_EQUAL_INT(efile_intake_process(item, session), EFILE_OK)) {
		efile_intake_item_free(item);
		return NULL;
	}
	return item;
}

char *mailroom_invoice_mail(size_t *length)
{
	return test_own_data("../../examples/mails/1-xrechnung.eml", length);
}
