/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File names for exports: made of titles, subjects and names that anybody may have chosen. */
#include "archive/archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAME_MOST = 150,      /* leaves room for a long folder within Windows' 260 */
	EXTENSION_MOST = 16,
	SUFFIX_MOST = 16
};

/* ---- characters ---- */

/* Control, format and invisible characters, with the bidirectional ones that let "gpj.exe" look like
 * "exe.jpg" (Unicode categories Cc, Cf, Zl, Zp and the tags). */
static bool is_invisible(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} rows[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x600, 0x605 }, { 0x61c, 0x61c },
		{ 0x6dd, 0x6dd }, { 0x70f, 0x70f }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, { 0xfffe, 0xffff }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (c >= rows[i].first && c <= rows[i].last)
			return true;
	return false;
}

static bool is_space(uint32_t c)
{
	return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

static void add_safe(buf *out, uint32_t c)
{
	if (c == '\t' || c == '\n' || c == '\r' || is_space(c))
		buf_add_char(out, ' ');
	else if (c < 0x80 && strchr("/\\:*?\"<>|", (int)c) && c)
		buf_add_char(out, '_');
	else if (!is_invisible(c))
		str_utf8_add(out, c);
}

static efile_status clean(buf *out, efile_ctx *ctx, const char *given)
{
	AUTO(buf) composed = BUF_INIT;
	AUTO(buf) valid = BUF_INIT;
	const char *at;
	size_t left, used;
	uint32_t c;

	archive_name_decode(&valid, given, strlen(given));
	TRY(buf_status(&valid, ctx));
	TRY(str_nfc(&composed, ctx, buf_text(&valid), valid.length));
	at = buf_text(&composed);
	left = composed.length;
	for (; (used = str_utf8_next(&c, at, left)) > 0; at += used, left -= used)
		add_safe(out, c);
	return buf_status(out, ctx);
}

/* ---- the whole name ---- */

/* A leading dash is an option to a command, a leading dot hides the file, and Windows drops
 * trailing dots and blanks. */
static void trim(buf *name)
{
	size_t from = strspn(buf_text(name), "-. ");

	if (from)
		memmove(name->data, name->data + from, name->length - from + 1);
	name->length -= from;
	while (name->length > 0 && strchr(". ", name->data[name->length - 1]))
		name->data[--name->length] = '\0';
}

/* Windows takes "con.txt" and "NUL .pdf" for devices, whatever follows. */
static bool is_device(const char *name)
{
	static const char *const plain[] = { "con", "prn", "aux", "nul", "conin$", "conout$" };
	static const char *const numbered[] = { "com", "lpt" };
	static const char *const digits[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
					      "\xc2\xb9", "\xc2\xb2", "\xc2\xb3" };
	size_t length = strcspn(name, ".");

	while (length > 0 && name[length - 1] == ' ')
		length--;
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (length == strlen(plain[i]) && str_ascii_ncasecmp(name, plain[i], length) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(numbered); i++)
		for (size_t k = 0; k < ARRAY_SIZE(digits); k++)
			if (length == 3 + strlen(digits[k]) &&
			    str_ascii_ncasecmp(name, numbered[i], 3) == 0 &&
			    memcmp(name + 3, digits[k], length - 3) == 0)
				return true;
	return false;
}

/* The last dot with what follows, if that is short; else the end. */
static size_t extension_at(const char *name, size_t length)
{
	const char *dot = strrchr(name, '.');

	if (!dot || dot == name || length - (size_t)(dot - name) > EXTENSION_MOST)
		return length;
	return (size_t)(dot - name);
}

/* Stem, suffix, extension in at most NAME_MOST bytes; the stem gives way, between characters. */
static efile_status assemble(buf *out, efile_ctx *ctx, const buf *name, unsigned number)
{
	size_t dot = extension_at(name->data, name->length), stem = dot, used;
	char suffix[SUFFIX_MOST] = "";

	if (number > 1)
		snprintf(suffix, sizeof(suffix), " (%u)", number);
	used = strlen(suffix) + name->length - dot;
	if (stem > NAME_MOST - used) {
		stem = NAME_MOST - used;
		while (stem > 0 && ((unsigned char)name->data[stem] & 0xc0) == 0x80)
			stem--;
		while (stem > 1 && strchr(". ", name->data[stem - 1]))
			stem--;
	}
	buf_add(out, name->data, stem);
	buf_add_text(out, suffix);
	buf_add(out, name->data + dot, name->length - dot);
	return buf_status(out, ctx);
}

/* ---- what was given out ---- */

void archive_names_clear(archive_names *names)
{
	for (size_t i = 0; i < names->size; i++)
		free(names->slots[i].key);
	free(names->slots);
	*names = (archive_names)ARCHIVE_NAMES_INIT;
}

/* FNV-1a; the slot of a key, or the free one where it belongs. */
static struct archive_name_slot *find_slot(const archive_names *names, const char *key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t at;

	for (const char *c = key; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	at = (size_t)hash & (names->size - 1);
	while (names->slots[at].key && strcmp(names->slots[at].key, key) != 0)
		at = (at + 1) & (names->size - 1);
	return &names->slots[at];
}

static efile_status make_room(archive_names *names, efile_ctx *ctx)
{
	archive_names grown = { NULL, names->count, names->size ? names->size * 2 : 64 };

	if (names->count * 2 < names->size)
		return EFILE_OK;
	grown.slots = mem_new(ctx, grown.size * sizeof(*grown.slots));
	if (!grown.slots)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < names->size; i++)
		if (names->slots[i].key)
			*find_slot(&grown, names->slots[i].key) = names->slots[i];
	free(names->slots);
	*names = grown;
	return EFILE_OK;
}

/* Takes a name if nobody has it. */
static efile_status claim(bool *taken, archive_names *names, efile_ctx *ctx, const buf *name)
{
	AUTO(buf) key = BUF_INIT;
	struct archive_name_slot *slot;

	TRY(make_room(names, ctx));
	TRY(str_fold(&key, ctx, buf_text(name), name->length));
	slot = find_slot(names, buf_text(&key));
	*taken = !slot->key;
	if (!*taken)
		return EFILE_OK;
	TRY(buf_take(&slot->key, &key, ctx));
	slot->next = 2;
	names->count++;
	return EFILE_OK;
}

static efile_status next_number(unsigned **out, const archive_names *names, efile_ctx *ctx,
				const buf *name)
{
	AUTO(buf) key = BUF_INIT;

	TRY(str_fold(&key, ctx, buf_text(name), name->length));
	*out = &find_slot(names, buf_text(&key))->next;
	return EFILE_OK;
}

efile_status archive_safe_name(char **out, efile_ctx *ctx, archive_names *names, const char *given)
{
	AUTO(buf) name = BUF_INIT;
	AUTO(buf) first = BUF_INIT;
	AUTO(buf) chosen = BUF_INIT;
	bool taken = false;

	TRY(clean(&name, ctx, given));
	trim(&name);
	if (name.length == 0 || is_device(buf_text(&name))) {
		AUTO(buf) marked = BUF_INIT;

		buf_add_char(&marked, '_');
		buf_add(&marked, buf_text(&name), name.length);
		TRY(buf_status(&marked, ctx));
		buf_clear(&name);
		name = marked;
		marked = (buf)BUF_INIT;
	}
	TRY(assemble(&first, ctx, &name, 1));
	TRY(claim(&taken, names, ctx, &first));
	if (taken)
		return buf_take(out, &first, ctx);
	while (!taken) {
		unsigned *next;

		TRY(next_number(&next, names, ctx, &first));
		buf_reset(&chosen);
		TRY(assemble(&chosen, ctx, &name, (*next)++));
		TRY(claim(&taken, names, ctx, &chosen));
	}
	return buf_take(out, &chosen, ctx);
}
