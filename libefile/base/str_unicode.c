/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Normalisation (UAX #15), case folding and keys for search and German sorting. */
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#include "base/unicode_data.h"

/* Unicode 3.12, conjoining jamo. */
enum {
	HANGUL_S = 0xac00, HANGUL_L = 0x1100, HANGUL_V = 0x1161, HANGUL_T = 0x11a7,
	HANGUL_L_COUNT = 19, HANGUL_V_COUNT = 21, HANGUL_T_COUNT = 28,
	HANGUL_S_COUNT = HANGUL_L_COUNT * HANGUL_V_COUNT * HANGUL_T_COUNT
};

enum {
	FIRST_MARK = 0x300,       /* below it nothing decomposes in NFC and nothing combines */
	CLASS_ABOVE = 200,        /* classes from here on are marks around a letter: accents */
	CLASS_OVERLAY = 1
};

/* A character with its place: sorting the bare numbers of a run of marks is the canonical ordering,
 * stable and never quadratic. */
#define ITEM(class, place, character)                                                              \
	((uint64_t)(class) << 56 | (uint64_t)(place) << 21 | (character))
#define ITEM_CLASS(item) ((unsigned)((item) >> 56))
#define ITEM_CHARACTER(item) ((uint32_t)((item) & 0x1fffff))

typedef struct text {
	efile_ctx *ctx;
	uint64_t *items;
	size_t count, capacity;
	efile_status status;   /* sticks */
} text;

static void text_clear(text *t)
{
	free(t->items);
}

static int search(size_t *out, size_t count, int (*compare)(size_t row, const void *key),
		  const void *key)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(middle, key);

		if (order == 0) {
			*out = middle;
			return 1;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static int in_range(uint32_t first, uint32_t last, uint32_t c)
{
	return last < c ? -1 : first > c;
}

static int compare_class(size_t row, const void *key)
{
	return in_range(unicode_classes[row].first, unicode_classes[row].last,
			*(const uint32_t *)key);
}

static int compare_decomposition(size_t row, const void *key)
{
	uint32_t c = unicode_decompositions[row].character;

	return in_range(c, c, *(const uint32_t *)key);
}

static int compare_composition(size_t row, const void *key)
{
	const unicode_decomposition *d = &unicode_decompositions[unicode_compositions[row]];
	const uint32_t *pair = key;

	if (d->first != pair[0])
		return d->first < pair[0] ? -1 : 1;
	return d->second < pair[1] ? -1 : d->second > pair[1];
}

static int compare_run(size_t row, const void *key)
{
	return in_range(unicode_fold_runs[row].first, unicode_fold_runs[row].last,
			*(const uint32_t *)key);
}

static int compare_long(size_t row, const void *key)
{
	uint32_t c = unicode_fold_longs[row].character;

	return in_range(c, c, *(const uint32_t *)key);
}

static unsigned combining_class(uint32_t c)
{
	size_t row;

	if (c < FIRST_MARK || !search(&row, unicode_classes_count, compare_class, &c))
		return 0;
	return unicode_classes[row].value;
}

/* ---- taking apart ---- */

static void add_item(text *t, uint32_t c)
{
	if (t->status == EFILE_OK)
		t->status = mem_grow(t->ctx, (void **)&t->items, &t->capacity, t->count,
				     sizeof(*t->items));
	if (t->status == EFILE_OK) {
		t->items[t->count] = ITEM(combining_class(c), t->count, c);
		t->count++;
	}
}

static void add_hangul(text *t, uint32_t c)
{
	uint32_t s = c - HANGUL_S, tail = s % HANGUL_T_COUNT;

	add_item(t, HANGUL_L + s / (HANGUL_V_COUNT * HANGUL_T_COUNT));
	add_item(t, HANGUL_V + s / HANGUL_T_COUNT % HANGUL_V_COUNT);
	if (tail)
		add_item(t, HANGUL_T + tail);
}

/* Only a first part decomposes on, so a second one waits; no character has more than four. */
static void add_decomposed(text *t, uint32_t c)
{
	uint32_t waiting[4];
	size_t row, n = 0;

	if (c >= HANGUL_S && c < HANGUL_S + HANGUL_S_COUNT) {
		add_hangul(t, c);
		return;
	}
	while (c >= 0xc0 && n < ARRAY_SIZE(waiting) &&
	       search(&row, unicode_decompositions_count, compare_decomposition, &c)) {
		c = unicode_decompositions[row].first;
		if (unicode_decompositions[row].second)
			waiting[n++] = unicode_decompositions[row].second;
	}
	add_item(t, c);
	while (n > 0)
		add_item(t, waiting[--n]);
}

static void add_text(text *t, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		uint32_t c;

		i += str_utf8_next(&c, bytes + i, length - i);
		add_decomposed(t, c);
	}
}

static int compare_items(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* UAX #15 D109: marks between two starters are ordered by class. */
static void order_marks(text *t)
{
	for (size_t i = 0; i < t->count;) {
		size_t end = i;

		while (end < t->count && ITEM_CLASS(t->items[end]) != 0)
			end++;
		if (end - i > 1)
			qsort(t->items + i, end - i, sizeof(*t->items), compare_items);
		i = end + 1;
	}
}

/* ---- putting together ---- */

static bool compose_hangul(uint32_t *out, uint32_t first, uint32_t second)
{
	uint32_t s = first - HANGUL_S;

	if (first >= HANGUL_L && first < HANGUL_L + HANGUL_L_COUNT && second >= HANGUL_V &&
	    second < HANGUL_V + HANGUL_V_COUNT) {
		*out = HANGUL_S + ((first - HANGUL_L) * HANGUL_V_COUNT + (second - HANGUL_V)) *
					  HANGUL_T_COUNT;
		return true;
	}
	if (first >= HANGUL_S && s < HANGUL_S_COUNT && s % HANGUL_T_COUNT == 0 &&
	    second > HANGUL_T && second < HANGUL_T + HANGUL_T_COUNT) {
		*out = first + (second - HANGUL_T);
		return true;
	}
	return false;
}

static bool compose_pair(uint32_t *out, uint32_t first, uint32_t second)
{
	uint32_t pair[2] = { first, second };
	size_t row;

	if (compose_hangul(out, first, second))
		return true;
	if (second < FIRST_MARK ||
	    !search(&row, unicode_compositions_count, compare_composition, pair))
		return false;
	*out = unicode_decompositions[unicode_compositions[row]].character;
	return true;
}

/* UAX #15 D117: a mark joins the last starter unless one of its own class or higher stands between.
 * Works in place, since nothing grows. */
static void compose(text *t)
{
	size_t kept = 0, starter = SIZE_MAX;
	int last = -1;    /* class of what was kept behind the starter */

	for (size_t i = 0; i < t->count; i++) {
		uint32_t c = ITEM_CHARACTER(t->items[i]), whole;
		int class = (int)ITEM_CLASS(t->items[i]);

		if (starter != SIZE_MAX && last < class + (last == -1) &&
		    compose_pair(&whole, ITEM_CHARACTER(t->items[starter]), c)) {
			t->items[starter] = ITEM(0, starter, whole);
			continue;
		}
		if (class == 0) {
			starter = kept;
			last = -1;
		} else {
			last = class;
		}
		t->items[kept] = ITEM(class, kept, c);
		kept++;
	}
	t->count = kept;
}

static efile_status write_composed(buf *out, text *t)
{
	TRY(t->status);
	order_marks(t);
	compose(t);
	for (size_t i = 0; i < t->count; i++)
		str_utf8_add(out, ITEM_CHARACTER(t->items[i]));
	return buf_status(out, t->ctx);
}

/* All below U+0300: normalised already. */
static bool plainly_nfc(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		uint32_t c;

		i += str_utf8_next(&c, bytes + i, length - i);
		if (c >= FIRST_MARK)
			return false;
	}
	return true;
}

efile_status str_nfc(buf *out, efile_ctx *ctx, const char *bytes, size_t length)
{
	AUTO(text) t = { .ctx = ctx };

	if (plainly_nfc(bytes, length)) {
		buf_add(out, bytes, length);
		return buf_status(out, ctx);
	}
	add_text(&t, bytes, length);
	return write_composed(out, &t);
}

/* ---- keys ---- */

/* Letters that Unicode does not take apart, but that a reader looks for without their stroke. */
static const struct {
	uint32_t character;
	char letters[3];
} plain_letters[] = {
	{ 0xe6, "ae" }, { 0xf0, "d" }, { 0xf8, "o" }, { 0xfe, "th" }, { 0x111, "d" },
	{ 0x127, "h" }, { 0x131, "i" }, { 0x142, "l" }, { 0x153, "oe" }, { 0x167, "t" },
};

static void add_folded_letter(text *t, uint32_t c)
{
	unsigned class = combining_class(c);

	if (class >= CLASS_ABOVE || class == CLASS_OVERLAY)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(plain_letters); i++) {
		if (plain_letters[i].character != c)
			continue;
		for (const char *l = plain_letters[i].letters; *l; l++)
			add_item(t, (uint32_t)*l);
		return;
	}
	add_item(t, c);
}

