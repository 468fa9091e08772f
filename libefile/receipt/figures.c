/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Figures of the receipt: how much, how long, why not, and what became of discounts. Counts come out of the
 * database; money is added up row by row, exactly; times are those of the tasks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receipt/record.h"

enum {
	CURRENCIES = 32,
	MONTHS = 1200,
	GROUP = 10,         /* times of fewer tasks than that would tell of persons */
	RULES_SHOWN = 20
};

typedef struct count_sum {
	int64_t count;
	efile_decimal sum;
} count_sum;

typedef struct money {
	char currency[8];
	count_sum received, open, overdue, paid;
	count_sum won, lost, possible, assumed;
} money;

typedef struct month {
	char name[8];
	int64_t received, open, paid, refused, other;
} month;

typedef struct rule_count {
	char *rule;
	int64_t count;
} rule_count;

typedef struct work {
	efile_ctx *ctx;
	efile_store *store;
	char from[EFILE_DATE_TEXT_SIZE], to[EFILE_DATE_TEXT_SIZE], today[EFILE_DATE_TEXT_SIZE];
	int64_t states[RECEIPT_SUPERSEDED + 1];
	money moneys[CURRENCIES];
	size_t money_count;
	month *months;
	size_t month_count, month_capacity;
	rule_count *rules;
	size_t rule_count, rule_capacity;
	json_writer w;
} work;

static void work_clear(work *k)
{
	for (size_t i = 0; i < k->rule_count; i++)
		free(k->rules[i].rule);
	free(k->rules);
	free(k->months);
}

void efile_receipt_figures_options_init(efile_receipt_figures_options *options)
{
	if (!options)
		return;
	memset(options, 0, sizeof(*options));
	options->size = sizeof(*options);
}

/* ---- throughput ---- */

static efile_status month_of(month **out, work *k, const char *name)
{
	void *months = k->months;

	if (!k->month_count || strcmp(k->months[k->month_count - 1].name, name) != 0) {
		if (k->month_count == MONTHS)
			return FAIL(k->ctx, EFILE_E_LIMIT, 2965, "figures of more than %d months", MONTHS);
		TRY(mem_grow(k->ctx, &months, &k->month_capacity, k->month_count, sizeof(month)));
		k->months = months;
		k->months[k->month_count] = (month){ .received = 0 };
		snprintf(k->months[k->month_count++].name, sizeof((*out)->name), "%.7s", name);
	}
	*out = &k->months[k->month_count - 1];
	return EFILE_OK;
}

static efile_status take_month(void *user, const char *name, int64_t state, int64_t count)
{
	work *k = user;
	month *m = NULL;

	TRY(month_of(&m, k, name ? name : ""));
	if (state > 0 && state <= RECEIPT_SUPERSEDED)
		k->states[state] += count;
	m->received += count;
	if (state == RECEIPT_OPEN || state == RECEIPT_HANDED_OVER)
		m->open += count;
	else if (state == RECEIPT_PAID)
		m->paid += count;
	else if (state == RECEIPT_RETURNED || state == RECEIPT_REJECTED)
		m->refused += count;
	else
		m->other += count;
	return EFILE_OK;
}

static void put_throughput(work *k)
{
	int64_t all = 0;

	for (int state = RECEIPT_OPEN; state <= RECEIPT_SUPERSEDED; state++)
		all += k->states[state];
	json_put_int(&k->w, "received", all);
	json_key(&k->w, "states");
	json_object(&k->w);
	for (int state = RECEIPT_OPEN; state <= RECEIPT_SUPERSEDED; state++)
		json_put_int(&k->w, receipt_state_name(state), k->states[state]);
	json_end_object(&k->w);
	json_key(&k->w, "months");
	json_array(&k->w);
	for (size_t i = 0; i < k->month_count; i++) {
		const month *m = &k->months[i];

		json_object(&k->w);
		json_put_text(&k->w, "month", m->name);
		json_put_int(&k->w, "received", m->received);
		json_put_int(&k->w, "open", m->open);
		json_put_int(&k->w, "paid", m->paid);
		json_put_int(&k->w, "refused", m->refused);
		json_put_int(&k->w, "other", m->other);
		json_end_object(&k->w);
	}
	json_end_array(&k->w);
}

/* ---- money ---- */

