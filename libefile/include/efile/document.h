/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file document.h
 * @brief Documents (Dokumente): versions, renditions, types with metadata, relations.
 */
#ifndef EFILE_DOCUMENT_H
#define EFILE_DOCUMENT_H

#include <efile/dossier.h>

EFILE_BEGIN_DECLS

/** @brief What a rendition of a version is. */
typedef enum efile_role {
	EFILE_ROLE_ORIGINAL = 1, /**< as it came */
	EFILE_ROLE_TEXT = 2,     /**< its text, UTF-8; goes into the search */
	EFILE_ROLE_PREVIEW = 3,  /**< a picture */
	EFILE_ROLE_PDFA = 4,     /**< for keeping */
	EFILE_ROLE_SIGNATURE = 5 /**< a detached signature */
} efile_role;

/** @brief Datatype of a metadata field. */
typedef enum efile_datatype {
	EFILE_DATATYPE_TEXT = 1,     /**< "text" */
	EFILE_DATATYPE_INTEGER = 2,  /**< "integer" */
	EFILE_DATATYPE_DECIMAL = 3,  /**< "decimal" */
	EFILE_DATATYPE_BOOLEAN = 4,  /**< "boolean": true or false */
	EFILE_DATATYPE_DATE = 5,     /**< "date": YYYY-MM-DD */
	EFILE_DATATYPE_TIME = 6      /**< "time": RFC 3339 with offset, kept in UTC */
} efile_datatype;

/** @brief One value of a metadata field, as text of its datatype. */
typedef struct efile_attribute {
	const char *name;        /**< of the field */
	const char *value;       /**< text */
	efile_datatype datatype; /**< of the field; ignored on input */
} efile_attribute;

/** @brief Values of a document; fill with efile_document_options_init(). */
typedef struct efile_document_options {
	size_t size;             /**< sizeof(efile_document_options) of the caller */
	const char *title;       /**< obligatory */
	const char *media_type;  /**< of the content; NULL: application/octet-stream */
	const char *file_name;   /**< as it came; NULL: none */
	const char *doctype;     /**< name of its type; NULL: none */
	const char *sender;      /**< who wrote it; NULL: not known */
	efile_date date;         /**< date of the document; none */
	efile_time received;     /**< time of receipt; 0: not received */
	const char *reference;   /**< own reference number; NULL: issued if the pattern has one */
	efile_medium medium;     /**< electronic */
	efile_id unit;           /**< responsible unit, an actor; none */
	int32_t confidentiality; /**< level 0 to 4, or EFILE_CONFIDENTIALITY_INHERITED */
	int64_t access_list;     /**< number of an access list; 0: inherited */
	int marked;              /**< 1: every read of its content is journaled; 0: as above it */
	const efile_attribute *attributes; /**< values for the type's fields; NULL: none */
	size_t attribute_count;  /**< their number */
	const char *text;        /**< text of the content for the search, UTF-8; NULL: none */
	const char *key;         /**< of the one who files, at most 200 bytes: a call that is repeated
	                              with the key in the same dossier, with the same content, gives
	                              the document that is there; NULL: each call files */
} efile_document_options;

/** @brief Values of a version; fill with efile_version_options_init(). */
typedef struct efile_version_options {
	size_t size;             /**< sizeof(efile_version_options) of the caller */
	const char *media_type;  /**< of the content; NULL: application/octet-stream */
	const char *file_name;   /**< as it came; NULL: none */
	const char *label;       /**< such as "draft"; NULL: none */
	const char *remark;      /**< what changed; NULL */
	const char *text;        /**< text of the content for the search, UTF-8; NULL: none. The search
	                              knows the newest version alone: the text of the one before is no
	                              longer found, also if this one brings none */
} efile_version_options;

/** @brief A version; texts are borrowed from its cursor until the next call. */
typedef struct efile_document_version {
	efile_version_id id; /**< its id */
	int64_t number;      /**< from 1 */
	efile_time created;  /**< when it was added */
	efile_id author;     /**< by whom */
	const char *label;   /**< or "" */
	const char *remark;  /**< or "" */
} efile_document_version;

