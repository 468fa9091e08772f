/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The structure of a message (RFC 2046): one pass over the lines of each source, with a stack of
 * open multiparts instead of recursion. Parts are byte ranges. */
#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

/* An open multipart. */
typedef struct frame {
	size_t node;
	char *boundary;
	size_t length;
	bool digest;
	bool delimited; /* a delimiter was seen */
	bool closed;    /* its closing delimiter was seen; it stays for what comes after it */
} frame;

typedef struct parser {
	efile_mail *mail;
	efile_ctx *ctx;
	size_t source;
	const char *data;
	size_t length;
	char eol;
	frame *frames;
	size_t frame_count;
	size_t frame_capacity;
	size_t current; /* the innermost open node */
	size_t *encoded; /* message parts that must be decoded before they can be read */
	size_t encoded_count;
	size_t encoded_capacity;
	uint64_t expanded;
} parser;

static void parser_clear(parser *p)
{
	while (p->frame_count > 0)
		free(p->frames[--p->frame_count].boundary);
	free(p->frames);
	free(p->encoded);
}

static mime_node *node_at(parser *p, size_t index)
{
	return &p->mail->nodes[index];
}

static size_t line_end(const parser *p, size_t at)
{
	const char *eol = at < p->length ? memchr(p->data + at, p->eol, p->length - at) : NULL;

	return eol ? (size_t)(eol - p->data) + 1 : p->length;
}

/* ---- boundaries ---- */

/* Whether what follows the boundary on its line is only blanks; "--" before them closes. A longer
 * boundary that merely starts alike is another one. */
static bool line_rest(const char *at, const char *end, bool *closing)
{
	*closing = end - at >= 2 && at[0] == '-' && at[1] == '-';
	if (*closing)
		at += 2;
	while (at < end && str_ascii_space(*at))
		at++;
	return at == end;
}

static bool frame_matches(const frame *f, const char *line, const char *end, bool *closing)
{
	return (size_t)(end - line) >= f->length + 2 &&
	       memcmp(line + 2, f->boundary, f->length) == 0 &&
	       line_rest(line + 2 + f->length, end, closing);
}

/* The innermost open multipart whose delimiter this line is; frame_count if there is none. */
static size_t match_boundary(const parser *p, size_t at, size_t end, bool *closing)
{
	const char *line = p->data + at;

	if (end - at < 2 || line[0] != '-' || line[1] != '-')
		return p->frame_count;
	for (size_t i = p->frame_count; i-- > 0;)
		if (!p->frames[i].closed && frame_matches(&p->frames[i], line, p->data + end, closing))
			return i;
	return p->frame_count;
}

/* A delimiter after the closing one: what follows stays epilogue, but must not go unseen. */
static void note_after_end(parser *p, size_t at, size_t end)
{
	bool closing;

	for (size_t i = p->frame_count; i-- > 0 && p->frames[i].closed;)
		if (frame_matches(&p->frames[i], p->data + at, p->data + end, &closing) && !closing)
			node_at(p, p->frames[i].node)->notes |= NOTE_EPILOGUE;
}

/* ---- headers ---- */

/* The header ends where a line of the body, or the blank line before it, starts. */
static size_t end_header(const parser *p, size_t *at, size_t end)
{
	size_t next = line_end(p, end);

	*at = span_trim((span){ p->data + end, next - end }).length == 0 ? next : end;
	return end;
}

/* Finds the end of the header that starts at *at and moves there, to the first byte of the body.
 * A line that is no field ends the header unless fields follow it before the blank line. */
