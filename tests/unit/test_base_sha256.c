/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "unit/support.h"

/* FIPS 180-4 / NIST example values. */
static const struct {
	const char *text;
	const char *hex;
} examples[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	  "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
};

static void test_examples(void)
{
	efile_ctx *ctx = test_ctx();
	unsigned char out[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
		tap_case(examples[i].text);
		TAP_EQUAL_INT(sha256(out, ctx, examples[i].text, strlen(examples[i].text)), EFILE_OK);
		TAP_EQUAL_TEXT(str_hex(hex, out, sizeof(out)), examples[i].hex);
	}
	TAP_EQUAL_INT(sha256(out, ctx, NULL, 0), EFILE_OK);
	TAP_EQUAL_TEXT(str_hex(hex, out, sizeof(out)), examples[0].hex);
	efile_ctx_free(ctx);
}

/* A million times "a", in pieces of every odd length; then the same value is started again. */
static void test_stream(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(sha256_ctx) h = SHA256_CTX_INIT;
	unsigned char out[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1], piece[199];
	size_t left = 1000000;

	memset(piece, 'a', sizeof(piece));
	TAP_EQUAL_INT(sha256_start(&h, ctx), EFILE_OK);
	for (size_t i = 0; left > 0; i++) {
		size_t n = i % sizeof(piece) < left ? i % sizeof(piece) : left;

		sha256_add(&h, piece, n);
		left -= n;
	}
	TAP_EQUAL_INT(sha256_finish(out, &h), EFILE_OK);
	TAP_EQUAL_TEXT(str_hex(hex, out, sizeof(out)),
		       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	TAP_EQUAL_INT(sha256_start(&h, ctx), EFILE_OK);
	TAP_EQUAL_INT(sha256_add(&h, "abc", 3), EFILE_OK);
	TAP_EQUAL_INT(sha256_finish(out, &h), EFILE_OK);
	TAP_EQUAL_TEXT(str_hex(hex, out, sizeof(out)), examples[1].hex);
	efile_ctx_free(ctx);
}

static void test_clear(void)
{
	efile_ctx *ctx = test_ctx();
	sha256_ctx h = SHA256_CTX_INIT;

	sha256_ctx_clear(&h);
	TAP_EQUAL_INT(sha256_start(&h, ctx), EFILE_OK);
	sha256_ctx_clear(&h);
	sha256_ctx_clear(&h);
	efile_ctx_free(ctx);
}

TAP_SUITE(base_sha256) = {
	{ "examples of FIPS 180-4", test_examples },
	{ "in pieces, and again", test_stream },
	{ "clears what was never finished", test_clear },
	TAP_END,
};
