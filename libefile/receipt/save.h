/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file for another program: it appears whole, synced, under its name, or not at all. */
#ifndef RECEIPT_SAVE_H
#define RECEIPT_SAVE_H

#include "base/base.h"

typedef struct saving {
	efile_ctx *ctx;
	efile_writer *writer;     /* to write to; goes with the saving */
	char *path, *folder;
	int fd;
} saving;

#define SAVING_NONE { NULL, NULL, NULL, NULL, -1 }

/* A file without a name in the folder of the path. */
efile_status saving_begin(saving *s, efile_ctx *ctx, const char *path);
/* Gives it its name; an older file of that name is replaced. */
efile_status saving_end(saving *s);
/* Without saving_end() nothing is left behind. */
void saving_clear(saving *s);

#endif
