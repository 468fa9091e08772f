/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a BPMN model to a diagram. */
#ifndef FLOW_PICTURE_H
#define FLOW_PICTURE_H

#include "flow/model.h"
#include "render/diagram.h"

/* Texts and points stay the model's. lay_out: ignore the file's own layout. */
efile_status picture_of(diagram *d, const bpmn_model *m, bool lay_out);
/* Marks a node or flow as passed, or as waiting. */
void picture_mark(diagram *d, const char *id, bool active, uint32_t count);

#endif