static efile_status money_of(money **out, work *k, const char *currency)
{
	for (size_t i = 0; i < k->money_count; i++)
		if (strcmp(k->moneys[i].currency, currency) == 0) {
			*out = &k->moneys[i];
			return EFILE_OK;
		}
	if (k->money_count == CURRENCIES)
		return FAIL(k->ctx, EFILE_E_LIMIT, 2966, "figures of more than %d currencies", CURRENCIES);
	*out = &k->moneys[k->money_count++];
	snprintf((*out)->currency, sizeof((*out)->currency), "%.7s", currency);
	return EFILE_OK;
}

static efile_status add(count_sum *to, efile_decimal amount)
{
	to->count++;
	return efile_decimal_add(&to->sum, to->sum, amount);
}

/* Won or lost once it is paid, or its days are over; of what is not to be paid there is none. */
static efile_status take_discount(work *k, money *m, const money_row *row)
{
	bool waits = row->state == RECEIPT_OPEN || row->state == RECEIPT_HANDED_OVER;
	efile_decimal discount;

	if (!receipt_amount(&discount, row->discount) || !row->discount_until ||
	    (!waits && row->state != RECEIPT_PAID))
		return EFILE_OK;
	if (row->assumed)
		TRY(add(&m->assumed, discount));
	if (waits && strcmp(row->discount_until, k->today) >= 0)
		return add(&m->possible, discount);
	return add(!waits && receipt_discount_won(row) ? &m->won : &m->lost, discount);
}

static efile_status take_money(void *user, const money_row *row)
{
	work *k = user;
	bool waits = row->state == RECEIPT_OPEN || row->state == RECEIPT_HANDED_OVER;
	efile_decimal amount, paid;
	money *m = NULL;

	TRY(money_of(&m, k, row->currency ? row->currency : ""));
	receipt_amount(&amount, row->amount);
	if (str_equal(row->kind, "credit_note") && efile_decimal_sign(amount) > 0)
		amount = efile_decimal_negate(amount);
	TRY(add(&m->received, amount));
	if (waits)
		TRY(add(&m->open, amount));
	if (waits && row->pay_by && strcmp(row->pay_by, k->today) < 0)
		TRY(add(&m->overdue, amount));
	if (row->state == RECEIPT_PAID) {
		receipt_amount(&paid, row->paid_amount);
		TRY(add(&m->paid, paid));
	}
	return take_discount(k, m, row);
}

static void put_sum(work *k, const char *key, const count_sum *s)
{
	json_key(&k->w, key);
	json_object(&k->w);
	json_put_int(&k->w, "count", s->count);
	json_key(&k->w, "amount");
	json_decimal(&k->w, s->sum);
	json_end_object(&k->w);
}

static void put_money(work *k)
{
	json_key(&k->w, "money");
	json_array(&k->w);
	for (size_t i = 0; i < k->money_count; i++) {
		const money *m = &k->moneys[i];

		json_object(&k->w);
		json_put_text(&k->w, "currency", m->currency);
		put_sum(k, "received", &m->received);
		put_sum(k, "open", &m->open);
		put_sum(k, "overdue", &m->overdue);
		put_sum(k, "paid", &m->paid);
		put_sum(k, "discount_won", &m->won);
		put_sum(k, "discount_lost", &m->lost);
		put_sum(k, "discount_possible", &m->possible);
		put_sum(k, "discount_assumed", &m->assumed);
		json_end_object(&k->w);
	}
	json_end_array(&k->w);
}

/* ---- times of the steps ---- */

static efile_status put_step(void *user, const flow_step_time *step)
{
	work *k = user;
	bool told = step->ended >= GROUP;

	json_object(&k->w);
	json_put_text(&k->w, "node", step->node);
	json_put_text(&k->w, "name", step->name);
	json_put_int(&k->w, "open", step->open);
	json_put_int(&k->w, "ended", step->ended);
	json_key(&k->w, "median");
	told ? json_int(&k->w, step->median / 1000000) : json_null(&k->w);
	json_key(&k->w, "p90");
	told ? json_int(&k->w, step->p90 / 1000000) : json_null(&k->w);
	json_end_object(&k->w);
	return EFILE_OK;
}

/* Days of the period as times of UTC. */
static efile_time begin_of(const char *day, int64_t days_later)
{
	efile_date date;

	if (efile_date_parse(&date, day) != EFILE_OK)
		return 0;
	return (date_to_days(date) + days_later) * INT64_C(86400000000);
}

static efile_status put_steps(work *k)
{
	json_key(&k->w, "steps");
	json_array(&k->w);
	TRY(flow_step_times(k->store, "receipt", begin_of(k->from, 0), begin_of(k->to, 1), put_step, k));
	json_end_array(&k->w);
	return EFILE_OK;
}

/* ---- reasons ---- */

