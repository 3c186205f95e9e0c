/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-byte-writer.h"
#include "base/meir-limits.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirBencodeWriter:
 *
 * Appends one canonical bencoded value (BEP 3) to a byte array. The caller gives the keys of a dictionary in
 * ascending byte order, a value after each key, and ends what it began; anything else is a programming error
 * and asserted. For the stack.
 */
typedef struct {
  GByteArray *bytes;
  /*< private >*/
  guint depth;
  struct {
    gboolean is_dict;
    gboolean has_key; /* a key was written and waits for its value */
    gsize key_offset; /* of the last key's characters in @bytes */
    gsize key_length; /* 0 and offset 0 before the first */
  } levels[MEIR_BENCODE_DEPTH_FILE];
} MeirBencodeWriter;

/* Appends to @bytes (transfer none), which must outlive the writer. */
void meir_bencode_writer_init (MeirBencodeWriter *writer, GByteArray *bytes);
void meir_bencode_writer_begin_dict (MeirBencodeWriter *writer);
void meir_bencode_writer_begin_list (MeirBencodeWriter *writer);
/* Ends the innermost dictionary or list. */
void meir_bencode_writer_end (MeirBencodeWriter *writer);
void meir_bencode_writer_key (MeirBencodeWriter *writer, const char *key);
void meir_bencode_writer_int (MeirBencodeWriter *writer, gint64 value);
void meir_bencode_writer_string (MeirBencodeWriter *writer, const void *bytes, gsize length);
/* A string up to its NUL. */
void meir_bencode_writer_text (MeirBencodeWriter *writer, const char *text);
/* A value that is encoded already, such as the info dictionary of a torrent as it came. */
void meir_bencode_writer_raw (MeirBencodeWriter *writer, const void *encoded, gsize length);

/* A key and its value in one. */
void meir_bencode_writer_entry_int (MeirBencodeWriter *writer, const char *key, gint64 value);
void meir_bencode_writer_entry_string (MeirBencodeWriter *writer, const char *key, const void *bytes,
                                       gsize length);
void meir_bencode_writer_entry_text (MeirBencodeWriter *writer, const char *key, const char *text);

/* The same primitives into a caller's buffer, for encoders that must not allocate. Order and balance are up
 * to them: "d", "l" and "e" are single bytes. */
void meir_bencode_put_int (MeirByteWriter *writer, gint64 value);
void meir_bencode_put_string (MeirByteWriter *writer, const void *bytes, gsize length);
/* Only the length and the colon; the @length bytes themselves are the caller's to write. */
void meir_bencode_put_string_header (MeirByteWriter *writer, gsize length);
/* A key or string up to its NUL. */
void meir_bencode_put_text (MeirByteWriter *writer, const char *text);

G_END_DECLS
