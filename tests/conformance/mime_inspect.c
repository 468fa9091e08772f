/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints each mail named on the command line as one line of JSON; what cannot be read as an object
 * with "error". With --report, what was odd goes to stderr. */
#include <efile.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *data = NULL;
	long size;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0) {
		rewind(file);
		data = malloc((size_t)size + 1);
		*length = data ? fread(data, 1, (size_t)size, file) : 0;
	}
	fclose(file);
	return data;
}

static void print_report(const char *path, const efile_mail *mail)
{
	const efile_report *report = efile_mail_report(mail);

	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		fprintf(stderr, "%s: %s [%s] %s\n", path, f->rule, f->path, f->message);
	}
}

static void inspect(efile_ctx *ctx, const char *path, int report)
{
	size_t length = 0;
	char *data = read_file(path, &length), *json = NULL;
	efile_mail *mail = NULL;

	if (data && efile_mail_parse(&mail, ctx, data, length) == EFILE_OK &&
	    efile_mail_json(&json, mail) == EFILE_OK) {
		puts(json);
		if (report)
			print_report(path, mail);
	} else {
		printf("{\"error\":\"%s\"}\n", data ? efile_error_message(ctx) : "cannot read");
	}
	free(json);
	efile_mail_free(mail);
	free(data);
}

int main(int argc, char **argv)
{
	efile_ctx *ctx = NULL;
	int report = argc > 1 && strcmp(argv[1], "--report") == 0;

	if (efile_ctx_new(&ctx, NULL) != EFILE_OK)
		return 70;
	for (int i = 1 + report; i < argc; i++)
		inspect(ctx, argv[i], report);
	efile_ctx_free(ctx);
	return 0;
}
