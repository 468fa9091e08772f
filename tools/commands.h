/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions behind the command table. Each answers the exit code. */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "tool.h"

int cmd_help(tool *t, int count, char **arguments);
int cmd_version(tool *t, int count, char **arguments);

/* cmd_access.c */
int cmd_init(tool *t, int count, char **arguments);
int cmd_actor_list(tool *t, int count, char **arguments);
int cmd_actor_create(tool *t, int count, char **arguments);
int cmd_actor_permit(tool *t, int count, char **arguments);
int cmd_actor_deputy(tool *t, int count, char **arguments);

/* cmd_file.c */
int find_node(tool *t, const char *name, efile_node **node); /* by id or reference; prints the error */
void show_node(tool *t, const char *schema, const efile_node *node, int depth);
int cmd_node_move(tool *t, int count, char **arguments);
int cmd_node_show(tool *t, int count, char **arguments);
int cmd_plan_show(tool *t, int count, char **arguments);
int cmd_dossier_create(tool *t, int count, char **arguments);
int cmd_dossier_list(tool *t, int count, char **arguments);
int cmd_node_close(tool *t, int count, char **arguments);
int cmd_case_create(tool *t, int count, char **arguments);
int cmd_document_add(tool *t, int count, char **arguments);
int cmd_document_content(tool *t, int count, char **arguments);
efile_status open_input(tool *t, const char *path, efile_reader **reader); /* "-": stdin */

int node_created(tool *t, const char *schema, efile_status status, efile_node *node); /* takes the node */
int cmd_node_add(tool *t, int count, char **arguments);

/* cmd_object.c */
void node_options_of(const efile_node *n, efile_node_options *o); /* what it says now; texts are borrowed */
int read_role(tool *t, const char *name, efile_role *role);       /* prints the error itself */
int cmd_object_change(tool *t, int count, char **arguments);
int cmd_object_set(tool *t, int count, char **arguments);
int cmd_object_find(tool *t, int count, char **arguments);
int cmd_object_count(tool *t, int count, char **arguments);
int cmd_object_lock(tool *t, int count, char **arguments);
int cmd_object_unlock(tool *t, int count, char **arguments);
int cmd_object_trash(tool *t, int count, char **arguments);
int cmd_object_restore(tool *t, int count, char **arguments);
int cmd_object_relate(tool *t, int count, char **arguments);
int cmd_object_unrelate(tool *t, int count, char **arguments);
int cmd_object_relations(tool *t, int count, char **arguments);
int cmd_node_reopen(tool *t, int count, char **arguments);
int cmd_case_list(tool *t, int count, char **arguments);
int cmd_document_list(tool *t, int count, char **arguments);
int cmd_document_version(tool *t, int count, char **arguments);
int cmd_document_versions(tool *t, int count, char **arguments);
int cmd_document_attach(tool *t, int count, char **arguments);
int cmd_document_rendition(tool *t, int count, char **arguments);
int cmd_document_renditions(tool *t, int count, char **arguments);

/* cmd_parse.c */
int cmd_parse_info(tool *t, int count, char **arguments);
int cmd_parse_preview(tool *t, int count, char **arguments);

/* cmd_rights.c */
int cmd_actor_change(tool *t, int count, char **arguments);
int cmd_actor_join(tool *t, int count, char **arguments);
int cmd_actor_leave(tool *t, int count, char **arguments);
int cmd_actor_forbid(tool *t, int count, char **arguments);
int cmd_actor_undeputy(tool *t, int count, char **arguments);
int cmd_actor_absent(tool *t, int count, char **arguments);
int cmd_actor_present(tool *t, int count, char **arguments);
int cmd_actor_members(tool *t, int count, char **arguments);
int cmd_actor_deputies(tool *t, int count, char **arguments);
int cmd_access_show(tool *t, int count, char **arguments);
int cmd_access_grant(tool *t, int count, char **arguments);
int cmd_access_withdraw(tool *t, int count, char **arguments);