static efile_status count_rule(work *k, const char *rule, size_t length, int64_t count)
{
	void *rules = k->rules;

	for (size_t i = 0; i < k->rule_count; i++)
		if (strlen(k->rules[i].rule) == length && strncmp(k->rules[i].rule, rule, length) == 0) {
			k->rules[i].count += count;
			return EFILE_OK;
		}
	TRY(mem_grow(k->ctx, &rules, &k->rule_capacity, k->rule_count, sizeof(rule_count)));
	k->rules = rules;
	TRY(mem_dup_bytes(&k->rules[k->rule_count].rule, k->ctx, rule, length));
	k->rules[k->rule_count++].count = count;
	return EFILE_OK;
}

static efile_status take_rules(void *user, const char *list, int64_t count)
{
	work *k = user;

	while (list && *list) {
		size_t length = strcspn(list, " ");

		if (length)
			TRY(count_rule(k, list, length, count));
		list += length + (list[length] == ' ');
	}
	return EFILE_OK;
}

static int by_count(const void *a, const void *b)
{
	const rule_count *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->rule, y->rule);
}

static void put_rules(work *k)
{
	if (k->rule_count)
		qsort(k->rules, k->rule_count, sizeof(*k->rules), by_count);
	json_key(&k->w, "rules");
	json_array(&k->w);
	for (size_t i = 0; i < k->rule_count && i < RULES_SHOWN; i++) {
		json_object(&k->w);
		json_put_text(&k->w, "rule", k->rules[i].rule);
		json_put_int(&k->w, "invoices", k->rules[i].count);
		json_end_object(&k->w);
	}
	json_end_array(&k->w);
}

static efile_status put_supplier(void *user, const char *name, int64_t received, int64_t returned,
				 int64_t rejected)
{
	work *k = user;

	json_object(&k->w);
	json_put_text(&k->w, "seller", name);
	json_put_int(&k->w, "received", received);
	json_put_int(&k->w, "returned", returned);
	json_put_int(&k->w, "rejected", rejected);
	json_end_object(&k->w);
	return EFILE_OK;
}

static efile_status put_suppliers(work *k)
{
	json_key(&k->w, "suppliers");
	json_array(&k->w);
	TRY(figures_by_supplier(k->store, k->from, k->to, put_supplier, k));
	json_end_array(&k->w);
	return EFILE_OK;
}

/* ---- all together ---- */

static efile_status take_day(char out[EFILE_DATE_TEXT_SIZE], efile_ctx *ctx, const char *day,
			     const char *fallback)
{
	efile_date date;

	if (day && efile_date_parse(&date, day) != EFILE_OK)
		return FAIL(ctx, EFILE_E_INVALID, 3131, "not a day: '%.40s'", day);
	snprintf(out, EFILE_DATE_TEXT_SIZE, "%s", day ? day : fallback);
	return EFILE_OK;
}

static efile_status put_all(work *k, const efile_receipt_figures_options *o)
{
	TRY(figures_by_month(k->store, k->from, k->to, take_month, k));
	TRY(figures_each(k->store, k->from, k->to, take_money, k));
	TRY(figures_by_rule(k->store, k->from, k->to, take_rules, k));
	json_object(&k->w);
	json_put_text(&k->w, "schema", "efile.receipt_figures.v1");
	json_put_text(&k->w, "from", o->from);
	json_put_text(&k->w, "to", o->to);
	json_put_text(&k->w, "today", k->today);
	put_throughput(k);
	put_money(k);
	TRY(put_steps(k));
	put_rules(k);
	TRY(put_suppliers(k));
	json_end_object(&k->w);
	return EFILE_OK;
}

efile_status efile_receipt_figures(char **out, efile_session *session,
				   const efile_receipt_figures_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(buf) text = BUF_INIT;
	AUTO(work) k = { .ctx = NULL };
	efile_receipt_figures_options o;

	TRY(session_enter(&call, session));
	k.ctx = session_ctx(session);
	k.store = session_store(session);
	efile_receipt_figures_options_init(&o);
	TRY(options_import(k.ctx, &o, sizeof(o), options));
	if (!out)
		return FAIL(k.ctx, EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(take_day(k.from, k.ctx, o.from, "0001-01-01"));
	TRY(take_day(k.to, k.ctx, o.to, "9999-12-31"));
	TRY(session_begin_read(&tx, session));
	TRY(receipt_require(session, "figures"));
	receipt_today(k.today, session);
	json_begin(&k.w, &text);
	TRY(put_all(&k, &o));
	return buf_take(out, &text, k.ctx);
}