static size_t scan_header(parser *p, size_t *at, unsigned *notes)
{
	size_t pos = *at, junk = MIME_NONE;
	bool folding = false, closing;

	while (pos < p->length) {
		size_t end = line_end(p, pos);
		const char *line = p->data + pos;
		size_t length = end - pos;
		bool blank = span_trim((span){ line, length }).length == 0;

		if (match_boundary(p, pos, end, &closing) < p->frame_count)
			break;
		if (line[0] == p->eol || (length >= 2 && line[0] == '\r' && line[1] == '\n'))
			return end_header(p, at, junk == MIME_NONE ? pos : junk);
		if (header_name_length(line, length) > 0) {
			if (junk != MIME_NONE)
				*notes |= NOTE_LINE;
			junk = MIME_NONE;
			folding = true;
		} else if ((line[0] != ' ' && line[0] != '\t') || !folding) {
			if (junk == MIME_NONE)
				junk = pos;
		} else if (blank && junk == MIME_NONE) {
			junk = pos; /* a fold of blanks, or the end of the header? */
			pos = end;
			continue;
		} else if (!blank && junk != MIME_NONE &&
			   span_trim((span){ p->data + junk, pos - junk }).length == 0) {
			junk = MIME_NONE; /* the fold goes on (RFC 5322 section 4.2) */
		}
		pos = end;
	}
	return end_header(p, at, junk == MIME_NONE ? pos : junk);
}

/* An mbox separator or a protocol's first line before the header. */
static size_t skip_from_line(const parser *p, size_t at)
{
	const char *line = p->data + at;
	size_t left = p->length - at;

	if (left > 5 && (memcmp(line, "From ", 5) == 0 || memcmp(line, ">From ", 6) == 0))
		return line_end(p, at);
	return at;
}

static efile_status field_text(buf *out, parser *p, const header_index *header, known_field which,
			       unsigned *notes)
{
	if (header->repeated & 1u << which)
		*notes |= NOTE_DUPLICATE;
	header_unfold(out, header->first[which], p->ctx->limits.mime_field_bytes, notes);
	return buf_status(out, p->ctx);
}

static const name_row encodings[] = {
	{ EFILE_MAIL_IDENTITY, "7bit" },
	{ EFILE_MAIL_IDENTITY, "8bit" },
	{ EFILE_MAIL_IDENTITY, "binary" },
	{ EFILE_MAIL_IDENTITY, "" },
	{ EFILE_MAIL_BASE64, "base64" },
	{ EFILE_MAIL_QUOTED_PRINTABLE, "quoted-printable" },
	{ EFILE_MAIL_UUENCODE, "x-uuencode" },
	{ EFILE_MAIL_UUENCODE, "x-uue" },
	{ EFILE_MAIL_UUENCODE, "uuencode" },
};

static efile_status read_encoding(mime_node *node, parser *p, const header_index *header)
{
	AUTO(buf) text = BUF_INIT;
	AUTO(mime_params) params = MIME_PARAMS_INIT;
	unsigned ignored = 0;
	int value;

	if (!header->first[FIELD_ENCODING].data)
		return EFILE_OK;
	TRY(field_text(&text, p, header, FIELD_ENCODING, &node->notes));
	TRY(mime_params_parse(&params, p->ctx, (span){ buf_text(&text), text.length }, &ignored));
	if (TABLE_VALUE(&value, encodings, params.value))
		node->part.encoding = (efile_mail_encoding)value;
	else
		node->notes |= NOTE_ENCODING;
	return EFILE_OK;
}

static efile_status copy_param(const char **out, parser *p, const char *value)
{
	char *copy;

	TRY(mem_dup(&copy, p->ctx, value));
	*out = copy;
	return EFILE_OK;
}

static efile_status read_disposition(mime_node *node, parser *p, const header_index *header)
{
	AUTO(buf) text = BUF_INIT;
	AUTO(mime_params) params = MIME_PARAMS_INIT;

	TRY(field_text(&text, p, header, FIELD_DISPOSITION, &node->notes));
	if (text.length == 0)
		return EFILE_OK;
	TRY(mime_params_parse(&params, p->ctx, (span){ buf_text(&text), text.length },
			      &node->notes));
	if (params.value[0] && !strpbrk(params.value, "()<>@,:\\\"/[]?="))
		TRY(copy_param(&node->part.disposition, p, params.value));
	return copy_param(&node->part.filename, p, mime_params_get(&params, "filename"));
}

