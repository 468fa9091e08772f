/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Everything of base in one include for the modules above. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/ctx.h"
#include "base/decimal.h"
#include "base/error.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/reader.h"
#include "base/report.h"
#include "base/sha256.h"
#include "base/str.h"
#include "base/table.h"
#include "base/time.h"

#endif
