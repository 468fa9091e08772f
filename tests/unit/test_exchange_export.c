/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exports: all that the actor may take out and nothing else, twice the same bytes, or an error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <efile/export.h>

#include "archive/archive.h"
#include "base/sha256.h"
#include "unit/desk_support.h"

#define BAG "10.24-0001/" /* the folder is named by the reference number */

typedef struct office {
	registry r;
	efile_document_id letter;
	efile_document_id secret;
} office;

static void add_version(office *o, const char *text)
{
	AUTO_PTR(efile_reader) content = NULL;
	efile_version_options v;

	efile_version_options_init(&v);
	efile_reader_from_memory(&content, o->r.town.ctx, text, strlen(text));
	TAP_EQUAL_INT(efile_document_add_version(NULL, o->r.weber, o->letter, 1, content, &v), EFILE_OK);
}

static void add_attachment(office *o, const char *name, const char *text)
{
	AUTO_PTR(efile_document) made = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_document_options d;

	efile_document_options_init(&d);
	d.title = "Anlage";
	d.file_name = name;
	d.media_type = "text/plain";
	efile_reader_from_memory(&content, o->r.town.ctx, text, strlen(text));
	TAP_EQUAL_INT(efile_document_add_attachment(&made, o->r.weber, o->letter, content, &d), EFILE_OK);
}

static void add_letter(office *o)
{
	static const efile_attribute value = { .name = "note", .value = "a < b & \"c\"" };
	AUTO_PTR(efile_document) made = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_document_options d;

	efile_document_options_init(&d);
	d.title = "Brief <1> Müller";
	d.text = "Text des Briefs";
	d.doctype = "note";
	d.attributes = &value;
	d.attribute_count = 1;
	efile_reader_from_memory(&content, o->r.town.ctx, "x", 1);
	TAP_EQUAL_INT(efile_case_add_document(&made, o->r.weber, o->r.case_id, content, &d), EFILE_OK);
	o->letter = efile_document_node_id(made);
}

static void office_setup(office *o)
{
	registry_setup(&o->r);
	TAP_EQUAL_INT(efile_doctype_define(o->r.town.admin, "note", "Notiz",
		"{\"fields\":[{\"name\":\"note\",\"datatype\":\"text\"}]}"), EFILE_OK);
	add_letter(o);
	add_version(o, "zweite Fassung");
	add_attachment(o, "../../etc/passwd", "a");
	add_attachment(o, "LISTE.TXT", "b");
	o->secret = registry_document(&o->r, o->r.case_id, "Vermerk", NULL, o->r.closed_list);
}

static void office_teardown(office *o)
{
	desk_fsck(o->r.town.store);
	registry_teardown(&o->r);
}

static efile_status export(buf *out, efile_session *session, efile_id id)
{
	AUTO_PTR(efile_writer) writer = NULL;

	TRY(writer_to_buf(&writer, session_ctx(session), out));
	return efile_export_write(session, id, writer, NULL);
}

/* ---- reading a package back ---- */

typedef struct wanted {
	efile_ctx *ctx;
	const char *name;     /* of the file to keep; NULL: none */
	buf text;             /* of that file */
	buf names;            /* of all, one a line */
	buf digests;          /* lines as in a manifest */
} wanted;

