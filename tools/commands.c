/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command table. A command is one row here and one function in its topic's file. */
#include <stddef.h>

#include "commands.h"

static const tool_option no_options[] = { { NULL, NULL, NULL } };

static const tool_option help_options[] = {
	{ "all", NULL, "with --json: every command with its options" },
	{ "man", "COMMAND", "print the man page's source" },
	{ "completion", NULL, "print the completion for bash" },
	{ NULL, NULL, NULL },
};

static const tool_option version_options[] = {
	{ "features", NULL, "what this build can do" },
	{ NULL, NULL, NULL },
};

static const tool_option fsck_options[] = {
	{ "repair", NULL, "mend from a second copy, rebuild what is derived" },
	{ "second", "DIR", "a backup or second copy to repair from" },
	{ "skip-contents", NULL, "do not read the contents of documents" },
	{ NULL, NULL, NULL },
};

static const tool_option events_options[] = {
	{ "all", NULL, "steps of programs, too" },
	{ "since", "N", "only entries behind this position" },
	{ "limit", "N", "at most so many entries" },
	{ NULL, NULL, NULL },
};

static const tool_option init_options[] = {
	{ "template", "NAME", "start with filing plan, roles, types and processes: municipal" },
	{ "land", "LAND", "whose law the template follows: BW or HE" },
	{ "administrator", "NAME", "name of the first person, who administers" },
	{ NULL, NULL, NULL },
};

static const tool_option actor_options[] = {
	{ "display", "TEXT", "name for people" },
	{ "mail", "ADDRESS", "mail address" },
	{ "in", "ACTOR", "member of this unit, role or group; may be repeated" },
	{ "clearance", "LEVEL", "cleared for: open, restricted, confidential, secret, top_secret" },
	{ "login-of", "LOGIN", "this login may act as the person, such as os:weber" },
	{ NULL, NULL, NULL },
};

static const tool_option deputy_options[] = {
	{ "from", "DATE", "first day" },
	{ "until", "DATE", "last day" },
	{ "only-absent", NULL, "only on days on which the principal is absent" },
	{ NULL, NULL, NULL },
};

static const tool_option node_options[] = {
	{ "reference", "TEXT", "reference number; without it one is issued" },
	{ NULL, NULL, NULL },
};

static const tool_option document_options[] = {
	{ "title", "TEXT", "title; without it the file's name" },
	{ "media-type", "TYPE", "media type of the content" },
	{ "type", "NAME", "document type" },
	{ "sender", "TEXT", "who wrote it" },
	{ "key", "TEXT", "files once: repeated with the key, the command shows what is filed" },
	{ NULL, NULL, NULL },
};

static const tool_option move_options[] = {
	{ "reason", "TEXT", "why, for the log" },
	{ NULL, NULL, NULL },
};

static const tool_option refile_options[] = {
	{ "reason", "TEXT", "why, for the log" },
	{ "renumber", NULL, "a new reference number by the new unit; the old one stays as alias" },
	{ NULL, NULL, NULL },
};

static const tool_option change_options[] = {
	{ "active", "yes|no", "whether the person may act" },
	{ "display", "TEXT", "name for people" },
	{ "mail", "ADDRESS", "mail address" },
	{ "clearance", "LEVEL", "cleared for: open, restricted, confidential, secret, top_secret" },
	{ NULL, NULL, NULL },
};

static const tool_option days_options[] = {
	{ "from", "DATE", "first day" },
	{ "until", "DATE", "last day" },
	{ NULL, NULL, NULL },
};

static const tool_option members_options[] = {
	{ "of", "ACTOR", "only what this one belongs to" },
	{ NULL, NULL, NULL },
};

static const tool_option access_options[] = {
	{ "plan", NULL, "the object is a unit of the filing plan, named by its code" },
	{ NULL, NULL, NULL },
};

static const tool_option grant_options[] = {
	{ "plan", NULL, "the object is a unit of the filing plan, named by its code" },
	{ "deny", NULL, "deny the rights, which wins over all that is given" },
	{ "not-by-deputy", NULL, "the rights do not pass on to deputies" },
	{ NULL, NULL, NULL },
};

static const tool_option below_options[] = {
	{ "trash", NULL, "what lies in the trash instead" },
	{ NULL, NULL, NULL },
};

static const tool_option node_change_options[] = {
	{ "title", "TEXT", "title" },
	{ "reference", "TEXT", "another reference number; the present one stays as alias" },
	{ "type", "NAME", "document type; '' for none" },
	{ "unit", "ACTOR", "the unit responsible" },
	{ "medium", "MEDIUM", "electronic, paper or hybrid" },
	{ "confidentiality", "LEVEL", "open, restricted, confidential, secret, top_secret, or inherited" },
	{ "marked", "yes|no", "whether every read of content is journaled" },
	{ "begin", "DATE", "first day of the period covered" },
	{ "end", "DATE", "last day of the period covered" },
	{ NULL, NULL, NULL },
};

static const tool_option remark_options[] = {
	{ "remark", "TEXT", "a remark" },
	{ NULL, NULL, NULL },
};

static const tool_option version_of_options[] = {
	{ "seen", "N", "the version that was seen: refused if there is a newer one" },
	{ "label", "TEXT", "name of the version" },
	{ "remark", "TEXT", "a remark" },
	{ "media-type", "TYPE", "media type of the content" },
	{ NULL, NULL, NULL },
};

static const tool_option attach_options[] = {
	{ "title", "TEXT", "title; without it the file's name" },
	{ "media-type", "TYPE", "media type of the content" },
	{ NULL, NULL, NULL },
};

static const tool_option rendition_options[] = {
	{ "version", "N", "of this version; without it the newest" },
	{ "media-type", "TYPE", "media type of the content" },
	{ NULL, NULL, NULL },
};

static const tool_option which_options[] = {
	{ "version", "N", "of this version; without it the newest" },
	{ NULL, NULL, NULL },
};

