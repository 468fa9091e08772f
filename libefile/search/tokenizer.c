/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tokenizer of the index: Unicode words, folded, each with the stem of its language beside it.
 * Queries come in as ready tokens (query.c), so that nothing in them is interpreted twice. */
#include "search/search.h"

#include <libstemmer.h>
#include <stdlib.h>
#include <string.h>

#include "search/words.inc"

enum { CACHE_SLOTS = 65536, CACHE_WORD = 26, CACHE_FOLDED = 30, STOP_WORDS_SEEN = 40 };

static bool is_word(uint32_t c)
{
	size_t low = 0, high = ARRAY_SIZE(word_ranges);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (c > word_ranges[middle].last)
			low = middle + 1;
		else if (c < word_ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

/* Letters and digits of ASCII: most of every text. */
static const unsigned char ascii_words[256] = {
	['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
	['8'] = 1, ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1,
	['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1,
	['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1,
	['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1,
	['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1,
	['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1,
	['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

/* The bytes of the character if it belongs to words as wanted, else 0. */
static inline size_t step_if(bool word, const char *text, size_t length)
{
	unsigned char lead = (unsigned char)text[0];
	uint32_t c;
	size_t n;

	if (lead < 0x80)
		return (ascii_words[lead] != 0) == word;
	n = str_utf8_next(&c, text, length);
	return is_word(c) == word ? n : 0;
}

bool word_next(size_t *begin, size_t *end, const char *text, size_t length, size_t at)
{
	size_t n;

	while (at < length && (n = step_if(false, text + at, length - at)) > 0)
		at += n;
	*begin = at;
	do {
		while (at < length && ascii_words[(unsigned char)text[at]])
			at++;
		n = at < length ? step_if(true, text + at, length - at) : 0;
		at += n;
	} while (n > 0);
	*end = at;
	return at > *begin;
}

static size_t cut(const char *word, size_t length)
{
	if (length <= TOKEN_SIZE)
		return length;
	length = TOKEN_SIZE;
	while (length > 0 && ((unsigned char)word[length] & 0xc0) == 0x80)
		length--;
	return length;
}

static bool is_plain(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)word[i] >= 0x80)
			return false;
	return true;
}

efile_status word_fold(buf *out, efile_ctx *ctx, const char *word, size_t length)
{
	size_t from = out->length;

	if (!is_plain(word, length))
		TRY(str_fold(out, ctx, word, length));
	else if (buf_reserve(out, length)) {
		for (size_t i = 0; i < length; i++)
			out->data[out->length++] = str_ascii_lower(word[i]);
		out->data[out->length] = '\0';
	}
	TRY(buf_status(out, ctx));
	if (out->length > from) {
		out->length = from + cut(out->data + from, out->length - from);
		out->data[out->length] = '\0';
	}
	return EFILE_OK;
}

/* ---- stems ---- */

efile_status stemmers_init(stemmers *s, efile_ctx *ctx)
{
	s->german = sb_stemmer_new("german", "UTF_8");
	s->english = sb_stemmer_new("english", "UTF_8");
	return s->german && s->english ? EFILE_OK : mem_failed(ctx);
}

void stemmers_clear(stemmers *s)
{
	if (s->german)
		sb_stemmer_delete(s->german);
	if (s->english)
		sb_stemmer_delete(s->english);
	*s = (stemmers){ NULL, NULL };
}

/* ---- the tokenizer ---- */

/* A word as it stands in the text, and what it becomes; one line of the processor's cache. Of a stem
 * that only cuts the folded word its length is enough, and others are not kept. */
typedef struct cached_word {
	uint32_t hash;
	unsigned char length, folded_length, stem_length; /* stem 0: as the folded word */
	bool english;
	char word[CACHE_WORD], folded[CACHE_FOLDED];
} cached_word;

_Static_assert(sizeof(cached_word) == 64, "a word is a cache line");

struct Fts5Tokenizer {
	efile_ctx *ctx;
	stemmers stemmers;
	buf folded;
	cached_word cache[CACHE_SLOTS];
};

typedef int (*token_fn)(void *user, int flags, const char *token, int length, int begin, int end);

static int tokenizer_create(void *user, const char **arguments, int count, Fts5Tokenizer **out)
{
	Fts5Tokenizer *t = calloc(1, sizeof(*t));

	(void)arguments;
	(void)count;
	if (!t)
		return SQLITE_NOMEM;
	t->ctx = user;
	if (stemmers_init(&t->stemmers, t->ctx) < 0) {
		stemmers_clear(&t->stemmers);
		free(t);
		return SQLITE_NOMEM;
	}
	*out = t;
	return SQLITE_OK;
}

static void tokenizer_delete(Fts5Tokenizer *t)
{
	stemmers_clear(&t->stemmers);
	buf_clear(&t->folded);
	free(t);
}

/* Small words tell the language: of a title there are none, and it is German. */
static bool is_english(const char *text, size_t length)
{
	static const char german[] = " der die das und ist nicht ein eine mit auf den dem des zu im "
				     "von wird sich auch als ";
	static const char english[] = " the and of to is are that for with this be on by not have "
				      "from your you ";
	size_t begin = 0, end = 0;
	int score = 0;

	for (int seen = 0; seen < STOP_WORDS_SEEN && word_next(&begin, &end, text, length, end);
	     seen++) {
		char word[8] = " ";
		size_t n = end - begin;

		if (n > 5)
			continue;
		for (size_t i = 0; i < n; i++)
			word[i + 1] = str_ascii_lower(text[begin + i]);
		word[n + 1] = ' ';
		word[n + 2] = '\0';
		score += (strstr(english, word) != NULL) - (strstr(german, word) != NULL);
	}
	return score > 0;
}

static bool has_digit(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (str_ascii_digit(word[i]))
			return true;
	return false;
}

static uint32_t hash_of(const char *word, size_t length, bool english)
{
	uint32_t hash = english ? 2166136261u : 84696351u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)word[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static int emit_uncached(Fts5Tokenizer *t, void *user, token_fn emit, const char *word,
			 size_t length, int begin, bool english)
{
	int end = begin + (int)length;
	const sb_symbol *stem;
	int code, stem_length;
	struct sb_stemmer *stemmer = english ? t->stemmers.english : t->stemmers.german;

	buf_reset(&t->folded);
	if (word_fold(&t->folded, t->ctx, word, length) < 0)
		return SQLITE_NOMEM;
	if (t->folded.length == 0)
		return SQLITE_OK;
	code = emit(user, 0, t->folded.data, (int)t->folded.length, begin, end);
	if (code != SQLITE_OK || has_digit(t->folded.data, t->folded.length))
		return code;
	stem = sb_stemmer_stem(stemmer, (const sb_symbol *)t->folded.data, (int)t->folded.length);
	if (!stem)
		return SQLITE_NOMEM;
	stem_length = sb_stemmer_length(stemmer);
	if (stem_length == (int)t->folded.length &&
	    memcmp(stem, t->folded.data, t->folded.length) == 0)
		return SQLITE_OK;
	return emit(user, FTS5_TOKEN_COLOCATED, (const char *)stem, stem_length, begin, end);
}

/* Remembers what a short word becomes. */
typedef struct recorder {
	cached_word *slot;
	bool fits;
	void *user;
	token_fn emit;
} recorder;

static int record(void *user, int flags, const char *token, int length, int begin, int end)
{
	recorder *r = user;
	cached_word *slot = r->slot;

	if (flags & FTS5_TOKEN_COLOCATED) {
		r->fits &= length < slot->folded_length &&
			   memcmp(token, slot->folded, (size_t)length) == 0;
		slot->stem_length = (unsigned char)length;
	} else if (length > CACHE_FOLDED) {
		r->fits = false;
	} else {
		memcpy(slot->folded, token, (size_t)length);
		slot->folded_length = (unsigned char)length;
	}
	return r->emit(r->user, flags, token, length, begin, end);
}

static int emit_cached(const cached_word *slot, void *user, token_fn emit, int begin, int end)
{
	int code;

	if (slot->folded_length == 0)
		return SQLITE_OK;
	code = emit(user, 0, slot->folded, slot->folded_length, begin, end);
	if (code != SQLITE_OK || slot->stem_length == 0)
		return code;
	return emit(user, FTS5_TOKEN_COLOCATED, slot->folded, slot->stem_length, begin, end);
}

static bool holds(const cached_word *slot, uint32_t hash, const char *word, size_t length,
		  bool english)
{
	return slot->hash == hash && slot->length == length && slot->english == english &&
	       memcmp(slot->word, word, length) == 0;
}

/* Each word has two places; the one that was filled last goes first. */
static int emit_word(Fts5Tokenizer *t, void *user, token_fn emit, const char *word, size_t length,
		     int begin, bool english)
{
	uint32_t hash = hash_of(word, length, english);
	cached_word *pair = &t->cache[hash % CACHE_SLOTS & ~1u];
	recorder r = { &pair[0], true, user, emit };
	int code;

	if (length > CACHE_WORD)
		return emit_uncached(t, user, emit, word, length, begin, english);
	for (int i = 0; i < 2; i++)
		if (holds(&pair[i], hash, word, length, english))
			return emit_cached(&pair[i], user, emit, begin, begin + (int)length);
	pair[1] = pair[0];
	pair[0].length = pair[0].folded_length = pair[0].stem_length = 0;
	code = emit_uncached(t, &r, record, word, length, begin, english);
	if (code == SQLITE_OK && r.fits) {
		memcpy(pair[0].word, word, length);
		pair[0].hash = hash;
		pair[0].length = (unsigned char)length;
		pair[0].english = english;
	}
	return code;
}

static int tokenize_document(Fts5Tokenizer *t, void *user, const char *text, size_t length,
			     token_fn emit)
{
	bool english = is_english(text, length);
	size_t begin = 0, end = 0;

	while (word_next(&begin, &end, text, length, end)) {
		int code = emit_word(t, user, emit, text + begin, end - begin, (int)begin, english);

		if (code != SQLITE_OK)
			return code;
	}
	return SQLITE_OK;
}

/* A query's string holds tokens with one blank between them. */
static int tokenize_query(void *user, const char *text, size_t length, token_fn emit)
{
	size_t begin = 0;

	while (begin < length) {
		const char *blank = memchr(text + begin, ' ', length - begin);
		size_t end = blank ? (size_t)(blank - text) : length;
		int code = SQLITE_OK;

		if (end > begin)
			code = emit(user, 0, text + begin, (int)(end - begin), (int)begin, (int)end);
		if (code != SQLITE_OK)
			return code;
		begin = end + 1;
	}
	return SQLITE_OK;
}

static int tokenizer_run(Fts5Tokenizer *t, void *user, int flags, const char *text, int length,
			 token_fn emit)
{
	if (!text || length <= 0)
		return SQLITE_OK;
	if (flags & FTS5_TOKENIZE_QUERY)
		return tokenize_query(user, text, (size_t)length, emit);
	return tokenize_document(t, user, text, (size_t)length, emit);
}

static int api_of(fts5_api **out, sqlite3 *db)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &s, NULL);

	*out = NULL;
	if (code == SQLITE_OK)
		code = sqlite3_bind_pointer(s, 1, out, "fts5_api_ptr", NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	sqlite3_finalize(s);
	if (code == SQLITE_ROW)
		code = SQLITE_OK;
	return code == SQLITE_OK && !*out ? SQLITE_ERROR : code;
}

int tokenizer_register(sqlite3 *db, efile_ctx *ctx)
{
	fts5_tokenizer tokenizer = { tokenizer_create, tokenizer_delete, tokenizer_run };
	fts5_api *api;
	int code = api_of(&api, db);

	return code == SQLITE_OK ?
		       api->xCreateTokenizer(api, "efile", ctx, &tokenizer, NULL) : code;
}