/** @brief A rendition; texts are borrowed from its cursor until the next call. */
typedef struct efile_rendition {
	int64_t version;            /**< number of its version */
	efile_role role;            /**< what it is */
	const char *media_type;     /**< such as application/pdf */
	const char *file_name;      /**< or "" */
	int64_t bytes;              /**< of content */
	unsigned char sha256[32];   /**< of content */
} efile_rendition;

/** @brief A relation; texts are borrowed from its cursor until the next call. */
typedef struct efile_relation {
	efile_id id;        /**< its id */
	efile_id from;      /**< a node */
	efile_id to;        /**< another node */
	const char *kind;   /**< such as "answers" */
	const char *remark; /**< or "" */
} efile_relation;

/** @brief A cursor over versions. */
typedef struct efile_version_cursor efile_version_cursor;
/** @brief A cursor over renditions. */
typedef struct efile_rendition_cursor efile_rendition_cursor;
/** @brief A cursor over metadata values. */
typedef struct efile_attribute_cursor efile_attribute_cursor;
/** @brief A cursor over relations. */
typedef struct efile_relation_cursor efile_relation_cursor;

/** @brief Fills options with their defaults. @param[out] options receives the defaults
 * @since 0.1 */
EFILE_API void efile_document_options_init(efile_document_options *options);
/** @brief Fills options with their defaults. @param[out] options receives the defaults
 * @since 0.1 */
EFILE_API void efile_version_options_init(efile_version_options *options);

/* ------------------------------------------------------------------ filing and reading */

/**
 * @brief Files a document (Dokument) in an open case (Vorgang).
 *
 * Content, metadata and log entry appear together or not at all.
 *
 * @param[out] out the document; the caller frees it with efile_node_free(); NULL: not wanted
 * @param session  open session; its actor needs write access to the case
 * @param case_id  the case or sub-case that receives the document
 * @param content  read to its end, not freed; at most efile_limits.document_bytes; NULL: no content
 *                 here, as for a document on paper
 * @param options  a title at least
 * @retval EFILE_OK         filed
 * @retval EFILE_E_INVALID  no title, bad UTF-8, a value that its field does not allow
 * @retval EFILE_E_NOTFOUND no such case or type, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @retval EFILE_E_STATE    the case is filed away (z.d.A.), disposed of or in the trash
 * @retval EFILE_E_EXISTS   the key is that of a document with other content
 * @retval EFILE_E_LIMIT    content is too long
 * @retval EFILE_E_STORAGE  database or disk failed; nothing was filed
 * @standard xdomea: Dokument in Vorgang
 * @since 0.1
 */
EFILE_API efile_status efile_case_add_document(efile_document **out, efile_session *session,
					       efile_case_id case_id, efile_reader *content,
					       const efile_document_options *options);

/**
 * @brief Adds an attachment (Anlage) to a document or attachment.
 * @param[out] out the attachment; the caller frees it with efile_node_free(); NULL: not wanted
 * @param session  open session; its actor needs write access to the document
 * @param document the document
 * @param content  as for efile_case_add_document()
 * @param options  a title at least
 * @retval EFILE_OK         added; other values as efile_case_add_document()
 * @retval EFILE_E_LIMIT    content is too long, or nested too deeply
 * @retval EFILE_E_CONFLICT the document is checked out by someone else
 * @standard xdomea: Anlage
 * @since 0.1
 */
EFILE_API efile_status efile_document_add_attachment(efile_document **out, efile_session *session,
						     efile_document_id document,
						     efile_reader *content,
						     const efile_document_options *options);

/**
 * @brief Loads a document or attachment.
 * @param[out] out the document; the caller frees it with efile_node_free()
 * @param session  open session
 * @param id       the document
 * @retval EFILE_OK         loaded
 * @retval EFILE_E_NOTFOUND no such document, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_document_load(efile_document **out, efile_session *session,
					   efile_document_id id);

/** @brief The id of a document or attachment. @param document a document @return the id
 * @since 0.1 */
