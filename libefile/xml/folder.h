/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders of schemas. */
#ifndef XML_FOLDER_H
#define XML_FOLDER_H

#include <dirent.h>

#include "xml/xml.h"

/* The next name, borrowed until the next call; EFILE_DONE at the end, an error if the disk fails: a set that is
 * read in half would let pass what its other half forbids. */
efile_status xml_folder_next(const char **out, efile_ctx *ctx, DIR *dir, const char *folder);

bool xml_is_schema_name(const char *name); /* *.xsd */

#endif
