/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Digests: the test vectors of FIPS 180-4 for "abc" and "", the rest by sha256sum. */
#include <stdlib.h>
#include <string.h>

#include "exchange/bagit.h"
#include "unit/support.h"

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static efile_status take_text(const char *name, const char *text, size_t length, void *user)
{
	buf *all = user;

	TAP_EQUAL_INT(strlen(text), length);
	buf_add_format(all, "== %s\n%s", name, text);
	return EFILE_OK;
}

static efile_status add_hex(bagit *bag, const char *path, const char *hex, uint64_t length)
{
	unsigned char digest[SHA256_SIZE];

	TAP_OK(str_unhex(digest, hex, sizeof(digest)));
	return bagit_add(bag, path, digest, length);
}

static efile_status fill(bagit *bag)
{
	unsigned char digest[SHA256_SIZE];

	TRY(add_hex(bag, "Straße.pdf", ABC, 3));
	TRY(add_hex(bag, "a\nb", ABC, 3));
	TRY(add_hex(bag, "Akte/% Rabatt.txt", NOTHING, 0));
	str_unhex(digest, NOTHING, sizeof(digest));
	TRY(bagit_add_tag(bag, "index.html", digest));
	TRY(bagit_info(bag, "Source-Organization", "Stadt Musterhausen"));
	return bagit_info(bag, "External-Description", "Zwei Zeilen\r\nund mehr");
}

static void test_files(void)
{
	static const char expected[] =
		"== bagit.txt\nBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
		"== bag-info.txt\nSource-Organization: Stadt Musterhausen\n"
		"External-Description: Zwei Zeilen\n  und mehr\nPayload-Oxum: 6.3\n"
		"== manifest-sha256.txt\n"
		NOTHING "  data/Akte/%25 Rabatt.txt\n"
		ABC "  data/Straße.pdf\n"
		ABC "  data/a%0Ab\n"
		"== tagmanifest-sha256.txt\n"
		"2a99e7751204e0393d6844189c70d91d6ff7ab31bb179b9241f4a90234491755  bag-info.txt\n"
		"1712ecfb074bf29c4188ad3421032509159a09739fd604f8fe57038b4ddefcc9  bagit.txt\n"
		NOTHING "  index.html\n"
		"cc1b1c3f5acd5fad35499ff9c775d75fd1a0c475f02bab6a766eb7303df4d9c2  manifest-sha256.txt\n";
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(bagit) bag = NULL;
	AUTO(buf) all = BUF_INIT;

	TAP_EQUAL_INT(bagit_new(&bag, ctx), EFILE_OK);
	TAP_EQUAL_INT(fill(bag), EFILE_OK);
	TAP_EQUAL_INT(bagit_write(bag, take_text, &all), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&all), expected);
	buf_reset(&all); /* once more, the same */
	TAP_EQUAL_INT(bagit_write(bag, take_text, &all), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&all), expected);
	bagit_free(STEAL(bag));
	efile_ctx_free(ctx);
}

static void test_refusals(void)
{
	static const char *const paths[] = { "", "/a", "../a", "a/../b", "a//b", "a/", "./a", "~a",
					     "a\\b", "a\xff" };
	static const char *const labels[] = { "", " a", "a ", "a:b", "a\nb", "\xff", "payload-oxum" };
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(bagit) bag = NULL;
	AUTO(buf) all = BUF_INIT;

	TAP_EQUAL_INT(bagit_new(&bag, ctx), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		tap_case(paths[i]);
		TAP_EQUAL_INT(add_hex(bag, paths[i], ABC, 3), EFILE_E_INVALID);
	}
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		tap_case(labels[i]);
		TAP_EQUAL_INT(bagit_info(bag, labels[i], "x"), EFILE_E_INVALID);
	}
	tap_case(NULL);
	TAP_EQUAL_INT(bagit_info(bag, "Contact-Name", "\xff"), EFILE_E_INVALID);
	TAP_EQUAL_INT(bagit_info(bag, "Contact-Name", NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(add_hex(bag, "twice", ABC, 3), EFILE_OK);
	TAP_EQUAL_INT(add_hex(bag, "twice", NOTHING, 0), EFILE_OK);
	TAP_EQUAL_INT(bagit_write(bag, take_text, &all), EFILE_E_EXISTS);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "the bag has data/twice twice");
	bagit_free(NULL);
	bagit_free(STEAL(bag));
	efile_ctx_free(ctx);
}

static efile_status refuse(const char *name, const char *text, size_t length, void *user)
{
	(void)text;
	(void)length;
	return str_equal(name, user) ? EFILE_E_IO : EFILE_OK;
}

static void test_full_disk(void)
{
	static char names[][24] = { "bagit.txt", "bag-info.txt", "manifest-sha256.txt",
				    "tagmanifest-sha256.txt" };
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(bagit) bag = NULL;

	TAP_EQUAL_INT(bagit_new(&bag, ctx), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		TAP_EQUAL_INT(bagit_write(bag, refuse, names[i]), EFILE_E_IO);
	bagit_free(STEAL(bag));
	efile_ctx_free(ctx);
}

static efile_status count_bytes(const char *name, const char *text, size_t length, void *user)
{
	(void)name;
	(void)text;
	*(size_t *)user += length;
	return EFILE_OK;
}

static efile_status write_bag(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(bagit) bag = NULL;
	size_t bytes = 0;

	(void)arg;
	TRY(bagit_new(&bag, ctx));
	TRY(fill(bag));
	return bagit_write(bag, count_bytes, &bytes);
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(write_bag, NULL) > 15);
}

TAP_SUITE(exchange_bagit) = {
	{ "the four files", test_files },
	{ "paths and labels that are refused", test_refusals },
	{ "a file that cannot be written", test_full_disk },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