EFILE_API efile_document_id efile_document_node_id(const efile_document *document);

/**
 * @brief Adds a version to a document.
 * @param[out] out the number of the new version; NULL: not wanted
 * @param session  open session; its actor needs write access
 * @param document the document
 * @param seen     number of the newest version that the author saw; 0 for the first one
 * @param content  read to its end, not freed
 * @param options  NULL takes the defaults
 * @retval EFILE_OK         added
 * @retval EFILE_E_CONFLICT there is a newer version than the one seen, or the document is checked
 *                          out by someone else
 * @retval EFILE_E_STATE    closed, disposed of or in the trash
 * @retval EFILE_E_NOTFOUND no such document, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @retval EFILE_E_LIMIT    content is too long
 * @retval EFILE_E_STORAGE  database or disk failed; nothing was added
 * @since 0.1
 */
EFILE_API efile_status efile_document_add_version(int64_t *out, efile_session *session,
						  efile_document_id document, int64_t seen,
						  efile_reader *content,
						  const efile_version_options *options);

/**
 * @brief Adds a rendition to a version: its text, a preview, a PDF/A, a signature.
 * @param session    open session; its actor needs write access
 * @param document   the document; it may be closed: renditions for keeping are made later
 * @param version    number of the version; 0: the newest
 * @param role       what it is, not the original; one of a kind per version but for signatures
 * @param content    read to its end, not freed
 * @param media_type such as text/plain; NULL: application/octet-stream
 * @param file_name  NULL: none
 * @retval EFILE_OK         added
 * @retval EFILE_E_INVALID  unknown role, or the original
 * @retval EFILE_E_EXISTS   there is one already
 * @retval EFILE_E_STATE    disposed of or in the trash
 * @retval EFILE_E_NOTFOUND no such document or version, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @retval EFILE_E_LIMIT    content is too long
 * @since 0.1
 */
EFILE_API efile_status efile_document_add_rendition(efile_session *session,
						    efile_document_id document, int64_t version,
						    efile_role role, efile_reader *content,
						    const char *media_type,
						    const char *file_name);

/**
 * @brief Opens the content of a document; its digest is verified while it is read.
 * @param[out] out the content; the caller frees it with efile_reader_free() before the session
 * @param session  open session; reads of marked files are journaled, or refused if that fails
 * @param document the document
 * @param version  number of the version; 0: the newest
 * @param role     which rendition
 * @retval EFILE_OK         open
 * @retval EFILE_E_NOTFOUND no such document, version or rendition, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @retval EFILE_E_DAMAGED  the content does not match its digest (or so says the last read)
 * @since 0.1
 */
EFILE_API efile_status efile_document_open_content(efile_reader **out, efile_session *session,
						   efile_document_id document, int64_t version,
						   efile_role role);

/**
 * @brief Lists the versions of a document, oldest first.
 * @param[out] out the cursor; the caller frees it with efile_version_cursor_free()
 * @param session  open session
 * @param document the document
 * @param after    versions with a higher number are listed; 0 lists all
 * @retval EFILE_OK         opened
 * @retval EFILE_E_NOTFOUND no such document, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_document_versions(efile_version_cursor **out, efile_session *session,
					       efile_document_id document, int64_t after);
/** @brief The next version. @param cursor a cursor @param[out] version receives it
 * @retval EFILE_OK a version @retval EFILE_DONE the end @since 0.1 */
EFILE_API efile_status efile_version_cursor_next(efile_version_cursor *cursor,
						 efile_document_version *version);
/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_version_cursor_free(efile_version_cursor *cursor);

/**
 * @brief Lists the renditions of one version of a document.
 * @param[out] out the cursor; the caller frees it with efile_rendition_cursor_free()
 * @param session  open session
 * @param document the document
 * @param version  number of the version; 0: the newest
 * @retval EFILE_OK         opened
 * @retval EFILE_E_NOTFOUND no such document or version, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_document_renditions(efile_rendition_cursor **out,
						 efile_session *session,
						 efile_document_id document, int64_t version);
/** @brief The next rendition. @param cursor a cursor @param[out] rendition receives it
 * @retval EFILE_OK a rendition @retval EFILE_DONE the end @since 0.1 */