static efile_status read_content_id(mime_node *node, parser *p, const header_index *header)
{
	AUTO(buf) text = BUF_INIT;
	span id;
	char *copy;

	if (!header->first[FIELD_CONTENT_ID].data)
		return EFILE_OK;
	TRY(field_text(&text, p, header, FIELD_CONTENT_ID, &node->notes));
	id = span_trim((span){ buf_text(&text), text.length });
	if (id.length > 1 && id.data[0] == '<' && id.data[id.length - 1] == '>')
		id = (span){ id.data + 1, id.length - 2 };
	if (id.length == 0)
		return EFILE_OK;
	TRY(span_dup(&copy, p->ctx, id, false));
	node->part.content_id = copy;
	return EFILE_OK;
}

static bool type_valid(const char *type)
{
	const char *slash = strchr(type, '/');

	return slash && slash != type && slash[1] && !strchr(slash + 1, '/') &&
	       !strpbrk(type, " \t\"<>@,:=?[]()\\");
}

/* RFC 2045 section 5.2: what has no type that can be read is plain text. */
static efile_status read_type(mime_node *node, parser *p, mime_params *params,
			      const header_index *header, const char *fallback)
{
	AUTO(buf) text = BUF_INIT;

	TRY(field_text(&text, p, header, FIELD_CONTENT_TYPE, &node->notes));
	TRY(mime_params_parse(params, p->ctx, (span){ buf_text(&text), text.length },
			      &node->notes));
	TRY(copy_param(&node->part.charset, p, mime_params_get(params, "charset")));
	if (type_valid(params->value))
		return copy_param(&node->part.type, p, params->value);
	if (text.length > 0)
		node->notes |= NOTE_TYPE;
	if (strncmp(params->value, "multipart", 9) == 0 && mime_params_get(params, "boundary"))
		return copy_param(&node->part.type, p, "multipart/mixed");
	return copy_param(&node->part.type, p, fallback);
}

/* ---- nodes ---- */

static efile_status add_node(size_t *out, parser *p, size_t parent)
{
	efile_mail *mail = p->mail;
	mime_node *node;
	size_t index = mail->node_count;

	TRY(mem_grow(p->ctx, (void **)&mail->nodes, &mail->node_capacity, index,
		     sizeof(*mail->nodes)));
	node = &mail->nodes[index];
	*node = (mime_node){ .source = p->source, .parent = parent, .first = MIME_NONE,
			     .last = MIME_NONE, .next = MIME_NONE };
	node->part.container = mail->sources[p->source].part;
	mail->node_count++;
	if (parent != MIME_NONE) {
		mime_node *up = &mail->nodes[parent];

		node->depth = up->depth + 1;
		if (up->last == MIME_NONE)
			up->first = index;
		else
			mail->nodes[up->last].next = index;
		up->last = index;
		up->part.is_container = 1;
	}
	*out = index;
	return EFILE_OK;
}

static bool may_descend(parser *p, mime_node *node)
{
	if (node->depth + 1 >= p->ctx->limits.mime_depth) {
		node->notes |= NOTE_DEPTH;
		return false;
	}
	if (p->mail->node_count >= p->ctx->limits.mime_parts) {
		node->notes |= NOTE_PARTS;
		return false;
	}
	return true;
}

static efile_status push_frame(parser *p, size_t index, const char *boundary)
{
	size_t length = strlen(boundary);
	frame *f;

	while (length > 0 && str_ascii_space(boundary[length - 1]))
		length--;
	TRY(mem_grow(p->ctx, (void **)&p->frames, &p->frame_capacity, p->frame_count,
		     sizeof(*p->frames)));
	f = &p->frames[p->frame_count];
	*f = (frame){ .node = index, .length = length };
	f->digest = strcmp(node_at(p, index)->part.type, "multipart/digest") == 0;
	TRY(mem_dup_bytes(&f->boundary, p->ctx, boundary, length));
	p->frame_count++;
	return EFILE_OK;
}