/* Of a character that does not decompose. */
static void add_folded(text *t, uint32_t c)
{
	size_t row;

	if (c < 0x80) {
		add_item(t, (uint32_t)(unsigned char)str_ascii_lower((char)c));
	} else if (search(&row, unicode_fold_longs_count, compare_long, &c)) {
		for (int i = 0; i < 3 && unicode_fold_longs[row].to[i]; i++)
			add_folded_letter(t, unicode_fold_longs[row].to[i]);
	} else {
		if (search(&row, unicode_fold_runs_count, compare_run, &c) &&
		    (c - unicode_fold_runs[row].first) % unicode_fold_runs[row].step == 0)
			c = (uint32_t)((int32_t)c + unicode_fold_runs[row].distance);
		add_folded_letter(t, c);
	}
}

efile_status str_fold(buf *out, efile_ctx *ctx, const char *bytes, size_t length)
{
	AUTO(text) whole = { .ctx = ctx };
	AUTO(text) folded = { .ctx = ctx };

	add_text(&whole, bytes, length);
	TRY(whole.status);
	order_marks(&whole); /* the iota below becomes a letter: it must be last of the marks by then */
	for (size_t i = 0; i < whole.count; i++)
		add_folded(&folded, ITEM_CHARACTER(whole.items[i]));
	return write_composed(out, &folded);
}

/* DIN 5007-1: first the letters without umlaut and case; what is equal then is ordered by the text
 * itself, in which a stands before ä and ss before ß. */
efile_status str_sort_key_din5007(buf *out, efile_ctx *ctx, const char *bytes, size_t length)
{
	TRY(str_fold(out, ctx, bytes, length));
	buf_add_char(out, '\1');
	return str_nfc(out, ctx, bytes, length);
}
