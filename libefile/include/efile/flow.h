/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file flow.h
 * @brief Processes in BPMN 2.0: checking and drawing files. No store is needed.
 */
#ifndef EFILE_FLOW_H
#define EFILE_FLOW_H

#include <efile/reader.h>
#include <efile/report.h>

EFILE_BEGIN_DECLS

/**
 * @brief Checks a BPMN file: is it sound, and can it be executed here?
 *
 * Findings name the rule ("BPMN-TARGET"), the id of the element as path, line and column. A process
 * is executable if none of them is an error.
 *
 * @param[out] out the findings; the caller frees them with efile_report_free()
 * @param ctx      a context
 * @param reader   the file; read to its end, not closed
 * @retval EFILE_OK        checked, whatever was found
 * @retval EFILE_E_FORMAT  not well-formed XML, or no BPMN 2.0
 * @retval EFILE_E_LIMIT   too large or nested too deep
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_NOMEM   out of memory; other errors are those of the reader
 * @standard BPMN 2.0.2
 * @since 0.1
 */
EFILE_API efile_status efile_bpmn_check(efile_report **out, efile_ctx *ctx, efile_reader *reader);

/** @brief What a mark on an element says. */
typedef enum efile_bpmn_mark_kind {
	EFILE_BPMN_VISITED = 0, /**< the process has passed here */
	EFILE_BPMN_ACTIVE = 1,  /**< it waits here */
	EFILE_BPMN_INCIDENT = 2 /**< it is stuck here */
} efile_bpmn_mark_kind;

/** @brief A mark on a node or sequence flow of the picture. */
typedef struct efile_bpmn_mark {
	const char *element;       /**< id of the element; unknown ones are left out */
	efile_bpmn_mark_kind kind; /**< passed, waiting or stuck */
	uint32_t count;            /**< a number to show at it, 0 for none */
} efile_bpmn_mark;

/** @brief Figures of a node for a heat map: how often, and how long on average. */
typedef struct efile_bpmn_heat {
	const char *element; /**< id of the element; unknown ones are left out */
	uint64_t visits;     /**< how often it was passed */
	int64_t mean_time;   /**< mean time in microseconds, -1: none is shown */
} efile_bpmn_heat;

/** @brief Options of efile_bpmn_render(); fill with efile_bpmn_render_options_init(). */
typedef struct efile_bpmn_render_options {
	size_t size;                  /**< sizeof(efile_bpmn_render_options) of the caller */
	const efile_bpmn_mark *marks; /**< the state of an instance, or NULL */
	size_t mark_count;            /**< their number */
	int lay_out;                  /**< 1: a new layout even if the file has one */
	uint32_t diagram;             /**< which diagram of the file, from 1; 0: the first with shapes */
	const efile_bpmn_heat *heat;  /**< figures of many instances, or NULL */
	size_t heat_count;            /**< their number */
} efile_bpmn_render_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_bpmn_render_options_init(efile_bpmn_render_options *options);

/**
 * @brief Draws a BPMN file as SVG: its own diagram, or a layout made for it; with marks, the path
 *        taken and where the process waits; with figures, a heat map. Light and dark by the viewer's
 *        choice, readable without colour and by screen readers.
 *
 * @param ctx     a context; its language is that of titles and legend
 * @param reader  the file; read to its end, not closed
 * @param writer  receives the picture
 * @param options NULL takes the defaults
 * @retval EFILE_OK        drawn
 * @retval EFILE_E_FORMAT  not well-formed XML, or no BPMN 2.0
 * @retval EFILE_E_LIMIT   too large or nested too deep
 * @retval EFILE_E_NOTFOUND there is no diagram of that number
 * @retval EFILE_E_INVALID an argument is missing or of a newer library
 * @retval EFILE_E_NOMEM   out of memory; other errors are those of reader and writer
 * @since 0.1
 */
EFILE_API efile_status efile_bpmn_render(efile_ctx *ctx, efile_reader *reader, efile_writer *writer,
					 const efile_bpmn_render_options *options);

/**
 * @brief Reads a BPMN file whole and writes it back: what a program keeps that takes a model in and
 *        hands it on.
 *
 * Elements, attributes, their order, ids, diagram, extension elements, unknown namespaces and their
 * prefixes, text, CDATA, comments and processing instructions are those of the file; the encoding
 * becomes UTF-8.
 *
 * @param ctx    a context
 * @param reader the file; read to its end, not closed
 * @param writer receives the file
 * @retval EFILE_OK        written
 * @retval EFILE_E_FORMAT  not well-formed XML, or no BPMN 2.0
 * @retval EFILE_E_LIMIT   too large or nested too deep
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_NOMEM   out of memory; other errors are those of reader and writer
 * @standard BPMN 2.0.2
 * @since 0.1
 */
EFILE_API efile_status efile_bpmn_roundtrip(efile_ctx *ctx, efile_reader *reader,
					    efile_writer *writer);

EFILE_END_DECLS

#endif