static const tool_option unit_options[] = {
	{ "title", "TEXT", "title" },
	{ "parent", "CODE", "the unit above" },
	{ "retention", "YEARS", "years of retention, unlimited or inherited" },
	{ "disposal", "KIND", "A (keep), B (appraise) or V (destroy)" },
	{ "confidentiality", "LEVEL", "open, restricted, confidential, secret or top_secret" },
	{ "pattern", "TEXT", "pattern of reference numbers; '' to inherit it" },
	{ "valid-from", "DATE", "first day" },
	{ "valid-to", "DATE", "last day" },
	{ NULL, NULL, NULL },
};

static const tool_option intake_rule_options[] = {
	{ "condition", "FEEL", "holds for which letters (docs/INTAKE.md)" },
	{ "plan", "CODE", "the unit where a case is made" },
	{ "title", "FEEL", "title of the case" },
	{ "type", "NAME", "document type" },
	{ "process", "NAME", "process to start" },
	{ "order", "N", "rules are tried in ascending order" },
	{ NULL, NULL, NULL },
};

static const tool_option preview_options[] = {
	{ "output", "FILE", "where to write; without it, or with -, the output" },
	{ "page", "N", "which page, from 1" },
	{ "width", "N", "width in pixels; 800" },
	{ NULL, NULL, NULL },
};

static const tool_option content_options[] = {
	{ "version", "N", "of this version; without it the newest" },
	{ "role", "NAME", "original, text, preview, pdfa or signature" },
	{ "text", NULL, "the text instead of the original" },
	{ NULL, NULL, NULL },
};

static const tool_option scenario_options[] = {
	{ "models", "DIR", "where models are that are not beside the scenario" },
	{ "coverage", NULL, "say which nodes of the processes were visited" },
	{ NULL, NULL, NULL },
};

static const tool_option search_options[] = {
	{ "limit", "N", "hits at most" },
	{ "count", NULL, "only how many, to 1000" },
	{ "best", NULL, "the best first instead of the newest" },
	{ NULL, NULL, NULL },
};

static const tool_option output_options[] = {
	{ "output", "FILE", "where to write; without it, or with -, the output" },
	{ NULL, NULL, NULL },
};

static const tool_option render_options[] = {
	{ "output", "FILE", "where to write; without it, or with -, the output" },
	{ "diagram", "N", "which diagram of the file, from 1; without it the first that shows something" },
	{ "lay-out", NULL, "make a new layout even if the file has one" },
	{ NULL, NULL, NULL },
};

static const tool_option rules_options[] = {
	{ "scenarios", NULL, "list the scenarios that invoices are judged by instead" },
	{ NULL, NULL, NULL },
};

static const tool_option check_options[] = {
	{ "schemas", "DIR", "also check by the XML schemas in this folder, such as the official ones" },
	{ "scenario", "NAME", "judge by this scenario, whatever the invoice says: its rules and severities" },
	{ "format", "FORM", "text (the default), jsonl, xml, html or letter (what the sender is told)" },
	{ "output", "FILE", "where to write; without it, or with -, the output" },
	{ NULL, NULL, NULL },
};

static const tool_option convert_options[] = {
	{ "to", "SYNTAX", "ubl (the default), ubl-invoice, ubl-credit-note or cii" },
	{ "output", "FILE", "where to write; without it, or with -, the output" },
	{ NULL, NULL, NULL },
};

static const tool_option attachments_options[] = {
	{ "output", "DIR", "the folder to write them into; without it they are listed" },
	{ NULL, NULL, NULL },
};

static const tool_option export_options[] = {
	{ "output", "FILE", "where to write; without it, or with -, the output" },
	{ "format", "FORMAT", "zip: a BagIt bag with a page to read" },
	{ NULL, NULL, NULL },
};

static const tool_option feel_options[] = {
	{ "context", "JSON", "the variables, a JSON object" },
	{ NULL, NULL, NULL },
};

static const tool_option dmn_options[] = {
	{ "import", "FILE", "a model that the model imports; may be repeated" },
	{ NULL, NULL, NULL },
};

static const tool_option dmn_eval_options[] = {
	{ "decision", "NAME", "name or id of the decision; without it all are evaluated" },
	{ "input", "JSON", "the values of the input data, a JSON object" },
	{ "import", "FILE", "a model that the model imports; may be repeated" },
	{ NULL, NULL, NULL },
};

static const tool_option leitweg_options[] = {
	{ "fine", "TEXT", "make an identifier: the fine address behind the coarse one" },
	{ "make", NULL, "the arguments are coarse addresses: make identifiers of them" },
	{ NULL, NULL, NULL },
};

static const tool_option terms_options[] = {
	{ "received", "DAY", "when the invoice was received" },
	{ "corrected", "DAY", "when a corrected invoice was received" },
	{ "due", "DAY", "when the claim falls due" },
	{ "performed", "DAY", "when the performance was received" },
	{ "agreed", "DAY", "the agreed day of payment" },
	{ "agreed-days", "N", "the agreed days from the receipt" },
	{ "skonto-start", "EVENT", "where discount days start: receipt, invoice_date, performance or a day" },
	{ "accepted", "AMOUNT", "the amount that was accepted" },
	{ "land", "LAND", "whose holidays count: BW, BY, BE, ..." },
	{ "place", "KEY", "the municipality, by its eight-digit key" },
	{ NULL, NULL, NULL },
};

static const tool_option order_options[] = {
	{ "order", "FILE", "the order as JSON (docs/RECEIPT.md)" },
	{ "interim", "FILE", "interim invoices as JSON, which a final one has to take off" },
	{ NULL, NULL, NULL },
};

static const tool_option supplier_options[] = {
	{ "creditor", "NUMBER", "the number in the finance system" },
	{ "iban", "IBAN", "the account that holds from now on" },
	{ "skonto-start", "EVENT", "where discount days start: receipt, invoice_date or performance" },
	{ "agreed-days", "N", "the agreed days from the receipt" },
	{ "exempt-until", "DAY", "last day of the certificate of exemption" },
	{ NULL, NULL, NULL },
};

static const tool_option suppliers_options[] = {
	{ "after", "KEY", "only suppliers behind this key" },
	{ "limit", "N", "at most so many suppliers; 1000" },
	{ NULL, NULL, NULL },
};