EFILE_API efile_status efile_rendition_cursor_next(efile_rendition_cursor *cursor,
						   efile_rendition *rendition);
/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_rendition_cursor_free(efile_rendition_cursor *cursor);
/** @brief The name of a role, such as "original". @param role a role @return constant text
 * @since 0.1 */
EFILE_API const char *efile_role_name(efile_role role);

/* ------------------------------------------------------------------ types and metadata */

/**
 * @brief Defines a type with its metadata fields, or replaces its definition.
 *
 * A definition is a JSON object: {"fields":[{"name":"amount","title":"Betrag","datatype":"decimal",
 * "min":0,"max":1,"codes":["..."],"pattern":"...","length":200,"personal":true}, ...]}. Only name
 * is obligatory; datatype is "text", min 0, max 1 ("max":null: any number). A pattern is a PCRE2
 * regular expression for the whole value. Values that are there stay as they are.
 *
 * Or {"xsd":"<xs:schema ...>"}: an XML schema with one global element whose content is a sequence (or
 * all) of elements of simple types; these are the fields, named and typed by it, and all values of an
 * object must be valid against it together. Own simple types with facets are allowed; choices,
 * attributes and nested content are not.
 *
 * @param session    open session of an administrator
 * @param name       key: letters, digits, '_', '-', '.'; at most 64
 * @param title      for people
 * @param definition JSON; NULL: no fields
 * @retval EFILE_OK            defined
 * @retval EFILE_E_INVALID     a bad name, datatype, cardinality or pattern, named in the message
 * @retval EFILE_E_FORMAT      not JSON, or no XML schema
 * @retval EFILE_E_UNSUPPORTED an XML schema that is more than a list of simple elements
 * @retval EFILE_E_DENIED      not an administrator
 * @since 0.1
 */
EFILE_API efile_status efile_doctype_define(efile_session *session, const char *name,
					    const char *title, const char *definition);

/**
 * @brief The definition of a type as JSON.
 * @param[out] out {"schema":"efile.doctype.v1","name":...,"title":...,"fields":[...]}, and "xsd"
 *                 if it is defined by one; the caller
 *                 frees it with efile_free()
 * @param session  open session
 * @param name     the type
 * @retval EFILE_OK         found
 * @retval EFILE_E_NOTFOUND no such type
 * @since 0.1
 */
EFILE_API efile_status efile_doctype_load(char **out, efile_session *session, const char *name);

/** @brief A cursor over document types. */
typedef struct efile_doctype_cursor efile_doctype_cursor;

/** @brief A document type; texts are borrowed from its cursor until the next call. */
typedef struct efile_doctype {
	const char *name;  /**< key */
	const char *title; /**< for people */
} efile_doctype;

/**
 * @brief Lists the document types by name.
 * @param[out] out the cursor; the caller frees it with efile_doctype_cursor_free()
 * @param session  open session
 * @param after    name of the last type seen: the list goes on behind it; NULL starts it
 * @retval EFILE_OK opened
 * @since 0.1
 */
EFILE_API efile_status efile_doctype_list(efile_doctype_cursor **out, efile_session *session,
					  const char *after);
/** @brief The next type. @param cursor a cursor @param[out] out receives it
 * @retval EFILE_OK a type @retval EFILE_DONE the end @since 0.1 */
EFILE_API efile_status efile_doctype_cursor_next(efile_doctype_cursor *cursor, efile_doctype *out);
/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_doctype_cursor_free(efile_doctype_cursor *cursor);

/** @brief The name of a datatype, such as "decimal". @param datatype a datatype
 * @return constant text @since 0.1 */
EFILE_API const char *efile_datatype_name(efile_datatype datatype);