static efile_status look(const archive_item *item, efile_reader *content, void *user)
{
	wanted *w = user;
	unsigned char digest[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	AUTO(buf) all = BUF_INIT;

	TAP_EQUAL_INT(item->kind, ARCHIVE_FILE);
	TRY(reader_read_all(&all, w->ctx, content, 1 << 20, item->name));
	TRY(sha256(digest, w->ctx, buf_text(&all), all.length));
	buf_add_format(&w->names, "%s\n", item->name);
	buf_add_format(&w->digests, "%s  %s\n", str_hex(hex, digest, SHA256_SIZE), item->name);
	if (w->name && strcmp(item->name, w->name) == 0)
		buf_add(&w->text, buf_text(&all), all.length);
	return EFILE_OK;
}

static void open_package(wanted *w, efile_ctx *ctx, const buf *package, const char *name)
{
	archive_span span = { package->data, package->length };
	archive_source source = archive_from_memory(ctx, &span);

	*w = (wanted){ .ctx = ctx, .name = name, .text = BUF_INIT, .names = BUF_INIT, .digests = BUF_INIT };
	TAP_EQUAL_INT(archive_read(ctx, &source, look, w), EFILE_OK);
}

static void wanted_clear(wanted *w)
{
	buf_clear(&w->text);
	buf_clear(&w->names);
	buf_clear(&w->digests);
}

/* The text of one file of a package; "" if it has none of that name. malloc'd. */
static char *file_of(efile_ctx *ctx, const buf *package, const char *name)
{
	wanted w;
	char *text;

	open_package(&w, ctx, package, name);
	text = strdup(buf_text(&w.text));
	wanted_clear(&w);
	return text;
}

/* ---- what is in it ---- */

static void test_files(void)
{
	static const char *const names[] = {
		BAG "data/documents/0003-Brief _1_ Müller\n",
		BAG "data/documents/0003-v1-text-Brief _1_ Müller.txt\n",
		BAG "data/documents/0003-v2-original-Brief _1_ Müller\n",
		BAG "data/metadata.json\n", BAG "data/journal.jsonl\n", BAG "data/index.html\n",
		BAG "bagit.txt\n", BAG "bag-info.txt\n", BAG "manifest-sha256.txt\n",
		BAG "tagmanifest-sha256.txt\n",
	};
	AUTO(buf) package = BUF_INIT;
	wanted w;
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(export(&package, o.r.chief, o.r.dossier.id), EFILE_OK);
	open_package(&w, o.r.town.ctx, &package, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		tap_case(names[i]);
		TAP_OK(strstr(buf_text(&w.names), names[i]) != NULL);
	}
	TAP_OK(strstr(buf_text(&w.names), "../") == NULL && strstr(buf_text(&w.names), "etc/") == NULL);
	TAP_OK(strstr(buf_text(&w.names), "passwd") != NULL);
	wanted_clear(&w);
	office_teardown(&o);
}

/* RFC 8493: each payload file with its digest, and no other. */
static void test_manifest(void)
{
	AUTO(buf) package = BUF_INIT;
	AUTO_PTR(char) manifest = NULL;
	char *line, *rest = NULL;
	int count = 0;
	wanted w;
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(export(&package, o.r.chief, o.r.dossier.id), EFILE_OK);
	open_package(&w, o.r.town.ctx, &package, BAG "manifest-sha256.txt");
	manifest = strdup(buf_text(&w.text));
	for (line = strtok_r(manifest, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *expected = NULL;

		count++;
		TAP_OK(asprintf(&expected, "%.66s" BAG "%s\n", line, line + 66) > 0);
		TAP_OK(strstr(buf_text(&w.digests), expected) != NULL);
		free(expected);
	}
	TAP_EQUAL_INT(count, 3 + 3 + 2 + 1); /* letter and text, enclosures, note; three files about them */
	wanted_clear(&w);
	office_teardown(&o);
}

static void test_metadata(void)
{
	static const char *const parts[] = {
		"\"schema\":\"efile.export.v1\"", "\"parts_left_out\":false", "\"title\":\"Brief <1> Müller\"",
		"\"attributes\":{\"note\":\"a < b & \\\"c\\\"\"}", "\"reference\":\"10.24-0001/001-2026\"",
		"\"kind\":\"attachment\"", "\"version\":2", "\"role\":\"text\"", "\"closed\":null",
	};
	AUTO(buf) package = BUF_INIT;
	AUTO_PTR(char) text = NULL;
	AUTO_PTR(char) journal = NULL;
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(export(&package, o.r.chief, o.r.dossier.id), EFILE_OK);
	text = file_of(o.r.town.ctx, &package, BAG "data/metadata.json");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		tap_case(parts[i]);
		TAP_OK(strstr(text, parts[i]) != NULL);
	}
	journal = file_of(o.r.town.ctx, &package, BAG "data/journal.jsonl");
	TAP_OK(strstr(journal, "\"action\":\"document.filed\"") != NULL);
	TAP_OK(strstr(journal, "export.written") == NULL);
	office_teardown(&o);
}

static void test_page(void)
{
	static const struct {
		efile_language language;
		const char *parts[8];
	} rows[] = {
		{ EFILE_LANGUAGE_EN, { "<html lang=\"en\">", "Brief &lt;1&gt; Müller", "a &lt; b &amp; &quot;c&quot;",
				       "<th scope=\"row\">note</th>", "history", "m.weber",
				       "href=\"documents/0003-Brief%20_1_%20M%C3%BCller\"" } },
		{ EFILE_LANGUAGE_DE, { "<html lang=\"de\">", "Aktenzeichen", "10.24-0001/001-2026", "Verlauf" } },
	};
	office o;

	office_setup(&o);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(buf) package = BUF_INIT;
		AUTO_PTR(char) page = NULL;

		o.r.town.ctx->language = rows[i].language;
		TAP_EQUAL_INT(export(&package, o.r.chief, o.r.dossier.id), EFILE_OK);
		page = file_of(o.r.town.ctx, &package, BAG "data/index.html");
		for (size_t k = 0; rows[i].parts[k]; k++) {
			tap_case(rows[i].parts[k]);
			TAP_OK(strstr(page, rows[i].parts[k]) != NULL);
		}
		TAP_OK(strstr(page, "<script") == NULL && strstr(page, "http") == NULL);
	}
	o.r.town.ctx->language = EFILE_LANGUAGE_EN;
	office_teardown(&o);
}