/* cmd_plan.c */
int cmd_plan_add(tool *t, int count, char **arguments);
int cmd_plan_change(tool *t, int count, char **arguments);
int cmd_plan_rules(tool *t, int count, char **arguments);
int cmd_plan_import(tool *t, int count, char **arguments);
int cmd_type_add(tool *t, int count, char **arguments);
int cmd_type_list(tool *t, int count, char **arguments);
int cmd_type_show(tool *t, int count, char **arguments);

/* cmd_check.c */
int cmd_invoice_attachments(tool *t, int count, char **arguments);
int cmd_invoice_convert(tool *t, int count, char **arguments);
int cmd_invoice_check(tool *t, int count, char **arguments);
int cmd_invoice_render(tool *t, int count, char **arguments);
int cmd_invoice_rules(tool *t, int count, char **arguments);
int cmd_invoice_show(tool *t, int count, char **arguments);
int open_invoice(tool *t, efile_invoice **out, const char *path); /* XML or PDF; prints the error */
int cmd_bpmn_check(tool *t, int count, char **arguments);
int cmd_bpmn_render(tool *t, int count, char **arguments);
int cmd_bpmn_roundtrip(tool *t, int count, char **arguments);
int cmd_feel_eval(tool *t, int count, char **arguments);
int cmd_intake_inspect(tool *t, int count, char **arguments);

/* cmd_receipt.c */
int cmd_invoice_leitweg(tool *t, int count, char **arguments);
int cmd_invoice_terms(tool *t, int count, char **arguments);
int cmd_invoice_facts(tool *t, int count, char **arguments);
int cmd_supplier_add(tool *t, int count, char **arguments);
int cmd_supplier_import(tool *t, int count, char **arguments);
int cmd_invoice_interim(tool *t, int count, char **arguments);
int cmd_supplier_show(tool *t, int count, char **arguments);
int cmd_supplier_list(tool *t, int count, char **arguments);
int cmd_setting_list(tool *t, int count, char **arguments);
int cmd_setting_set(tool *t, int count, char **arguments);
int cmd_invoice_stats(tool *t, int count, char **arguments);
int cmd_invoice_recalculate(tool *t, int count, char **arguments);

/* cmd_handover.c */
int cmd_handover_acknowledge(tool *t, int count, char **arguments);
int cmd_handover_write(tool *t, int count, char **arguments);
int cmd_handover_list(tool *t, int count, char **arguments);
int cmd_handover_show(tool *t, int count, char **arguments);

/* cmd_dmn.c */
int cmd_dmn_check(tool *t, int count, char **arguments);
int cmd_dmn_eval(tool *t, int count, char **arguments);
int cmd_dmn_show(tool *t, int count, char **arguments);

/* cmd_intake.c */
int cmd_intake_mail(tool *t, int count, char **arguments);
int cmd_intake_file(tool *t, int count, char **arguments);
int cmd_intake_journal(tool *t, int count, char **arguments);
int cmd_intake_quarantine(tool *t, int count, char **arguments);
int cmd_intake_retry(tool *t, int count, char **arguments);
int cmd_intake_original(tool *t, int count, char **arguments);
int cmd_intake_rule(tool *t, int count, char **arguments);
int cmd_intake_explain(tool *t, int count, char **arguments);

/* cmd_flow.c */
int cmd_flow_deploy(tool *t, int count, char **arguments);
int cmd_flow_start(tool *t, int count, char **arguments);
int cmd_flow_list(tool *t, int count, char **arguments);
int cmd_flow_show(tool *t, int count, char **arguments);
int cmd_flow_cancel(tool *t, int count, char **arguments);
int cmd_flow_message(tool *t, int count, char **arguments);
int cmd_flow_signal(tool *t, int count, char **arguments);
int cmd_flow_observe(tool *t, int count, char **arguments);
int cmd_flow_run_due(tool *t, int count, char **arguments);
int cmd_flow_retry(tool *t, int count, char **arguments);
int cmd_flow_suspend(tool *t, int count, char **arguments);
int cmd_flow_resume(tool *t, int count, char **arguments);
int cmd_flow_move(tool *t, int count, char **arguments);
int cmd_flow_replay(tool *t, int count, char **arguments);
int cmd_flow_render(tool *t, int count, char **arguments);