static bool is_message(const char *type)
{
	return strcmp(type, "message/rfc822") == 0 || strcmp(type, "message/global") == 0 ||
	       strcmp(type, "message/news") == 0;
}

/* What to do with the body of a fresh part. *message: it is a message, its header comes next. */
static efile_status open_body(parser *p, size_t index, const char *boundary, bool *message)
{
	mime_node *node = node_at(p, index);

	*message = false;
	if (strncmp(node->part.type, "multipart/", 10) == 0) {
		if (!boundary || !boundary[0]) {
			node->notes |= NOTE_BOUNDARY;
			return EFILE_OK;
		}
		if (!may_descend(p, node))
			return EFILE_OK;
		node->part.is_container = 1;
		node->part.encoding = EFILE_MAIL_IDENTITY; /* no other is allowed */
		return push_frame(p, index, boundary);
	}
	if (!is_message(node->part.type) || !may_descend(p, node))
		return EFILE_OK;
	if (node->part.encoding == EFILE_MAIL_IDENTITY) {
		*message = true;
		return EFILE_OK;
	}
	TRY(mem_grow(p->ctx, (void **)&p->encoded, &p->encoded_capacity, p->encoded_count,
		     sizeof(*p->encoded)));
	p->encoded[p->encoded_count++] = index;
	return EFILE_OK;
}

static efile_status read_header(parser *p, size_t index, size_t *at, const char *fallback,
				bool *message)
{
	AUTO(mime_params) params = MIME_PARAMS_INIT;
	mime_node *node = node_at(p, index);
	size_t start = *at, end;
	header_block block;
	header_index header;

	end = scan_header(p, at, &node->notes);
	node->part.header_offset = start;
	node->part.header_length = end - start;
	node->part.body_offset = *at;
	block = mime_node_header(p->mail, node);
	if (block.bytes.length < end - start)
		node->notes |= NOTE_HEADER;
	header_index_read(&header, block);
	TRY(read_type(node, p, &params, &header, fallback));
	TRY(read_encoding(node, p, &header));
	TRY(read_disposition(node, p, &header));
	TRY(read_content_id(node, p, &header));
	if (!node->part.filename)
		TRY(copy_param(&node->part.filename, p, mime_params_get(&params, "name")));
	return open_body(p, index, mime_params_get(&params, "boundary"), message);
}

/* Whether the body at this place is already over: nothing, or a delimiter, follows. */
static bool body_over(const parser *p, size_t at)
{
	bool closing;

	return at >= p->length ||
	       match_boundary(p, at, line_end(p, at), &closing) < p->frame_count;
}

/* Opens the part at *at and, inside message parts, the messages; moves to the innermost body. */
static efile_status open_part(parser *p, size_t *at, size_t parent, const char *fallback)
{
	bool message = true;

	while (message) {
		bool inner = parent != MIME_NONE && is_message(node_at(p, parent)->part.type);

		if (inner || parent == MIME_NONE)
			*at = skip_from_line(p, *at);
		TRY(add_node(&p->current, p, parent));
		node_at(p, p->current)->message_child = inner;
		TRY(read_header(p, p->current, at, fallback, &message));
		message = message && !body_over(p, *at);
		parent = p->current;
		fallback = "text/plain";
	}
	return EFILE_OK;
}

/* Ends the open parts from the innermost up to, but not including, stop. */
static void close_parts(parser *p, size_t stop, size_t end)
{
	while (p->current != stop && p->current != MIME_NONE) {
		mime_node *node = node_at(p, p->current);

		if (node->source != p->source)
			break;
		if (end > node->part.body_offset)
			node->part.body_length = end - node->part.body_offset;
		p->current = node->parent;
	}
}

