/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "unit/support.h"

typedef efile_status (*key_fn)(buf *, efile_ctx *, const char *, size_t);

typedef struct key_case {
	const char *text;
	const char *key;
} key_case;

static void check(key_fn fn, const key_case *cases, size_t count)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < count; i++) {
		AUTO(buf) out = BUF_INIT, again = BUF_INIT;

		tap_case(cases[i].text);
		TAP_EQUAL_INT(fn(&out, ctx, cases[i].text, strlen(cases[i].text)), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&out), cases[i].key);
		TAP_EQUAL_INT(fn(&again, ctx, buf_text(&out), out.length), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&again), cases[i].key); /* a key of a key is itself */
	}
	efile_ctx_free(ctx);
}

/* UAX #15, figures 3 to 6 and section 1; NormalizationTest.txt of the Unicode database. */
static void test_nfc(void)
{
	static const key_case cases[] = {
		{ "", "" },
		{ "Akte 4711", "Akte 4711" },
		{ "Stra\u00dfe", "Stra\u00dfe" },
		{ "Mu\u0308ller", "M\u00fcller" },
		{ "\u212b", "\u00c5" },                       /* singleton: the angstrom sign */
		{ "A\u030a", "\u00c5" },
		{ "\u2126", "\u03a9" },                       /* ohm */
		{ "\u1e0b\u0323", "\u1e0d\u0307" },           /* the dot below comes first */
		{ "q\u0307\u0323", "q\u0323\u0307" },
		{ "d\u0307\u0323", "\u1e0d\u0307" },
		{ "\ufb01", "\ufb01" },                       /* compatibility characters stay */
		{ "2\u2075", "2\u2075" },
		{ "\u017f\u0323\u0307", "\u1e9b\u0323" },
		{ "\u1e9b\u0323", "\u1e9b\u0323" },
		{ "\u1100\u1161", "\uac00" },                 /* Hangul */
		{ "\u1100\u1161\u11a8", "\uac01" },
		{ "\uac00\u11a8", "\uac01" },
		{ "\u1100\uac00\u11a8", "\u1100\uac01" },
		{ "\u1111\u1171\u11b6", "\ud4db" },
		{ "\u0958", "\u0915\u093c" },                 /* excluded from composition */
		{ "\u0344", "\u0308\u0301" },
		{ "\u01d5", "\u01d5" },
		{ "U\u0308\u0304", "\u01d5" },                /* two steps */
		{ "a\u0315\u0300\u05ae\u0300b", "\u00e0\u05ae\u0300\u0315b" },
		{ "\u0308", "\u0308" },                       /* a mark without a letter */
		{ "a\u0328\u0301", "\u0105\u0301" },
		{ "a\u0301\u0328", "\u0105\u0301" },
		{ "\u304b\u3099", "\u304c" },
		{ "\U0001d15e", "\U0001d157\U0001d165" },
		{ "\U00011099\U000110ba", "\U0001109a" },
		{ "\xff" "a", "\ufffd" "a" },
	};

	check(str_nfc, cases, ARRAY_SIZE(cases));
}

static void test_fold(void)
{
	static const key_case cases[] = {
		{ "Stra\u00dfe", "strasse" },
		{ "STRASSE", "strasse" },
		{ "STRA\u1e9e" "E", "strasse" },
		{ "\u00c4rger", "arger" },
		{ "A\u0308rger", "arger" },
		{ "M\u00fcller-L\u00fcdenscheidt", "muller-ludenscheidt" },
		{ "Ren\u00e9 Fran\u00e7ois", "rene francois" },
		{ "\u0141ukasz Wa\u0142\u0119sa", "lukasz walesa" },
		{ "S\u00f8ren", "soren" },
		{ "\u00c6r\u00f8", "aero" },
		{ "\u0130stanbul", "istanbul" },
		{ "D\u0131yarbak\u0131r", "diyarbakir" },
		{ "Nguy\u1ec5n \u0110\u00ecnh", "nguyen dinh" },
		{ "\ufb01nden", "finden" },
		{ "\u039f\u0394\u039f\u03a3 \u03bf\u03b4\u03cc\u03c2", "\u03bf\u03b4\u03bf\u03c3 \u03bf\u03b4\u03bf\u03c3" },
		{ "\u0419\u043e\u0433\u0443\u0440\u0442", "\u0438\u043e\u0433\u0443\u0440\u0442" },
		{ "\u304c", "\u304c" },                     /* another letter, no accent */
		{ "\u0915\u093f", "\u0915\u093f" },         /* a vowel sign stays */
		{ "\uac01", "\uac01" },
		{ "10.24.1-7/3", "10.24.1-7/3" },
		{ "\u0301", "" },
		{ "\u1fc3\u0f71", "\u03b7\u0f71\u03b9" }, /* one order, however the marks stood */
		{ "\u03b7\u0f71\u0345", "\u03b7\u0f71\u03b9" },
	};

	check(str_fold, cases, ARRAY_SIZE(cases));
}

/* In the order of DIN 5007-1. */
static void test_sorting(void)
{
	static const char *const sorted[] = {
		"Afrika", "Arger", "\u00c4rger", "\u00c4rgernis", "Arm", "Bruck", "Br\u00fcck",
		"Br\u00fccke", "Mull", "M\u00fcll", "Muller", "M\u00fcller", "Mullers",
		"\u00d6dland", "\u00d6l", "Opfer", "Strasse", "Stra\u00dfe", "Stra\u00dfen",
		"Strasser", "\u00dcber", "Uhr", "Zoo",
	};
	efile_ctx *ctx = test_ctx();
	AUTO(buf) last = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++) {
		AUTO(buf) key = BUF_INIT;

		tap_case(sorted[i]);
		TAP_EQUAL_INT(str_sort_key_din5007(&key, ctx, sorted[i], strlen(sorted[i])),
			      EFILE_OK);
		if (i > 0)
			TAP_OK(strcmp(buf_text(&last), buf_text(&key)) < 0);
		buf_reset(&last);
		buf_add(&last, key.data, key.length);
	}
	efile_ctx_free(ctx);
}

/* A hundred thousand marks on one letter: no quadratic sorting. */
static void test_many_marks(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) text = BUF_INIT, out = BUF_INIT;

	buf_add_char(&text, 'a');
	for (int i = 0; i < 50000; i++)
		buf_add_text(&text, "\u0301\u0316");
	TAP_EQUAL_INT(str_nfc(&out, ctx, text.data, text.length), EFILE_OK);
	/* U+0316 stays below, in front; the first U+0301 joins the letter over it */
	TAP_EQUAL_INT(out.length, text.length - 1);
	TAP_OK(strncmp(out.data, "\u00e1\u0316\u0316", 6) == 0);
	buf_reset(&out);
	TAP_EQUAL_INT(str_fold(&out, ctx, text.data, text.length), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&out), "a");
	efile_ctx_free(ctx);
}

static efile_status make_keys(efile_ctx *ctx, void *arg)
{
	static const char text[] = "Stra\u00dfe der M\u0308u\u0308ller und \u0141ukasz";
	AUTO(buf) out = BUF_INIT;

	(void)arg;
	TRY(str_nfc(&out, ctx, text, sizeof(text) - 1));
	return str_sort_key_din5007(&out, ctx, text, sizeof(text) - 1);
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(make_keys, NULL) > 4);
}

TAP_SUITE(base_str_unicode) = {
	{ "normalisation form C", test_nfc },
	{ "search keys", test_fold },
	{ "sorting by DIN 5007-1", test_sorting },
	{ "many marks", test_many_marks },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
