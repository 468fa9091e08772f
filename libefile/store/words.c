/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What entries of the log say to people: "case opened" for case.created. The German texts stand in
 * po/store.de.po. Steps of the machinery are marked: a timeline for clerks leaves them out. */
#include <string.h>

#include "store/inner.h"

static const struct {
	journal_action action;
	const char *english;
	bool machine;
} words[] = {
	{ JOURNAL_STORE_CREATED, "store made", false },
	{ JOURNAL_CHECKPOINT, "checkpoint written over the log", true },
	{ JOURNAL_REPAIRED, "store repaired", false },
	{ JOURNAL_MIGRATED, "store brought to a newer format", false },
	{ JOURNAL_BACKED_UP, "backup written", false },
	{ JOURNAL_ERASED, "contents erased", false },
	{ JOURNAL_ACTOR_CREATED, "person or unit entered", false },
	{ JOURNAL_ACTOR_CHANGED, "person or unit changed", false },
	{ JOURNAL_MEMBER_ADDED, "membership given", false },
	{ JOURNAL_MEMBER_REMOVED, "membership ended", false },
	{ JOURNAL_DEPUTY_ADDED, "deputy named", false },
	{ JOURNAL_DEPUTY_REMOVED, "substitution ended", false },
	{ JOURNAL_ACCESS_CHANGED, "rights changed", false },
	{ JOURNAL_ACCESS_REFUSED, "access refused", false },
	{ JOURNAL_ACCESS_READ, "marked file read", false },
	{ JOURNAL_BREAK_GLASS, "emergency access used", false },
	{ JOURNAL_LOGIN_CHANGED, "login permitted or withdrawn", false },
	{ JOURNAL_ABSENCE_CHANGED, "absence entered", false },
	{ JOURNAL_PLAN_CREATED, "unit of the filing plan made", false },
	{ JOURNAL_PLAN_CHANGED, "unit of the filing plan changed", false },
	{ JOURNAL_DOSSIER_CREATED, "dossier opened", false },
	{ JOURNAL_CASE_CREATED, "case opened", false },
	{ JOURNAL_DOCUMENT_FILED, "document filed", false },
	{ JOURNAL_VERSION_ADDED, "new version filed", false },
	{ JOURNAL_RENDITION_ADDED, "rendition added", true },
	{ JOURNAL_NODE_CHANGED, "changed", false },
	{ JOURNAL_NODE_MOVED, "moved", false },
	{ JOURNAL_NODE_CLOSED, "closed and filed away", false },
	{ JOURNAL_NODE_REOPENED, "opened again", false },
	{ JOURNAL_NODE_TRASHED, "put in the trash", false },
	{ JOURNAL_NODE_RESTORED, "taken out of the trash", false },
	{ JOURNAL_RELATION_ADDED, "related to another file", false },
	{ JOURNAL_RELATION_REMOVED, "relation removed", false },
	{ JOURNAL_LOCKED, "checked out", false },
	{ JOURNAL_UNLOCKED, "checked in", false },
	{ JOURNAL_DOCTYPE_CHANGED, "document type defined", false },
	{ JOURNAL_RENUMBERED, "new reference number", false },
	{ JOURNAL_FLOW_DEPLOYED, "process definition deployed", false },
	{ JOURNAL_FLOW_STARTED, "process started", false },
	{ JOURNAL_TASK_CLAIMED, "task taken on", false },
	{ JOURNAL_TASK_COMPLETED, "task completed", false },
	{ JOURNAL_TASK_DELEGATED, "task handed on", false },
	{ JOURNAL_TASK_RETURNED, "task given back", false },
	{ JOURNAL_JOB_DONE, "step of a program done", true },
	{ JOURNAL_JOB_FAILED, "step of a program failed", false },
	{ JOURNAL_FLOW_CANCELLED, "process ended before its end", false },
	{ JOURNAL_INCIDENT, "process is held up", false },
	{ JOURNAL_FLOW_RETRIED, "tried again", false },
	{ JOURNAL_FLOW_MESSAGE, "message received by the process", true },
	{ JOURNAL_FLOW_SIGNAL, "signal to processes", true },
	{ JOURNAL_FLOW_TIMER, "date reached", true },
	{ JOURNAL_FLOW_RETURNED, "sub-process ended", true },
	{ JOURNAL_FLOW_SUSPENDED, "process held", false },
	{ JOURNAL_FLOW_RESUMED, "process goes on", false },
	{ JOURNAL_FLOW_MOVED, "process moved to another step", false },
	{ JOURNAL_JOB_LEASED, "step taken by a program", true },
	{ JOURNAL_JOB_EXTENDED, "program asked for more time", true },
	{ JOURNAL_JOB_RELEASED, "step given back by a program", true },
	{ JOURNAL_JOB_DELAYED, "step of a program put off", true },
	{ JOURNAL_FLOW_MIGRATED, "process goes on by another version", false },
	{ JOURNAL_TASK_UNCLAIMED, "task let go", false },
	{ JOURNAL_TASK_RESOLVED, "handed-on task reported as done", false },
	{ JOURNAL_TASK_CHANGED, "task changed", false },
	{ JOURNAL_FLOW_COMMENTED, "remark made", false },
	{ JOURNAL_TASK_ESCALATED, "task escalated", false },
	{ JOURNAL_FLOW_CHANGED, "process changed", false },
	{ JOURNAL_FLOW_ROUTED, "sign-off list changed", false },
	{ JOURNAL_TASK_REMINDED, "reminded", true },
	{ JOURNAL_REMINDER_SET, "reminder set", false },
	{ JOURNAL_REMINDER_REMOVED, "reminder taken back", false },
	{ JOURNAL_INTAKE_RECEIVED, "letter received", false },
	{ JOURNAL_INTAKE_ANALYSED, "letter read by the parsers", true },
	{ JOURNAL_INTAKE_CLASSIFIED, "letter classified", true },
	{ JOURNAL_INTAKE_FILED, "letter filed", false },
	{ JOURNAL_INTAKE_QUARANTINED, "letter put in quarantine", false },
	{ JOURNAL_INTAKE_DUPLICATE, "letter came again", false },
	{ JOURNAL_INTAKE_REJECTED, "letter rejected", false },
	{ JOURNAL_INTAKE_CORRECTED, "entry of the intake journal corrected", false },
	{ JOURNAL_INTAKE_RULE_SET, "rule of the intake set", false },
	{ JOURNAL_INVOICE_CHECKED, "invoice checked", true },
	{ JOURNAL_INVOICE_REGISTERED, "invoice entered in the register", false },
	{ JOURNAL_INVOICE_LINKED, "invoice linked to another", false },
	{ JOURNAL_INVOICE_AUTHORISED, "payment authorised", false },
	{ JOURNAL_INVOICE_ENDED, "invoice settled or refused", false },
	{ JOURNAL_INVOICE_HANDED_OVER, "invoice handed over to the treasury", false },
	{ JOURNAL_INVOICE_SETTLED, "invoice paid", false },
	{ JOURNAL_SUPPLIER_CHANGED, "supplier changed", false },
	{ JOURNAL_RECEIPT_SET, "setting of the invoice receipt changed", false },
	{ JOURNAL_BATCH_MADE, "batch for the finance system made", false },
	{ JOURNAL_BATCH_WRITTEN, "batch written for the finance system", false },
	{ JOURNAL_POSTING_SENT, "posting sent", true },
	{ JOURNAL_POSTING_ACKNOWLEDGED, "posting acknowledged", false },
	{ JOURNAL_POSTING_VOID, "posting void", false },
	{ JOURNAL_EXPORTED, "exported", false },
	{ JOURNAL_FLOW_OBSERVED, "process waits to be begun by an event", true },
};

const char *journal_words(bool *machine, const char *action)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(journal_action_name(words[i].action), action) != 0)
			continue;
		*machine = words[i].machine;
		return words[i].english;
	}
	*machine = false;
	return action;
}