static const tool_option stats_options[] = {
	{ "from", "DAY", "of invoices received from this day on" },
	{ "to", "DAY", "of invoices received until this day" },
	{ "html", NULL, "as a page with charts and tables" },
	{ "output", "FILE", "where to write; without it, or with -, the output" },
	{ NULL, NULL, NULL },
};

static const tool_option handover_options[] = {
	{ "to", "DIR", "the folder that the finance system reads; each batch becomes a file in it" },
	{ "output", "FILE", "one batch into this file" },
	{ "format", "FORM", "csv (the default), xml, or idoc (SAP INVOIC02)" },
	{ "profile", "FILE", "what the file looks like (docs/RECEIPT.md); without it the setting of the store" },
	{ "most", "N", "at most so many postings in a batch; 10000" },
	{ "again", "NUMBER", "write this batch once more, with the same bytes" },
	{ NULL, NULL, NULL },
};

static const tool_option batches_options[] = {
	{ "before", "NUMBER", "only batches below this one" },
	{ "limit", "N", "at most so many batches; 100" },
	{ NULL, NULL, NULL },
};

static const tool_option tasks_options[] = {
	{ "order", "ORDER", "created, due or priority" },
	{ "process", "NAME", "only tasks of this process" },
	{ "node", "ID", "only tasks of this element of a process" },
	{ "case", "CASE", "only tasks of this case" },
	{ "mine", NULL, "only what I have claimed or was handed" },
	{ "free", NULL, "only what nobody has claimed" },
	{ "later", NULL, "also what is to come up on a later day" },
	{ "deputies", NULL, "also what lies on the desks of those whom I may substitute today" },
	{ "due-before", "DATE", "only what is due before this day" },
	{ "limit", "N", "at most so many tasks" },
	{ "after", "PLACE", "go on behind this place, which --limit has told" },
	{ NULL, NULL, NULL },
};

static const tool_option update_options[] = {
	{ "due", "TIME", "until when: a day, a point of time, P5D, '5 office-days', or '' for no date" },
	{ "follow-up", "TIME", "not on the worklist before then; the same" },
	{ "calendar", "CALENDAR", "whose working days count, such as DE-BW" },
	{ "priority", "N", "0 to 100; 50 is usual" },
	{ NULL, NULL, NULL },
};

static const tool_option insert_options[] = {
	{ "instruction", "NAME", "information, comment, co-sign, sign or final-sign" },
	{ "behind", "N", "behind this entry and those beside it; without it next" },
	{ "beside", "N", "beside this entry, at the same time" },
	{ "due", "TIME", "until when: a day, a point of time, P5D or '5 office-days'" },
	{ "note", "TEXT", "a word to who has it" },
	{ "required", NULL, "obligatory: nobody can take it out or move it" },
	{ NULL, NULL, NULL },
};

static const tool_option remind_options[] = {
	{ "to", "ACTOR", "escalate: these see the task and may take it over; several with commas" },
	{ "priority", "N", "the priority is at least this then" },
	{ "calendar", "CALENDAR", "whose working days count, such as DE-BW" },
	{ NULL, NULL, NULL },
};

static const tool_option retain_options[] = {
	{ "days", "N", "days after the end, for processes whose model says none" },
	{ "process", "ID", "only processes of this id" },
	{ "max", "N", "at most so many" },
	{ NULL, NULL, NULL },
};

static const tool_option place_options[] = {
	{ "behind", "N", "behind this entry and those beside it; without it next" },
	{ "beside", "N", "beside this entry, at the same time" },
	{ NULL, NULL, NULL },
};

static const tool_option back_options[] = {
	{ "to", "N", "to this earlier entry; without it to the last one before" },
	{ "direct", NULL, "and from there straight here, not by all that stood between" },
	{ NULL, NULL, NULL },
};

static const tool_option period_options[] = {
	{ "list", NULL, "list the rules with their parameters" },
	{ "days", "N", "length in days" },
	{ "weeks", "N", "length in weeks" },
	{ "months", "N", "length in months" },
	{ "years", "N", "length in years" },
	{ "land", "LAND", "whose holidays count: BW, BY, BE, ..." },
	{ "place", "KEY", "the municipality, by its eight-digit key" },
	{ "with", "NAME=VALUE", "a parameter of the rule; may be repeated" },
	{ NULL, NULL, NULL },
};

static const tool_option start_options[] = {
	{ "variables", "JSON", "the variables, a JSON object" },
	{ "case", "OBJECT", "the case that the process belongs to" },
	{ NULL, NULL, NULL },
};

static const tool_option variable_options[] = {
	{ "variables", "JSON", "the variables, a JSON object" },
	{ NULL, NULL, NULL },
};

static const tool_option work_options[] = {
	{ "lease", "SECONDS", "how long a job is ours without a word; 60" },
	{ "max", "NUMBER", "stop after so many jobs" },
	{ "watch", NULL, "wait for more, until a signal" },
	{ "worker", "NAME", "who works, for log and lists" },
	{ NULL, NULL, NULL },
};

static const tool_option migrate_options[] = {
	{ "from", "VERSION", "only processes of this version; else of every other one" },
	{ "to", "VERSION", "go on by this version; else the newest" },
	{ "instance", "INSTANCE", "only this process" },
	{ "map", "OLD=NEW", "a node that has another id now; may be repeated" },
	{ NULL, NULL, NULL },
};

static const tool_option figure_options[] = {
	{ "process-version", "VERSION", "of this version of the process; else the newest" },
	{ "output", "FILE", "where to write; without it, or with -, the output" },
	{ NULL, NULL, NULL },
};

static const tool_option run_options[] = {
	{ "watch", NULL, "wait for what is due next, until a signal" },
	{ "interval", "SECONDS", "look for new timers at least so often; 5" },
	{ NULL, NULL, NULL },
};

static const tool_option message_options[] = {
	{ "key", "TEXT", "the correlation key" },
	{ "variables", "JSON", "the variables, a JSON object" },
	{ NULL, NULL, NULL },
};

static const tool_option type_options[] = {
	{ "fields", "FILE", "its metadata fields, a JSON object with the list fields; -: the input" },
	{ "xsd", "FILE", "its metadata fields out of an XML schema; -: the input" },
	{ NULL, NULL, NULL },
};