/* What is done to the process or task whose id is the first argument: cmd_flow.c */
typedef efile_status (*act_fn)(tool *t, efile_id id, char **arguments);
int parse_id(tool *t, const char *text, efile_id *id); /* EXIT_DONE, or prints the error itself */
int act(tool *t, char **arguments, const char *schema, act_fn fn);

/* cmd_task.c */
int cmd_task_list(tool *t, int count, char **arguments);
int cmd_task_show(tool *t, int count, char **arguments);
int cmd_task_claim(tool *t, int count, char **arguments);
int cmd_task_complete(tool *t, int count, char **arguments);
int cmd_task_return(tool *t, int count, char **arguments);
int cmd_task_delegate(tool *t, int count, char **arguments);
int cmd_task_unclaim(tool *t, int count, char **arguments);
int cmd_task_resolve(tool *t, int count, char **arguments);
int cmd_task_form(tool *t, int count, char **arguments);
int cmd_task_check(tool *t, int count, char **arguments);
int cmd_task_comment(tool *t, int count, char **arguments);
int cmd_task_comments(tool *t, int count, char **arguments);
int cmd_task_escalate(tool *t, int count, char **arguments);
int cmd_flow_comment(tool *t, int count, char **arguments);
int cmd_flow_retain(tool *t, int count, char **arguments);
int cmd_flow_comments(tool *t, int count, char **arguments);
int cmd_task_update(tool *t, int count, char **arguments);
int cmd_task_route(tool *t, int count, char **arguments);
int cmd_task_route_insert(tool *t, int count, char **arguments);
int cmd_task_route_remove(tool *t, int count, char **arguments);
int cmd_task_route_move(tool *t, int count, char **arguments);
int cmd_task_send_back(tool *t, int count, char **arguments);
int cmd_task_refuse(tool *t, int count, char **arguments);
int cmd_task_remind(tool *t, int count, char **arguments);
int cmd_task_reminders(tool *t, int count, char **arguments);
int cmd_task_unremind(tool *t, int count, char **arguments);
int cmd_export(tool *t, int count, char **arguments);

/* cmd_work.c */
int cmd_flow_work(tool *t, int count, char **arguments);
int cmd_flow_jobs(tool *t, int count, char **arguments);
int cmd_flow_incidents(tool *t, int count, char **arguments);
int cmd_flow_run(tool *t, int count, char **arguments);
int cmd_flow_migrate(tool *t, int count, char **arguments);
int cmd_flow_history(tool *t, int count, char **arguments);
int cmd_flow_figures(tool *t, int count, char **arguments);
int cmd_flow_heat(tool *t, int count, char **arguments);

/* cmd_period.c */
int cmd_period(tool *t, int count, char **arguments);
int cmd_holidays(tool *t, int count, char **arguments);

/* cmd_scenario.c */
int cmd_flow_test(tool *t, int count, char **arguments);

/* config.c */
int cmd_config_explain(tool *t, int count, char **arguments);

/* cmd_search.c */
int cmd_index_rebuild(tool *t, int count, char **arguments);
int cmd_search(tool *t, int count, char **arguments);

/* cmd_doctor.c: what a store stands on; false if something of it hinders */
bool surroundings(tool *t);
bool helper_answers(tool *t); /* cmd_help.c */

/* cmd_store.c */
int cmd_events(tool *t, int count, char **arguments);
int cmd_audit_verify(tool *t, int count, char **arguments);
int cmd_audit_anchor(tool *t, int count, char **arguments);
int cmd_audit_prove(tool *t, int count, char **arguments);
int cmd_fsck(tool *t, int count, char **arguments);
int cmd_doctor(tool *t, int count, char **arguments);
int cmd_stats(tool *t, int count, char **arguments);
int cmd_backup(tool *t, int count, char **arguments);
int cmd_restore(tool *t, int count, char **arguments);

#endif
