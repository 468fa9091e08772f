/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a BPMN file to a diagram. */
#ifndef FLOW_PICTURE_H
#define FLOW_PICTURE_H

#include "flow/document.h"
#include "render/diagram.h"

typedef struct picture_options {
	bool lay_out;           /* ignore the file's own layout */
	uint32_t diagram;       /* which of the file's diagrams, from 1; 0: the first that shows anything */
} picture_options;

/* Texts stay the document's. Without a diagram in the file, a layout is made. */
efile_status picture_of(diagram *d, const document *file, const picture_options *options);

typedef enum picture_state { PICTURE_VISITED, PICTURE_ACTIVE, PICTURE_INCIDENT } picture_state;

/* Marks a node or flow as passed, waiting or in trouble. */
void picture_mark(diagram *d, const char *id, picture_state state, uint32_t count);
/* Figures of a node or flow: visits, and the mean time in microseconds (-1: none). */
efile_status picture_heat(diagram *d, const char *id, uint64_t visits, uint64_t most, int64_t mean);

#endif
