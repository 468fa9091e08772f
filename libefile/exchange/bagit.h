/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tag files of a bag (BagIt 1.0, RFC 8493). Pure: knows digests and paths, reads and writes
 * nothing itself. */
#ifndef EXCHANGE_BAGIT_H
#define EXCHANGE_BAGIT_H

#include "base/base.h"

typedef struct bagit bagit;

efile_status bagit_new(bagit **out, efile_ctx *ctx);
void bagit_free(bagit *bag);
DEFINE_AUTO_PTR(bagit, bagit_free)

/* A payload file; the path is relative to data/, '/' between its parts. */
efile_status bagit_add(bagit *bag, const char *path, const unsigned char digest[SHA256_SIZE],
		       uint64_t length);

/* Another tag file, relative to the bag, that the tag manifest shall list. */
efile_status bagit_add_tag(bagit *bag, const char *path, const unsigned char digest[SHA256_SIZE]);

/* A line of bag-info.txt, in the order of the calls; Payload-Oxum is added by bagit_write(). */
efile_status bagit_info(bagit *bag, const char *label, const char *value);

/* Takes a tag file that is ready: name relative to the bag. */
typedef efile_status (*bagit_file_fn)(const char *name, const char *text, size_t length,
				      void *user);

/* Hands over bagit.txt, bag-info.txt, manifest-sha256.txt and tagmanifest-sha256.txt, in this order;
 * manifests are sorted by path, so that the same files give the same bytes. A path that was added
 * twice answers EXISTS. */
efile_status bagit_write(bagit *bag, bagit_file_fn take, void *user);

#endif
