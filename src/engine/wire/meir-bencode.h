/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirBencodeMode:
 * @MEIR_BENCODE_STRICT: for .torrent files: numbers are canonical and fit 64 bits, no key comes twice,
 * nothing follows the value. Keys out of order are accepted, because foreign torrents have them, and reported
 * by meir_bencode_is_sorted ()
 * @MEIR_BENCODE_LENIENT: for what peers and trackers send: "i-0e", leading zeros, numbers of any size, keys
 * in any order or twice (the first counts) and bytes after the value are accepted
 */
typedef enum {
  MEIR_BENCODE_STRICT,
  MEIR_BENCODE_LENIENT,
} MeirBencodeMode;

/**
 * MeirBencodeType:
 * @MEIR_BENCODE_NONE: no value: what a look-up that finds nothing gives
 */
typedef enum {
  MEIR_BENCODE_NONE,
  MEIR_BENCODE_INT,
  MEIR_BENCODE_STRING,
  MEIR_BENCODE_LIST,
  MEIR_BENCODE_DICT,
} MeirBencodeType;

/* Most tokens (values, keys and ends of lists and dictionaries) of one document; a token takes 8 bytes. A
 * document may also have no more than one for every two of its bytes, which no real one exceeds: so the
 * memory stays under four times the input. */
#define MEIR_BENCODE_TOKENS_MAX (16u << 20)

/**
 * MeirBencode:
 *
 * A parsed bencoded value (BEP 3): a table of where its parts lie in the caller's bytes, which it does not
 * copy and which must outlive it unchanged. Immutable, so any thread may read it.
 */
typedef struct _MeirBencode MeirBencode;

/**
 * MeirBencodeNode:
 *
 * One value inside a document; a plain value, good as long as the document. {NULL, 0} is the missing node:
 * every function here accepts it and finds nothing in it, so look-ups can be chained and checked once.
 */
typedef struct {
  const MeirBencode *document;
  guint32 index;
} MeirBencodeNode;

/**
 * MeirBencodeIter:
 *
 * A walk over the items of a list or the entries of a dictionary. For the stack.
 */
typedef struct {
  /*< private >*/
  const MeirBencode *document;
  guint32 index;
  guint32 end;
  MeirBencodeType type;
} MeirBencodeIter;

/**
 * meir_bencode_parse:
 * @bytes: the input, kept by the caller while the document lives
 * @length: its length in bytes, under 4 GiB
 * @depth_max: deepest nesting accepted, at most MEIR_BENCODE_DEPTH_FILE; a plain dictionary of numbers is 1
 * deep
 * @consumed: (out) (optional): bytes the value takes; in strict mode always @length
 *
 * Parses one value, without recursion, in time linear in @length.
 *
 * Errors: MEIR_ERROR_INVALID (strict) or MEIR_ERROR_PROTOCOL (lenient). The message is a clause that names
 * the byte offset, to be prefixed with what was read: "the number at byte 12 has a leading zero".
 *
 * Returns: (transfer full) (nullable): the document, or NULL on error. Any thread. Pure.
 */
MeirBencode *meir_bencode_parse (const void *bytes, gsize length, MeirBencodeMode mode, guint depth_max,
                                 gsize *consumed, GError **error);
void meir_bencode_free (MeirBencode *document);

/* Whether the keys of every dictionary are in order; what is not cannot be encoded again to the same bytes.
 * Known only in strict mode. */
gboolean meir_bencode_is_sorted (const MeirBencode *document);
/* The outermost value; never the missing node. */
MeirBencodeNode meir_bencode_get_root (const MeirBencode *document);

/* What @node is; MEIR_BENCODE_NONE for the missing node. */
MeirBencodeType meir_bencode_node_type (MeirBencodeNode node);
static inline gboolean
meir_bencode_node_exists (MeirBencodeNode node)
{
  return node.document != NULL;
}

/* The number; FALSE, and @value unchanged, when the node is none or does not fit 64 bits (lenient mode only).
 */
gboolean meir_bencode_node_int (MeirBencodeNode node, gint64 *value);
/* The same, but a number that does not fit becomes G_MININT64 or G_MAXINT64. */
gboolean meir_bencode_node_int_clamped (MeirBencodeNode node, gint64 *value);
/* The string's bytes in place, or NULL (and length 0) when the node is none. Not NUL-terminated; may be
 * empty, then the pointer is still not NULL. */
const guint8 *meir_bencode_node_string (MeirBencodeNode node, gsize *length);
/* Whether the node is a string of exactly these characters. */
gboolean meir_bencode_node_equals (MeirBencodeNode node, const char *text);
/* The bytes that encode the node, as they came: what an info-hash is computed over. NULL for the missing
 * node. */
const guint8 *meir_bencode_node_span (MeirBencodeNode node, gsize *length);
/* Offset of the node's first byte in the input, for messages. */
gsize meir_bencode_node_offset (MeirBencodeNode node);

/* Value of @key in a dictionary, or the missing node. */
MeirBencodeNode meir_bencode_node_lookup (MeirBencodeNode dict, const char *key);
/* Look-up and typed access in one. */
gboolean meir_bencode_node_lookup_int (MeirBencodeNode dict, const char *key, gint64 *value);
const guint8 *meir_bencode_node_lookup_string (MeirBencodeNode dict, const char *key, gsize *length);

/* Walks @node; over anything but a list or dictionary the walk ends at once. */
void meir_bencode_iter_init (MeirBencodeIter *iter, MeirBencodeNode node);
/* Next item of a list; FALSE at the end, and at once over a dictionary. */
gboolean meir_bencode_iter_next (MeirBencodeIter *iter, MeirBencodeNode *item);
/* Next entry of a dictionary, in the order of the input; FALSE at the end, and at once over a list. */
gboolean meir_bencode_iter_next_entry (MeirBencodeIter *iter, MeirBencodeNode *key, MeirBencodeNode *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirBencode, meir_bencode_free)

G_END_DECLS