/**
 * @brief Replaces all metadata values of a node.
 *
 * Checked against the node's type: a field it does not have, a value that is not of its datatype,
 * length, pattern or code list, and too few or too many values are refused.
 *
 * @param session    open session; its actor needs write access
 * @param id         the node
 * @param revision   the one seen
 * @param attributes the values; those of one field stand in their order
 * @param count      their number
 * @retval EFILE_OK         set
 * @retval EFILE_E_INVALID  a value that its field does not allow, named in the message
 * @retval EFILE_E_STATE    closed or in the trash
 * @retval EFILE_E_CONFLICT changed by someone else meanwhile, or checked out by someone else
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_node_set_attributes(efile_session *session, efile_id id,
						 int64_t revision,
						 const efile_attribute *attributes, size_t count);

/**
 * @brief Lists the metadata values of a node by field.
 * @param[out] out the cursor; the caller frees it with efile_attribute_cursor_free()
 * @param session  open session
 * @param id       the node
 * @retval EFILE_OK         opened
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_node_attributes(efile_attribute_cursor **out, efile_session *session,
					     efile_id id);
/** @brief The next value. @param cursor a cursor @param[out] attribute receives it
 * @retval EFILE_OK a value @retval EFILE_DONE the end @since 0.1 */
EFILE_API efile_status efile_attribute_cursor_next(efile_attribute_cursor *cursor,
						   efile_attribute *attribute);
/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_attribute_cursor_free(efile_attribute_cursor *cursor);

/**
 * @brief Finds nodes by a metadata value, oldest first; invisible ones are left out.
 * @param[out] out the cursor; the caller frees it with efile_node_cursor_free()
 * @param session  open session
 * @param name     of the field
 * @param value    text; letter case does not matter
 * @param options  NULL takes the defaults
 * @retval EFILE_OK opened
 * @since 0.1
 */
EFILE_API efile_status efile_find_by_attribute(efile_node_cursor **out, efile_session *session,
					       const char *name, const char *value,
					       const efile_list_options *options);

/* ------------------------------------------------------------------ relations */

/**
 * @brief Relates a node to another one (Verweis).
 * @param[out] out the relation's id; NULL: not wanted
 * @param session  open session; its actor needs write access to from and read access to to
 * @param from     a node
 * @param to       another node
 * @param kind     such as "answers", "replaces", "see": letters, digits, '_', '-'; at most 64
 * @param remark   NULL: none
 * @retval EFILE_OK         related
 * @retval EFILE_E_INVALID  no kind, bad UTF-8, or from is to
 * @retval EFILE_E_EXISTS   they are related in this way already
 * @retval EFILE_E_STATE    from is disposed of or in the trash
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable or readable
 * @since 0.1
 */
EFILE_API efile_status efile_relation_add(efile_id *out, efile_session *session, efile_id from,
					  efile_id to, const char *kind, const char *remark);

/**
 * @brief Removes a relation; the log keeps it.
 * @param session open session; its actor needs write access to the node it starts from
 * @param id      the relation
 * @retval EFILE_OK         removed
 * @retval EFILE_E_NOTFOUND no such relation, or its nodes are not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not writable
 * @since 0.1
 */
EFILE_API efile_status efile_relation_remove(efile_session *session, efile_id id);

/**
 * @brief Lists the relations from and to a node; those with invisible nodes are left out.
 * @param[out] out the cursor; the caller frees it with efile_relation_cursor_free()
 * @param session  open session
 * @param id       the node
 * @retval EFILE_OK         opened
 * @retval EFILE_E_NOTFOUND no such node, or not visible to the actor
 * @retval EFILE_E_DENIED   visible, but not readable
 * @since 0.1
 */
EFILE_API efile_status efile_node_relations(efile_relation_cursor **out, efile_session *session,
					    efile_id id);
/** @brief The next relation. @param cursor a cursor @param[out] relation receives it
 * @retval EFILE_OK a relation @retval EFILE_DONE the end @since 0.1 */
EFILE_API efile_status efile_relation_cursor_next(efile_relation_cursor *cursor,
						  efile_relation *relation);
/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_relation_cursor_free(efile_relation_cursor *cursor);

EFILE_END_DECLS

#endif