static void pop_frame(parser *p)
{
	frame *f = &p->frames[--p->frame_count];

	if (!f->delimited)
		node_at(p, f->node)->notes |= NOTE_DELIMITER;
	else if (!f->closed)
		node_at(p, f->node)->notes |= NOTE_END;
	free(f->boundary);
}

/* The line break before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1). */
static size_t before_delimiter(const parser *p, size_t at)
{
	if (at > 0 && p->data[at - 1] == p->eol)
		at--;
	if (p->eol == '\n' && at > 0 && p->data[at - 1] == '\r')
		at--;
	return at;
}

/* What lies beyond the limit of parts stays together as one. */
static efile_status keep_rest(parser *p, size_t at, size_t parent)
{
	mime_node *node;

	TRY(add_node(&p->current, p, parent));
	node = node_at(p, p->current);
	node->notes |= NOTE_PARTS;
	node->part.header_offset = node->part.body_offset = at;
	return copy_param(&node->part.type, p, "application/octet-stream");
}

/* Some mailers write a delimiter twice. */
static bool delimiter_follows(const parser *p, size_t index, size_t at)
{
	bool closing;

	return match_boundary(p, at, line_end(p, at), &closing) == index && !closing;
}

/* A delimiter line from at to *end of the given frame. */
static efile_status take_delimiter(parser *p, size_t index, bool closing, size_t at, size_t *end)
{
	frame *f = &p->frames[index];

	close_parts(p, f->node, before_delimiter(p, at));
	while (p->frame_count > index + 1)
		pop_frame(p);
	f->delimited = true;
	if (closing) {
		f->closed = true;
		return EFILE_OK;
	}
	if (*end >= p->length || delimiter_follows(p, index, *end))
		return EFILE_OK; /* nothing follows, or the delimiter again: no part */
	if (p->mail->node_count >= p->ctx->limits.mime_parts) {
		TRY(keep_rest(p, at, f->node));
		*end = p->length;
		return EFILE_OK;
	}
	return open_part(p, end, f->node, f->digest ? "message/rfc822" : "text/plain");
}

/* The next line from at that starts with "--"; the end if there is none. Base64 has no hyphen at
 * all, so looking for that is the fastest way through an attachment. */
static size_t next_dashes(const parser *p, size_t at)
{
	while (at < p->length) {
		const char *found = memchr(p->data + at, '-', p->length - at);

		if (!found)
			break;
		at = (size_t)(found - p->data);
		if (at + 1 < p->length && found[1] == '-' && (at == 0 || found[-1] == p->eol))
			return at;
		at++;
	}
	return p->length;
}

static efile_status parse_source(parser *p, size_t source, size_t parent)
{
	const mime_source *s = &p->mail->sources[source];
	size_t at = 0;

	p->source = source;
	p->data = s->bytes.data;
	p->length = s->bytes.length;
	p->eol = s->eol;
	TRY(open_part(p, &at, parent, "text/plain"));
	while (p->frame_count > 0 && (at = next_dashes(p, at)) < p->length) {
		size_t end = line_end(p, at), index;
		bool closing;

		index = match_boundary(p, at, end, &closing);
		if (index < p->frame_count)
			TRY(take_delimiter(p, index, closing, at, &end));
		else
			note_after_end(p, at, end);
		at = end;
	}
	close_parts(p, parent, p->length);
	while (p->frame_count > 0)
		pop_frame(p);
	return EFILE_OK;
}

/* ---- sources ---- */

static char detect_eol(span bytes)
{
	return !memchr(bytes.data, '\n', bytes.length) && memchr(bytes.data, '\r', bytes.length) ?
		       '\r' : '\n';
}

static efile_status add_source(efile_mail *mail, span bytes, char *owned, long part)
{
	TRY(mem_grow(mail->ctx, (void **)&mail->sources, &mail->source_capacity,
		     mail->source_count, sizeof(*mail->sources)));
	mail->sources[mail->source_count++] =
		(mime_source){ bytes, owned, detect_eol(bytes), part };
	return EFILE_OK;
}