/* Symptom: a title with an unclosed turn of direction (U+202E) turned the rest of its line. */
static void test_direction(void)
{
#define TURNED "Rechnung \xe2\x80\xaegnp.exe"
	AUTO_PTR(char) page = NULL;
	AUTO(buf) package = BUF_INIT;
	size_t turned = 0, isolated = 0;
	efile_dossier_id dossier;
	registry r;

	registry_setup(&r);
	dossier = registry_dossier(&r, r.unit, TURNED);
	TAP_EQUAL_INT(export(&package, r.chief, dossier.id), EFILE_OK);
	page = file_of(r.town.ctx, &package, "10.24-0002/data/index.html");
	for (const char *at = page; (at = strstr(at, "\xe2\x80\xae")) != NULL; at++)
		turned++;
	for (const char *at = page; (at = strstr(at, "<bdi>" TURNED "</bdi>")) != NULL; at++)
		isolated++;
	TAP_OK(isolated > 0);
	TAP_EQUAL_INT(turned, isolated);
	TAP_OK(strstr(page, "<title>Rechnung gnp.exe</title>") != NULL);
	registry_teardown(&r);
}


static void test_closed(void)
{
	AUTO(buf) package = BUF_INIT;
	AUTO_PTR(char) text = NULL;
	office o;

	office_setup(&o);
	test_tick(INT64_C(86400) * 1000000);
	TAP_EQUAL_INT(efile_case_close(o.r.weber, o.r.case_id, registry_revision(&o.r, o.r.case_id.id)),
		      EFILE_OK);
	TAP_EQUAL_INT(export(&package, o.r.chief, o.r.dossier.id), EFILE_OK);
	text = file_of(o.r.town.ctx, &package, BAG "data/metadata.json");
	TAP_OK(strstr(text, "\"closed\":\"2026-03-03T08:00:00") != NULL);
	free(text);
	text = file_of(o.r.town.ctx, &package, BAG "bag-info.txt"); /* dated by its content */
	TAP_OK(strstr(text, "Bagging-Date: 2026-03-03\n") != NULL);
	office_teardown(&o);
}

static void test_same_bytes(void)
{
	AUTO(buf) first = BUF_INIT;
	AUTO(buf) second = BUF_INIT;
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(export(&first, o.r.chief, o.r.dossier.id), EFILE_OK);
	test_tick(INT64_C(3600) * 1000000);
	TAP_EQUAL_INT(export(&second, o.r.chief, o.r.dossier.id), EFILE_OK);
	TAP_OK(first.length == second.length && memcmp(first.data, second.data, first.length) == 0);
	TAP_EQUAL_INT(town_logged(&o.r.town, "export.written", NULL), 2);
	office_teardown(&o);
}

