/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file efile.h
 * @brief libefile: e-files, documents and workflows in one embeddable library.
 */
#ifndef EFILE_H
#define EFILE_H

#include <efile/macros.h>
#include <efile/error.h>
#include <efile/types.h>
#include <efile/decimal.h>
#include <efile/ctx.h>
#include <efile/reader.h>
#include <efile/report.h>
#include <efile/feel.h>
#include <efile/decision.h>
#include <efile/flow.h>
#include <efile/scenario.h>
#include <efile/mail.h>
#include <efile/parse.h>
#include <efile/period.h>
#include <efile/store.h>
#include <efile/session.h>
#include <efile/events.h>
#include <efile/figures.h>
#include <efile/access.h>
#include <efile/plan.h>
#include <efile/dossier.h>
#include <efile/document.h>
#include <efile/invoice.h>
#include <efile/receipt.h>
#include <efile/handover.h>
#include <efile/search.h>
#include <efile/task.h>
#include <efile/work.h>
#include <efile/intake.h>
#include <efile/export.h>
#include <efile/template.h>

#endif
