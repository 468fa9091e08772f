/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/receipt_hall.h"

#include <efile/template.h>

#include <stdio.h>
#include <string.h>

DEFINE_AUTO_PTR(efile_intake_item, efile_intake_item_free)
DEFINE_AUTO_PTR(efile_task_cursor, efile_task_cursor_free)
DEFINE_AUTO_PTR(efile_flow_cursor, efile_flow_cursor_free)

static const char *const roles[HALL_ROLES] = { "poststelle", "sachbearbeitung", "fachtechnik",
					       "haushalt", "anordnung", "amtsleitung", "leitung",
					       "kasse" };

void hall_setup(hall *h)
{
	town_setup(&h->t);
	test_clock_reset();
	TAP_EQUAL_INT(efile_template_apply(h->t.admin, "municipal", "BW"), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		char name[40];
		efile_actor_id role, person;

		snprintf(name, sizeof(name), "x.%s", roles[i]);
		person = town_person(&h->t, name, 0);
		TAP_EQUAL_INT(efile_actor_find(&role, h->t.admin, roles[i]), EFILE_OK);
		town_join(&h->t, person, role);
		h->who[i] = town_session(&h->t, name, NULL, NULL);
	}
}

void hall_teardown(hall *h)
{
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		efile_session_close(h->who[i]);
	desk_fsck(h->t.store);
	town_teardown(&h->t);
}

efile_session *hall_person(hall *h, const char *role)
{
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (strcmp(roles[i], role) == 0)
			return h->who[i];
	return NULL;
}

/* An invoice comes in; its process. */
efile_instance_id hall_receive(hall *h, const char *changes)
{
	AUTO(buf) xml = BUF_INIT;
	AUTO_PTR(efile_intake_item) item = NULL;

	receipt_sample(&xml, changes);
	item = desk_receive(hall_person(h, "poststelle"), EFILE_CHANNEL_FILE, "rechnung.xml", xml.data);
	if (!item || !TAP_EQUAL_INT(efile_intake_process(item, hall_person(h, "poststelle")), EFILE_OK))
		return (efile_instance_id){ EFILE_ID_NONE };
	return efile_intake_item_instance(item);
}

/* A value of the process's variables, by its path. */
const char *hall_value(hall *h, efile_instance_id instance, const char *at)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance i;

	if (efile_flow_list(&cursor, hall_person(h, "kasse"), instance) != EFILE_OK ||
	    efile_flow_cursor_next(cursor, &i) != EFILE_OK)
		return "no instance";
	return receipt_json(h->t.ctx, i.variables, at);
}

efile_flow_status hall_status(hall *h, efile_instance_id instance)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance i;

	if (efile_flow_list(&cursor, hall_person(h, "kasse"), instance) != EFILE_OK ||
	    efile_flow_cursor_next(cursor, &i) != EFILE_OK)
		return EFILE_FLOW_FAILED;
	return i.status;
}

/* Somebody of a role does the task at a node; the status. */
efile_status hall_act(hall *h, efile_instance_id instance, const char *role, const char *node,
			const char *variables)
{
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_task task;
	efile_task_id found = { EFILE_ID_NONE };

	if (efile_task_list(&cursor, hall_person(h, role), found) != EFILE_OK)
		return EFILE_E_INTERNAL;
	while (efile_task_cursor_next(cursor, &task) == EFILE_OK)
		if (strcmp(task.node, node) == 0 &&
		    memcmp(&task.instance, &instance, sizeof(instance)) == 0)
			found = task.id;
	return efile_task_complete(hall_person(h, role), found, variables);
}

void hall_authorise(hall *h, efile_instance_id i)
{
	TAP_EQUAL_INT(hall_act(h, i, "sachbearbeitung", "certify-facts", "{\"facts\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "sachbearbeitung", "certify-calculation",
			  "{\"calculation\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "haushalt", "assign-account", "{\"account\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "anordnung", "authorise", "{\"order\":{\"outcome\":\"ok\"}}"), EFILE_OK);
}

void hall_finish(hall *h, efile_instance_id i, const char *payment)
{
	TAP_EQUAL_INT(hall_act(h, i, "kasse", "treasury", "{\"treasury\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "kasse", "confirm-payment", payment), EFILE_OK);
}

/* The state of an invoice in the register. */
const char *hall_state(hall *h, efile_instance_id instance)
{
	AUTO(receipt_record) row = { .head = { 0, 0 } };

	if (receipt_by_instance(&row, h->t.store, &instance.id) != EFILE_OK)
		return "none";
	return receipt_state_name(row.state);
}