/* Quoted-printable may decode to its own length, layer after layer: the sum of all decoded
 * messages stays within four times the mail. */
static efile_status decode_message(parser *p, size_t index)
{
	AUTO(buf) decoded = BUF_INIT;
	mime_node *node = node_at(p, index);
	span body = mime_node_body(p->mail, node);
	char *owned;

	if (p->expanded + body.length > 4 * (uint64_t)p->mail->sources[0].bytes.length) {
		node->notes |= NOTE_EXPANSION;
		return EFILE_OK;
	}
	p->expanded += body.length;
	if (transfer_all(&decoded, node->part.encoding, body) < 0)
		return mem_failed(p->ctx);
	if (decoded.length == 0)
		return EFILE_OK;
	body.length = decoded.length;
	TRY(buf_take(&owned, &decoded, p->ctx));
	body.data = owned;
	if (add_source(p->mail, body, owned, (long)index) < 0) {
		free(owned);
		return EFILE_E_NOMEM;
	}
	return parse_source(p, p->mail->source_count - 1, index);
}

/* ---- paths and order ---- */

static efile_status name_node(efile_mail *mail, size_t index, unsigned number)
{
	mime_node *node = &mail->nodes[index];
	AUTO(buf) path = BUF_INIT;
	char *copy;

	if (node->parent != MIME_NONE) {
		buf_add_text(&path, mail->nodes[node->parent].part.path);
		if (path.length > 0)
			buf_add_char(&path, '.');
		buf_add_format(&path, "%u", node->message_child ? 0 : number);
	}
	TRY(buf_take(&copy, &path, mail->ctx));
	node->part.path = copy;
	return EFILE_OK;
}

/* Walks the tree in the order of the message without recursion. */
static efile_status order_nodes(efile_mail *mail)
{
	size_t at = 0, n = 0;
	unsigned *numbers = mem_new(mail->ctx, (mail->node_count + 1) * sizeof(*numbers));
	efile_status status = numbers ? EFILE_OK : EFILE_E_NOMEM;

	mail->order = mem_new(mail->ctx, mail->node_count * sizeof(*mail->order));
	if (!mail->order)
		status = EFILE_E_NOMEM;
	while (status == EFILE_OK && at != MIME_NONE) {
		mime_node *node = &mail->nodes[at];

		mail->order[n++] = at;
		status = name_node(mail, at, node->parent == MIME_NONE ? 0 : ++numbers[node->parent]);
		if (node->first != MIME_NONE) {
			at = node->first;
			continue;
		}
		while (at != MIME_NONE && mail->nodes[at].next == MIME_NONE)
			at = mail->nodes[at].parent;
		if (at != MIME_NONE)
			at = mail->nodes[at].next;
	}
	free(numbers);
	return status;
}

/* Offsets of parts inside an encoded message name that part by its place in the order. */
static efile_status name_containers(efile_mail *mail)
{
	long *place = mem_new(mail->ctx, mail->node_count * sizeof(*place));

	if (!place)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < mail->node_count; i++)
		place[mail->order[i]] = (long)i;
	for (size_t i = 0; i < mail->node_count; i++)
		if (mail->nodes[i].part.container >= 0)
			mail->nodes[i].part.container = place[mail->nodes[i].part.container];
	free(place);
	return EFILE_OK;
}

efile_status mime_parse(efile_mail *mail, span bytes)
{
	AUTO(parser) p = { .mail = mail, .ctx = mail->ctx, .current = MIME_NONE };

	TRY(add_source(mail, bytes, NULL, -1));
	TRY(parse_source(&p, 0, MIME_NONE));
	for (size_t i = 0; i < p.encoded_count; i++) {
		mime_node *node = node_at(&p, p.encoded[i]);

		p.current = p.encoded[i];
		if (may_descend(&p, node))
			TRY(decode_message(&p, p.encoded[i]));
	}
	TRY(order_nodes(mail));
	return name_containers(mail);
}
