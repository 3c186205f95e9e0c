/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-byte-cursor.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirByteWriter:
 *
 * A bounded write position, the counterpart of MeirByteCursor: a write that does not fit sets @failed and
 * writes nothing, so an encoder checks once, at its end.
 */
typedef struct {
  guint8 *bytes;
  gsize capacity;
  gsize length;
  gboolean failed;
} MeirByteWriter;

static inline void
meir_byte_writer_init (MeirByteWriter *writer, void *bytes, gsize capacity)
{
  *writer = (MeirByteWriter){ .bytes = bytes, .capacity = capacity };
}

/* Room for @n bytes, to be filled by the caller, or NULL. */
static inline guint8 *
meir_byte_writer_take (MeirByteWriter *writer, gsize n)
{
  guint8 *bytes;

  if (writer->failed || writer->capacity - writer->length < n) {
    writer->failed = TRUE;
    return NULL;
  }
  bytes = writer->bytes + writer->length;
  writer->length += n;
  return bytes;
}

static inline void
meir_byte_writer_put (MeirByteWriter *writer, const void *bytes, gsize n)
{
  guint8 *to = meir_byte_writer_take (writer, n);

  if (to != NULL && n > 0)
    memcpy (to, bytes, n);
}

static inline void
meir_byte_writer_u8 (MeirByteWriter *writer, guint8 value)
{
  meir_byte_writer_put (writer, &value, 1);
}

static inline void
meir_byte_writer_u16 (MeirByteWriter *writer, guint16 value)
{
  guint8 *to = meir_byte_writer_take (writer, sizeof value);

  if (to != NULL)
    meir_store_u16 (to, value);
}

static inline void
meir_byte_writer_u32 (MeirByteWriter *writer, guint32 value)
{
  guint8 *to = meir_byte_writer_take (writer, sizeof value);

  if (to != NULL)
    meir_store_u32 (to, value);
}

static inline void
meir_byte_writer_u64 (MeirByteWriter *writer, guint64 value)
{
  guint8 *to = meir_byte_writer_take (writer, sizeof value);

  if (to != NULL)
    meir_store_u64 (to, value);
}

/* Bytes written, or 0 when something did not fit. */
static inline gsize
meir_byte_writer_finish (const MeirByteWriter *writer)
{
  return writer->failed ? 0 : writer->length;
}

G_END_DECLS