static const tool_option office_options[] = {
	{ "office", "NAME", "whose intake journal; without it the common one" },
	{ NULL, NULL, NULL },
};

enum {
	READS = COMMAND_STORE | COMMAND_SESSION,
	WRITES = COMMAND_STORE | COMMAND_SESSION | COMMAND_WRITES
};

const command commands[] = {
	{ "help", "[COMMAND]", "show what there is", "help fsck", help_options, 0, 0, 4, cmd_help },
	{ "version", "", "show version and features", "version --features", version_options, 0, 0, 0,
	  cmd_version },
	{ "config explain", "", "show each setting and where it comes from", "config explain --json",
	  no_options, 0, 0, 0, cmd_config_explain },
	{ "init", "[DIR]", "make a store", "init --template municipal --land BW /srv/store",
	  init_options, COMMAND_WRITES, 0, 1, cmd_init },
	{ "actor list", "", "list persons, units, roles and groups", "actor list --as admin", no_options,
	  READS, 0, 0, cmd_actor_list },
	{ "actor create", "KIND NAME", "make a person, unit, position, role or group",
	  "actor create person m.weber --in sachbearbeitung --login-of os:weber", actor_options, WRITES,
	  2, 2, cmd_actor_create },
	{ "actor permit", "LOGIN ACTOR", "let a login act as a person", "actor permit os:weber m.weber",
	  no_options, WRITES, 2, 2, cmd_actor_permit },
	{ "actor deputy", "PRINCIPAL DEPUTY", "let a person substitute another",
	  "actor deputy a.yilmaz m.weber --from 2026-08-01 --until 2026-08-21", deputy_options, WRITES, 2,
	  2, cmd_actor_deputy },
	{ "actor undeputy", "PRINCIPAL DEPUTY", "end a substitution", "actor undeputy a.yilmaz m.weber",
	  no_options, WRITES, 2, 2, cmd_actor_undeputy },
	{ "actor deputies", "[PRINCIPAL]", "list who substitutes whom", "actor deputies a.yilmaz", no_options,
	  READS, 0, 1, cmd_actor_deputies },
	{ "actor absent", "PERSON FROM [UNTIL]", "note that a person is absent",
	  "actor absent a.yilmaz 2026-08-01 2026-08-21", no_options, WRITES, 2, 3, cmd_actor_absent },
	{ "actor present", "PERSON FROM", "take an absence back", "actor present a.yilmaz 2026-08-01",
	  no_options, WRITES, 2, 2, cmd_actor_present },
	{ "actor change", "ACTOR", "change an actor, or set one inactive", "actor change m.weber --active no",
	  change_options, WRITES, 1, 1, cmd_actor_change },
	{ "actor join", "MEMBER GROUP", "make an actor a member of a unit, role or group",
	  "actor join m.weber bauamt --from 2026-04-01", days_options, WRITES, 2, 2, cmd_actor_join },
	{ "actor leave", "MEMBER GROUP", "end a membership", "actor leave m.weber bauamt", no_options, WRITES,
	  2, 2, cmd_actor_leave },
	{ "actor members", "[GROUP]", "list who belongs where", "actor members bauamt", members_options, READS,
	  0, 1, cmd_actor_members },
	{ "actor forbid", "LOGIN ACTOR", "no longer let a login act as a person",
	  "actor forbid os:weber m.weber", no_options, WRITES, 2, 2, cmd_actor_forbid },
	{ "access show", "OBJECT", "show who may do what with an object", "access show 61-0001",
	  access_options, READS, 1, 1, cmd_access_show },
	{ "access grant", "OBJECT ACTOR RIGHTS", "give rights on an object, or deny them",
	  "access grant 61-0001 bauamt read,write", grant_options, WRITES, 3, 3, cmd_access_grant },
	{ "access withdraw", "OBJECT ACTOR", "take all that an object's list says of an actor out of it",
	  "access withdraw 61-0001 m.weber", access_options, WRITES, 2, 2, cmd_access_withdraw },
	{ "plan show", "", "show the filing plan", "plan show --as m.weber", no_options, READS, 0, 0,
	  cmd_plan_show },
	{ "plan import", "FILE", "make or update the filing plan by a table (CSV); -: the input",
	  "plan import aktenplan.csv --dry-run", no_options, WRITES, 1, 1, cmd_plan_import },
	{ "plan add", "CODE TITLE", "make a unit of the filing plan", "plan add 63.1 Radwege --parent 63",
	  unit_options, WRITES, 2, 2, cmd_plan_add },
	{ "plan change", "CODE", "change a unit of the filing plan", "plan change 63.1 --retention 15",
	  unit_options, WRITES, 1, 1, cmd_plan_change },
	{ "plan rules", "CODE", "show the rules in force at a unit, and who says so", "plan rules 63.1",
	  no_options, READS, 1, 1, cmd_plan_rules },
	{ "type add", "NAME TITLE", "define a document type, or replace its definition",
	  "type add permit Genehmigung --fields permit.json", type_options, WRITES, 2, 2, cmd_type_add },
	{ "type list", "", "list the document types", "type list", no_options, READS, 0, 0,
	  cmd_type_list },
	{ "type show", "NAME", "show a document type's definition", "type show invoice",
	  no_options, READS, 1, 1, cmd_type_show },
	{ "dossier create", "PLAN TITLE", "open a dossier under a unit of the filing plan",
	  "dossier create 61 'Bebauungsplan Nord'", node_options, WRITES, 2, 2, cmd_dossier_create },
	{ "dossier add", "DOSSIER TITLE", "open a sub-dossier in a dossier", "dossier add 61-0001 Gutachten",
	  node_options, WRITES, 2, 2, cmd_node_add },
	{ "dossier list", "PLAN", "list the dossiers of a unit", "dossier list 61", no_options, READS, 1, 1,
	  cmd_dossier_list },
	{ "dossier show", "OBJECT", "show a dossier with all in it", "dossier show 61-0001", no_options,
	  READS, 1, 1, cmd_node_show },
	{ "dossier move", "OBJECT PLAN", "file a dossier under another unit of the filing plan",
	  "dossier move 61-0001 62 --reason 'wrong unit'", refile_options, WRITES, 2, 2, cmd_node_move },
	{ "dossier close", "OBJECT", "file a dossier away", "dossier close 61-0001", no_options, WRITES, 1,
	  1, cmd_node_close },
	{ "dossier reopen", "OBJECT REASON", "open a dossier again that is filed away",
	  "dossier reopen 61-0001 Widerspruch", no_options, WRITES, 2, 2, cmd_node_reopen },
	{ "case create", "DOSSIER TITLE", "open a case in a dossier", "case create 61-0001 'Auslegung'",
	  node_options, WRITES, 2, 2, cmd_case_create },
	{ "case add", "CASE TITLE", "open a sub-case in a case", "case add 61-0001/001-2026 Nachbarn",
	  node_options, WRITES, 2, 2, cmd_node_add },
	{ "case list", "DOSSIER", "list the cases of a dossier", "case list 61-0001", below_options, READS, 1,
	  1, cmd_case_list },
	{ "case show", "OBJECT", "show a case with all in it", "case show 61-0001/001-2026", no_options,
	  READS, 1, 1, cmd_node_show },
	{ "case move", "OBJECT DOSSIER", "move a case with all in it",
	  "case move 61-0001/001-2026 61-0002 --reason 'filed wrongly'", move_options, WRITES, 2, 2,
	  cmd_node_move },
	{ "case close", "OBJECT", "file a case away", "case close 61-0001/001-2026", no_options, WRITES, 1,
	  1, cmd_node_close },
	{ "case reopen", "OBJECT REASON", "open a case again that is filed away",
	  "case reopen 61-0001/001-2026 Widerspruch", no_options, WRITES, 2, 2, cmd_node_reopen },
	{ "document add", "CASE FILE", "file a document in a case",
	  "document add 61-0001/001-2026 plan.pdf --media-type application/pdf", document_options, WRITES,
	  2, 2, cmd_document_add },
	{ "document list", "CASE", "list the documents of a case", "document list 61-0001/001-2026",
	  below_options, READS, 1, 1, cmd_document_list },
	{ "document attach", "DOCUMENT FILE", "file an attachment of a document", "document attach ID karte.pdf",
	  attach_options, WRITES, 2, 2, cmd_document_attach },
	{ "document version", "DOCUMENT FILE", "file a new version of a document",
	  "document version ID plan-2.pdf --seen 1", version_of_options, WRITES, 2, 2, cmd_document_version },
	{ "document versions", "DOCUMENT", "list the versions of a document", "document versions ID",
	  no_options, READS, 1, 1, cmd_document_versions },
	{ "document rendition", "DOCUMENT FILE ROLE", "add a rendition of a document",
	  "document rendition ID plan-a.pdf pdfa", rendition_options, WRITES, 3, 3, cmd_document_rendition },
	{ "document renditions", "DOCUMENT", "list the renditions of a document", "document renditions ID",
	  which_options, READS, 1, 1, cmd_document_renditions },
	{ "document move", "OBJECT CASE", "move a document with its attachments",
	  "document move ID 61-0002/001-2026", move_options, WRITES, 2, 2, cmd_node_move },
	{ "document show", "OBJECT", "show a document with its attachments", "document show ID",
	  no_options, READS, 1, 1, cmd_node_show },
	{ "document content", "OBJECT", "write a document's content to the output",
	  "document content ID >plan.pdf", content_options, READS, 1, 1, cmd_document_content },
	{ "object change", "OBJECT", "change title, unit, level and the like of an object",
	  "object change 61-0001 --confidentiality restricted", node_change_options, WRITES, 1, 1,
	  cmd_object_change },
	{ "object set", "OBJECT NAME=VALUE...", "set metadata; NAME= takes a value out",
	  "object set ID invoice_number=2026-0417", no_options, WRITES, 2, -1, cmd_object_set },
	{ "object find", "NAME VALUE", "find objects by a metadata value",
	  "object find invoice_number 2026-0417", no_options, READS, 2, 2, cmd_object_find },
	{ "object count", "OBJECT", "count what lies right below an object", "object count 61-0001",
	  no_options, READS, 1, 1, cmd_object_count },
	{ "object relate", "FROM TO KIND", "relate an object to another one",
	  "object relate ID OTHER answers", remark_options, WRITES, 3, 3, cmd_object_relate },
	{ "object relations", "OBJECT", "list the relations of an object", "object relations ID", no_options,
	  READS, 1, 1, cmd_object_relations },
	{ "object unrelate", "RELATION", "remove a relation", "object unrelate ID", no_options, WRITES, 1, 1,
	  cmd_object_unrelate },
	{ "object lock", "OBJECT", "check an object out: nobody else changes it", "object lock ID",
	  remark_options, WRITES, 1, 1, cmd_object_lock },
	{ "object unlock", "OBJECT", "check an object in again", "object unlock ID", no_options, WRITES, 1, 1,
	  cmd_object_unlock },
	{ "object trash", "OBJECT REASON", "put an object in the trash", "object trash ID 'filed twice'",
	  no_options, WRITES, 2, 2, cmd_object_trash },
	{ "object restore", "OBJECT", "take an object out of the trash", "object restore ID", no_options,
	  WRITES, 1, 1, cmd_object_restore },
	{ "search", "QUERY", "find documents, cases and dossiers by their words",
	  "search 'sender:eichner date:2026-01..2026-03 gehweg'", search_options, READS, 1, 1, cmd_search },
	{ "index rebuild", "", "make the index of the search anew", "index rebuild", no_options, WRITES, 0, 0,
	  cmd_index_rebuild },
	{ "intake mail", "FILE...", "take letters in by mail: files, or - for the input",
	  "intake mail letter.eml", office_options, WRITES | COMMAND_PIPE, 1, -1, cmd_intake_mail },
	{ "intake file", "FILE...", "take single files in", "intake file letter.pdf", office_options,
	  WRITES | COMMAND_PIPE, 1, -1, cmd_intake_file },
	{ "intake journal", "", "show the intake journal", "intake journal --json", no_options, READS, 0, 0,
	  cmd_intake_journal },
	{ "intake quarantine", "", "show what lies in quarantine, and why", "intake quarantine", no_options,
	  READS, 0, 0, cmd_intake_quarantine },
	{ "intake retry", "[NUMBER]", "process a letter again, or all that lie in quarantine", "intake retry 2026/000004",
	  office_options, WRITES, 0, 1, cmd_intake_retry },
	{ "intake original", "NUMBER", "write a letter's raw bytes to the output",
	  "intake original 2026/000004 >letter.eml", office_options, READS, 1, 1, cmd_intake_original },
	{ "intake explain", "NUMBER", "show the facts that the rules see of a letter",
	  "intake explain 2026/000004", office_options, READS, 1, 1, cmd_intake_explain },
	{ "intake rule", "NAME", "set a rule of the intake",
	  "intake rule permits --condition 'contains(subject, \"Bauantrag\")' --plan 63 --order 20",
	  intake_rule_options, WRITES, 1, 1, cmd_intake_rule },
	{ "intake inspect", "FILE...", "show what the parsers see of a letter; needs no store",
	  "intake inspect letter.eml", no_options, 0, 1, -1, cmd_intake_inspect },
	{ "parse info", "FILE...", "show what a PDF or picture is; needs no store", "parse info plan.pdf",
	  no_options, 0, 1, -1, cmd_parse_info },
	{ "parse preview", "FILE", "draw a page of a PDF as PNG; needs no store",
	  "parse preview plan.pdf -o plan.png", preview_options, 0, 1, 1, cmd_parse_preview },
	{ "invoice check", "FILE...", "check e-invoices; needs no store", "invoice check invoice.xml",
	  check_options, 0, 1, -1, cmd_invoice_check },
	{ "invoice render", "FILE", "make a page to read and print of an e-invoice; needs no store",
	  "invoice render invoice.xml -o invoice.html", output_options, 0, 1, 1, cmd_invoice_render },
	{ "invoice convert", "FILE", "write an e-invoice, or a draft in JSON, as UBL or CII; needs no store",
	  "invoice convert invoice.xml --to cii -o invoice-cii.xml", convert_options, 0, 1, 1,
	  cmd_invoice_convert },
	{ "invoice attachments", "FILE", "list or write the documents that an e-invoice carries; needs no store",
	  "invoice attachments invoice.xml -o .", attachments_options, 0, 1, 1, cmd_invoice_attachments },
	{ "invoice rules", "[WORD...]", "list the rules that invoices are checked by: ubl, cii or the beginning of a rule's name",
	  "invoice rules ubl BR-CO", rules_options, 0, 0, -1, cmd_invoice_rules },
	{ "invoice show", "FILE", "show an e-invoice's terms as JSON; needs no store",
	  "invoice show invoice.xml", no_options, 0, 1, 1, cmd_invoice_show },
	{ "invoice leitweg", "ID...", "check Leitweg-IDs, and say what is wrong; or make them",
	  "invoice leitweg 04011000-1234512345-06", leitweg_options, 0, 1, -1, cmd_invoice_leitweg },
	{ "invoice terms", "FILE", "discount and days of payment of an e-invoice, with their derivation",
	  "invoice terms invoice.xml --received 2026-03-02 --land BW", terms_options, 0, 1, 1,
	  cmd_invoice_terms },
	{ "invoice facts", "FILE", "what an e-invoice means: kind, parties, amounts, what the law asks for",
	  "invoice facts invoice.xml", no_options, 0, 1, 1, cmd_invoice_facts },
	{ "invoice recalculate", "FILE", "recalculate an e-invoice, and compare it with its order",
	  "invoice recalculate invoice.xml --order order.json", order_options, 0, 1, 1,
	  cmd_invoice_recalculate },
	{ "invoice interim", "FILE", "list the interim invoices that belong to a final one",
	  "invoice interim final.xml --json > interim.json", no_options, READS, 1, 1, cmd_invoice_interim },
	{ "invoice stats", "", "figures of the receipt: how much, how long, why not, discounts",
	  "invoice stats --from 2026-01-01 --html -o figures.html", stats_options, READS, 0, 0,
	  cmd_invoice_stats },
	{ "invoice supplier add", "KEY NAME", "keep what is known of a supplier, by its VAT identifier",
	  "invoice supplier add DE123456789 'Lampen Licht GmbH' --creditor 70001", supplier_options, WRITES,
	  2, 2, cmd_supplier_add },
	{ "invoice supplier import", "FILE", "keep suppliers by a table (CSV); -: the input",
	  "invoice supplier import suppliers.csv --dry-run", no_options, WRITES, 1, 1, cmd_supplier_import },
	{ "invoice supplier show", "KEY", "show what is known of a supplier",
	  "invoice supplier show DE123456789", no_options, READS, 1, 1, cmd_supplier_show },
	{ "invoice supplier list", "", "list the suppliers", "invoice supplier list",
	  suppliers_options, READS, 0, 0, cmd_supplier_list },
	{ "invoice setting set", "NAME VALUE", "set what the receipt goes by; a value of @FILE is read from it",
	  "invoice setting set handover.csv @profile.json", no_options, WRITES, 2, 2, cmd_setting_set },
	{ "invoice setting list", "", "show what the receipt goes by", "invoice setting list",
	  no_options, READS, 0, 0, cmd_setting_list },
	{ "invoice handover write", "", "hand authorised invoices over to the finance system, in a batch",
	  "invoice handover write --to /srv/finance/in", handover_options, WRITES, 0, 0,
	  cmd_handover_write },
	{ "invoice handover acknowledge", "FILE...", "read what the finance system answers; -: the input",
	  "invoice handover acknowledge answers.csv", no_options, WRITES, 1, -1,
	  cmd_handover_acknowledge },
	{ "invoice handover list", "", "list the batches, and how many postings wait",
	  "invoice handover list", batches_options, READS, 0, 0, cmd_handover_list },
	{ "invoice handover show", "NUMBER", "show a batch with its postings and what became of them",
	  "invoice handover show 17", no_options, READS, 1, 1, cmd_handover_show },
	{ "bpmn check", "FILE...", "check process definitions; needs no store", "bpmn check invoice.bpmn",
	  no_options, 0, 1, -1, cmd_bpmn_check },
	{ "bpmn render", "FILE", "draw a process definition as SVG", "bpmn render invoice.bpmn -o invoice.svg",
	  render_options, 0, 1, 1, cmd_bpmn_render },
	{ "bpmn roundtrip", "FILE", "read a process definition whole and write it back",
	  "bpmn roundtrip invoice.bpmn -o same.bpmn", output_options, 0, 1, 1, cmd_bpmn_roundtrip },
	{ "feel eval", "EXPRESSION", "evaluate a FEEL expression; with -, one per line of the input", "feel eval 'amount * 1.19' --context '{\"amount\":10}'",
	  feel_options, 0, 1, 1, cmd_feel_eval },
	{ "dmn check", "FILE...", "check decision models; needs no store", "dmn check approval.dmn",
	  dmn_options, 0, 1, -1, cmd_dmn_check },
	{ "dmn eval", "MODEL", "evaluate a decision; needs no store",
	  "dmn eval approval.dmn --decision Approver --input '{\"amount\":1200}'", dmn_eval_options, 0, 1, 1,
	  cmd_dmn_eval },
	{ "dmn show", "MODEL", "show what a decision model holds; needs no store",
	  "dmn show approval.dmn", dmn_options, 0, 1, 1, cmd_dmn_show },
	{ "period", "[RULE] [FROM]", "compute the end of a legal period, with its derivation",
	  "period bgb.period 2026-01-31 --months 1 --land BW", period_options, 0, 0, 2, cmd_period },
	{ "period holidays", "LAND YEAR", "list the public holidays of a Land", "period holidays BW 2026",
	  no_options, 0, 2, 2, cmd_holidays },
	{ "flow test", "FILE...", "try processes out by scenarios, in memory; needs no store",
	  "flow test invoice.scenario --coverage", scenario_options, 0, 1, -1, cmd_flow_test },
	{ "flow deploy", "FILE", "deploy a process definition or decisions", "flow deploy invoice.bpmn", no_options, WRITES,
	  1, 1, cmd_flow_deploy },
	{ "flow start", "PROCESS", "start a process", "flow start invoice --case 031-0001/001-2026",
	  start_options, WRITES, 1, 1, cmd_flow_start },
	{ "flow list", "", "list processes at work", "flow list", no_options, READS, 0, 0, cmd_flow_list },
	{ "flow show", "INSTANCE", "show a process at work", "flow show ID", no_options, READS, 1, 1,
	  cmd_flow_show },
	{ "flow cancel", "INSTANCE REASON", "end a process before its end",
	  "flow cancel ID 'received twice'", no_options, WRITES, 2, 2, cmd_flow_cancel },
	{ "flow message", "NAME", "send a message to the process that waits for it",
	  "flow message paid --key 2026-17 --variables '{\"amount\":10}'", message_options, WRITES, 1, 1,
	  cmd_flow_message },
	{ "flow signal", "NAME", "tell a signal to all processes", "flow signal office-closed",
	  variable_options, WRITES, 1, 1, cmd_flow_signal },
	{ "flow observe", "VARIABLES", "tell what is seen outside, to processes that start by a condition",
	  "flow observe '{\"stock\":3}'", no_options, WRITES, 1, 1, cmd_flow_observe },
	{ "flow run-due", "", "let timers fire that are due", "flow run-due", no_options, WRITES, 0, 0,
	  cmd_flow_run_due },
	{ "flow run", "", "let what is due happen; with --watch as a service", "flow run --watch",
	  run_options, WRITES, 0, 0, cmd_flow_run },
	{ "flow jobs", "[TOPIC]", "list the jobs of programs outside", "flow jobs sap.post", no_options,
	  READS, 0, 1, cmd_flow_jobs },
	{ "flow work", "TOPIC COMMAND...", "do jobs of a topic with a command",
	  "flow work sap.post -- ./post --fast", work_options, WRITES, 2, -1, cmd_flow_work },
	{ "flow incidents", "", "list what holds processes back", "flow incidents", no_options, READS, 0,
	  0, cmd_flow_incidents },
	{ "flow retry", "INSTANCE", "try again what incidents of a process hold back", "flow retry ID",
	  variable_options, WRITES, 1, 1, cmd_flow_retry },
	{ "flow suspend", "INSTANCE", "hold a process", "flow suspend ID", no_options, WRITES, 1, 1,
	  cmd_flow_suspend },
	{ "flow resume", "INSTANCE", "let a held process go on", "flow resume ID", no_options, WRITES, 1,
	  1, cmd_flow_resume },
	{ "flow move", "INSTANCE FROM TO", "move a process from one node to another",
	  "flow move ID wait check", no_options, WRITES, 3, 3, cmd_flow_move },
	{ "flow migrate", "PROCESS", "let processes at work go on by another version",
	  "flow migrate invoice --map check=check_again --dry-run", migrate_options, WRITES, 1, 1,
	  cmd_flow_migrate },
	{ "flow history", "INSTANCE", "tell what happened to a process, by the log", "flow history ID",
	  no_options, READS, 1, 1, cmd_flow_history },
	{ "flow figures", "PROCESS", "count visits and cycle times of each node of a process",
	  "flow figures invoice", figure_options, READS, 1, 1, cmd_flow_figures },
	{ "flow heat", "PROCESS", "draw a process with these figures as a heat map",
	  "flow heat invoice -o heat.svg", figure_options, READS, 1, 1, cmd_flow_heat },
	{ "flow replay", "INSTANCE", "rebuild a process from the log and compare", "flow replay ID",
	  no_options, READS, 1, 1, cmd_flow_replay },
	{ "flow render", "INSTANCE", "draw a process with the path taken", "flow render ID -o path.svg",
	  output_options, READS, 1, 1, cmd_flow_render },
	{ "flow comment", "INSTANCE TEXT", "say something about a process", "flow comment ID 'call back on Monday'",
	  no_options, WRITES, 2, 2, cmd_flow_comment },
	{ "flow retain", "", "erase what processes that have ended keep of contents and persons",
	  "flow retain --days 365", retain_options, WRITES, 0, 0, cmd_flow_retain },
	{ "flow comments", "INSTANCE", "list what was said about a process and its tasks", "flow comments ID",
	  no_options, READS, 1, 1, cmd_flow_comments },
	{ "task list", "", "list the tasks that are for me", "task list --order due --as m.weber",
	  tasks_options, READS, 0, 0, cmd_task_list },
	{ "task show", "TASK", "show a task", "task show ID", no_options, READS, 1, 1, cmd_task_show },
	{ "task claim", "TASK", "take a task on", "task claim ID", no_options, WRITES, 1, 1, cmd_task_claim },
	{ "task unclaim", "TASK", "let a task go that I have taken on", "task unclaim ID", no_options, WRITES,
	  1, 1, cmd_task_unclaim },
	{ "task complete", "TASK...", "complete a task, or several at once",
	  "task complete ID --variables '{\"approved\":true}'", variable_options, WRITES, 1, -1,
	  cmd_task_complete },
	{ "task form", "TASK", "show what a task asks for", "task form ID", no_options, READS, 1, 1,
	  cmd_task_form },
	{ "task check", "TASK", "try what is filled in against what a task asks for",
	  "task check ID --variables '{\"amount\":10}'", variable_options, READS, 1, 1, cmd_task_check },
	{ "task comment", "TASK TEXT", "say something about a task", "task comment ID 'call back on Monday'",
	  no_options, WRITES, 2, 2, cmd_task_comment },
	{ "task comments", "TASK", "list what was said about a task", "task comments ID", no_options, READS,
	  1, 1, cmd_task_comments },
	{ "task escalate", "TASK ACTOR", "let somebody see a task and take it over",
	  "task escalate ID amtsleitung", no_options, WRITES, 2, 2, cmd_task_escalate },
	{ "task delegate", "TASK ACTOR", "hand a task to another person", "task delegate ID a.yilmaz",
	  no_options, WRITES, 2, 2, cmd_task_delegate },
	{ "task resolve", "TASK", "tell the owner that a delegated task is through",
	  "task resolve ID --variables '{\"opinion\":\"agreed\"}'", variable_options, WRITES, 1, 1,
	  cmd_task_resolve },
	{ "task return", "TASK", "give a task back", "task return ID", no_options, WRITES, 1, 1,
	  cmd_task_return },
	{ "task route", "TASK", "show the sign-off list of a task", "task route ID", no_options,
	  READS, 1, 1, cmd_task_route },
	{ "task route-insert", "TASK ACTOR", "put one more entry on a sign-off list",
	  "task route-insert ID kaemmerei --instruction co-sign --behind 3", insert_options, WRITES, 2, 2,
	  cmd_task_route_insert },
	{ "task route-remove", "TASK N", "take an entry off a sign-off list", "task route-remove ID 4",
	  no_options, WRITES, 2, 2, cmd_task_route_remove },
	{ "task route-move", "TASK N", "move an entry of a sign-off list",
	  "task route-move ID 4 --beside 6", place_options, WRITES, 2, 2, cmd_task_route_move },
	{ "task send-back", "TASK REASON", "send a sign-off list back to who had it before",
	  "task send-back ID 'the annex is missing' --to 1", back_options, WRITES, 2, 2,
	  cmd_task_send_back },
	{ "task refuse", "TASK REASON", "refuse: the sign-off list ends",
	  "task refuse ID 'no funds'", no_options, WRITES, 2, 2, cmd_task_refuse },
	{ "task remind", "TASK TIME", "set a reminder of a task, or an escalation",
	  "task remind ID 'due-2 office-days' --to amtsleitung --priority 80", remind_options, WRITES, 2, 2,
	  cmd_task_remind },
	{ "task reminders", "TASK", "show the reminders of a task", "task reminders ID", no_options,
	  READS, 1, 1, cmd_task_reminders },
	{ "task unremind", "TASK N", "take a reminder back", "task unremind ID 2", no_options, WRITES, 2, 2,
	  cmd_task_unremind },
	{ "task update", "TASK", "change dates and priority of a task",
	  "task update ID --follow-up 2026-05-04 --priority 80", update_options, WRITES, 1, 1,
	  cmd_task_update },
	{ "export", "OBJECT", "write a dossier, case or document as a package",
	  "export 031-0001 --format zip -o dossier.zip", export_options, WRITES, 1, 1, cmd_export },
	{ "events", "", "list the log: when and what; with --as who did it and about what", "events --since 100 --json",
	  events_options, COMMAND_STORE | COMMAND_READ_ONLY | COMMAND_MAY_ACT, 0, 0, cmd_events },
	{ "audit verify", "", "verify every chain of the log", "audit verify", no_options,
	  COMMAND_STORE | COMMAND_READ_ONLY, 0, 0, cmd_audit_verify },
	{ "audit anchor", "", "write a checkpoint over the whole log, to be kept elsewhere",
	  "audit anchor", no_options, COMMAND_STORE | COMMAND_WRITES, 0, 0, cmd_audit_anchor },
	{ "audit prove", "POSITION", "prove that an entry is in the log", "audit prove 17", no_options,
	  COMMAND_STORE | COMMAND_READ_ONLY, 1, 1, cmd_audit_prove },
	{ "fsck", "", "check every row, content and log entry", "fsck --repair --second /backup/store",
	  fsck_options, COMMAND_STORE | COMMAND_WRITES, 0, 0, cmd_fsck },
	{ "doctor", "", "check store and surroundings, say what to do", "doctor", no_options,
	  COMMAND_STORE | COMMAND_READ_ONLY, 0, 0, cmd_doctor },
	{ "stats", "", "count what is in the store", "stats --json", no_options,
	  COMMAND_STORE | COMMAND_READ_ONLY, 0, 0, cmd_stats },
	{ "backup", "DIR", "write a consistent copy of the store in use", "backup /backup/2026-03-02",
	  no_options, COMMAND_STORE | COMMAND_WRITES, 1, 1, cmd_backup },
	{ "restore", "BACKUP DIR", "make a store out of a backup",
	  "restore /backup/2026-03-02 /srv/store", no_options, COMMAND_WRITES, 2, 2, cmd_restore },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL },
};