/* A part of the tree: the folder takes the case's reference, whose slash separates no folders. */
static void test_parts(void)
{
	AUTO(buf) of_case = BUF_INIT;
	AUTO(buf) of_document = BUF_INIT;
	AUTO_PTR(char) text = NULL;
	wanted w;
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(export(&of_case, o.r.chief, o.r.case_id.id), EFILE_OK);
	text = file_of(o.r.town.ctx, &of_case, "10.24-0001-001-2026/bagit.txt");
	TAP_OK(text[0] != '\0');
	TAP_EQUAL_INT(export(&of_document, o.r.chief, o.letter.id), EFILE_OK);
	open_package(&w, o.r.town.ctx, &of_document, NULL);
	TAP_OK(str_starts_with(buf_text(&w.names), "Brief _1_ Müller/data/documents/0001-"));
	wanted_clear(&w);
	office_teardown(&o);
}

/* ---- who may ---- */

static void test_refusals(void)
{
	AUTO(buf) package = BUF_INIT;
	AUTO_PTR(efile_writer) writer = NULL;
	efile_export_options e;
	efile_id none = EFILE_ID_NONE;
	office o;
	int64_t before;

	office_setup(&o);
	before = town_logged(&o.r.town, "export.written", NULL);
	TAP_EQUAL_INT(export(&package, o.r.klein, o.r.dossier.id), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(export(&package, o.r.weber, o.r.dossier.id), EFILE_E_DENIED);
	TAP_EQUAL_INT(export(&package, o.r.chief, none), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_export_write(o.r.chief, o.r.dossier.id, NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(writer_to_buf(&writer, o.r.town.ctx, &package), EFILE_OK);
	TAP_EQUAL_INT(efile_export_write(NULL, o.r.dossier.id, writer, NULL), EFILE_E_INVALID);
	efile_export_options_init(&e);
	e.format = (efile_export_format)9;
	TAP_EQUAL_INT(efile_export_write(o.r.chief, o.r.dossier.id, writer, &e), EFILE_E_INVALID);
	e.size = 1;
	TAP_EQUAL_INT(efile_export_write(o.r.chief, o.r.dossier.id, writer, &e), EFILE_E_INVALID);
	TAP_EQUAL_INT(package.length, 0);
	TAP_EQUAL_INT(town_logged(&o.r.town, "export.written", NULL), before);
	office_teardown(&o);
}

/* A part that may be read but not taken out stays, with all below it; the package says so. */
static void test_left_out(void)
{
	AUTO(buf) package = BUF_INIT;
	AUTO_PTR(char) text = NULL;
	efile_access_entry open_to[2], shut_to[2];
	efile_plan_id unit;
	efile_dossier_id dossier;
	efile_case_id case_id;
	int64_t open_list = 0, shut_list = 0;
	office o;

	office_setup(&o);
	open_to[0] = (efile_access_entry){ o.r.town.weber, EFILE_RIGHT_ALL & ~EFILE_RIGHT_GRANT, 0, 0 };
	open_to[1] = (efile_access_entry){ o.r.town.chief, EFILE_RIGHT_ALL, 0, 0 };
	shut_to[0] = (efile_access_entry){ o.r.town.weber, EFILE_RIGHT_EXISTS | EFILE_RIGHT_READ, 0, 0 };
	shut_to[1] = open_to[1];
	TAP_EQUAL_INT(efile_access_list_make(&open_list, o.r.town.admin, open_to, 2), EFILE_OK);
	TAP_EQUAL_INT(efile_access_list_make(&shut_list, o.r.town.admin, shut_to, 2), EFILE_OK);
	unit = registry_plan(&o.r, (efile_plan_id){ EFILE_ID_NONE }, "30", "{plan.code}-{dossier:04}/{case:03}",
			     open_list);
	dossier = registry_dossier(&o.r, unit, "Offen");
	case_id = registry_case(&o.r, dossier, "Vorgang");
	registry_document(&o.r, case_id, "darf hinaus", NULL, 0);
	registry_document(&o.r, case_id, "bleibt hier", NULL, shut_list);
	registry_document(&o.r, case_id, "niemand sieht es", NULL, o.r.closed_list);
	TAP_EQUAL_INT(export(&package, o.r.weber, dossier.id), EFILE_OK);
	text = file_of(o.r.town.ctx, &package, "30-0001/data/metadata.json");
	TAP_OK(strstr(text, "\"parts_left_out\":true") != NULL);
	TAP_OK(strstr(text, "darf hinaus") != NULL);
	TAP_OK(strstr(text, "bleibt hier") == NULL && strstr(text, "niemand") == NULL);
	TAP_EQUAL_INT(town_logged(&o.r.town, "access.refused", NULL), 0);
	office_teardown(&o);
}

/* ---- broken weather ---- */

typedef struct full_disk {
	uint64_t room;
} full_disk;

static efile_status write_some(const void *data, size_t length, void *user)
{
	full_disk *d = user;

	(void)data;
	if (length > d->room)
		return EFILE_E_IO;
	d->room -= length;
	return EFILE_OK;
}

static void test_full_disk(void)
{
	AUTO(buf) package = BUF_INIT;
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(export(&package, o.r.chief, o.r.dossier.id), EFILE_OK);
	for (uint64_t room = 0; room < package.length; room += package.length / 40 + 1) {
		AUTO_PTR(efile_writer) writer = NULL;
		full_disk d = { room };

		TAP_EQUAL_INT(efile_writer_to_callback(&writer, o.r.town.ctx, write_some, NULL, &d), EFILE_OK);
		TAP_EQUAL_INT(efile_export_write(o.r.chief, o.r.dossier.id, writer, NULL), EFILE_E_IO);
	}
	office_teardown(&o);
}

/* A large content whose file has rotted ends the export, and the message names it. */
static void test_damaged(void)
{
	AUTO(buf) package = BUF_INIT;
	char *large = test_room(100001);
	FILE *file;
	office o;
	char hex[2 * SHA256_SIZE + 1], *path = NULL;
	unsigned char digest[SHA256_SIZE];

	office_setup(&o);
	memset(large, 'y', 100000);
	large[100000] = '\0';
	add_attachment(&o, "groß.txt", large);
	TAP_EQUAL_INT(sha256(digest, o.r.town.ctx, large, 100000), EFILE_OK);
	str_hex(hex, digest, SHA256_SIZE);
	TAP_OK(asprintf(&path, "%s/blobs/%.2s/%s", o.r.town.path, hex, hex) > 0);
	chmod(path, 0600);
	file = fopen(path, "r+b");
	if (TAP_OK(file != NULL)) {
		fputc('Y', file);
		fclose(file);
	}
	TAP_EQUAL_INT(export(&package, o.r.chief, o.r.dossier.id), EFILE_E_DAMAGED);
	TAP_OK(strstr(efile_error_message(o.r.town.ctx), hex) != NULL);
	file = fopen(path, "r+b");
	fputc('y', file);
	fclose(file);
	free(path);
	free(large);
	office_teardown(&o);
}

static efile_status export_once(efile_ctx *ctx, void *arg)
{
	office *o = arg;
	AUTO(buf) package = BUF_INIT;

	(void)ctx;
	return export(&package, o->r.chief, o->r.dossier.id);
}

static void test_memory(void)
{
	office o;

	office_setup(&o);
	TAP_OK(fail_each(export_once, &o) > 300);
	office_teardown(&o);
}

TAP_SUITE(exchange_export) = {
	{ "every version and rendition under a safe name", test_files },
	{ "the manifest is right", test_manifest },
	{ "what machines read", test_metadata },
	{ "what people read", test_page },
	{ "turns of direction end with their text", test_direction },
	{ "a closed case", test_closed },
	{ "the same bytes again", test_same_bytes },
	{ "a case, a document", test_parts },
	{ "refusals write nothing", test_refusals },
	{ "parts that stay", test_left_out },
	{ "a full disk", test_full_disk },
	{ "a content that has rotted", test_damaged },
	{ "out of memory", test_memory },
	TAP_END,
};
