/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Big-endian loads and stores on unaligned bytes: the network's integers (BEP 3, BEP 15). */
static inline guint16
meir_load_u16 (const guint8 *bytes)
{
  return (guint16) (bytes[0] << 8 | bytes[1]);
}

static inline guint32
meir_load_u32 (const guint8 *bytes)
{
  guint32 value;
  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_BE (value);
}

static inline guint64
meir_load_u64 (const guint8 *bytes)
{
  guint64 value;
  memcpy (&value, bytes, sizeof value);
  return GUINT64_FROM_BE (value);
}

static inline void
meir_store_u16 (guint8 *bytes, guint16 value)
{
  bytes[0] = (guint8) (value >> 8);
  bytes[1] = (guint8) value;
}

static inline void
meir_store_u32 (guint8 *bytes, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (bytes, &value, sizeof value);
}

static inline void
meir_store_u64 (guint8 *bytes, guint64 value)
{
  value = GUINT64_TO_BE (value);
  memcpy (bytes, &value, sizeof value);
}

/**
 * MeirByteCursor:
 *
 * A bounded read position. A read past the end sets @failed, returns zeros and leaves the position, so a
 * decoder checks once, at its end.
 */
typedef struct {
  const guint8 *bytes;
  gsize length;
  gsize position;
  gboolean failed;
} MeirByteCursor;

static inline void
meir_byte_cursor_init (MeirByteCursor *cursor, const void *bytes, gsize length)
{
  *cursor = (MeirByteCursor){ .bytes = bytes, .length = length };
}

static inline gsize
meir_byte_cursor_left (const MeirByteCursor *cursor)
{
  return cursor->length - cursor->position;
}

/* @n bytes in place, or NULL. */
static inline const guint8 *
meir_byte_cursor_take (MeirByteCursor *cursor, gsize n)
{
  const guint8 *bytes;

  if (cursor->failed || meir_byte_cursor_left (cursor) < n) {
    cursor->failed = TRUE;
    return NULL;
  }
  bytes = cursor->bytes + cursor->position;
  cursor->position += n;
  return bytes;
}

static inline guint8
meir_byte_cursor_u8 (MeirByteCursor *cursor)
{
  const guint8 *bytes = meir_byte_cursor_take (cursor, 1);
  return bytes != NULL ? bytes[0] : 0;
}

static inline guint16
meir_byte_cursor_u16 (MeirByteCursor *cursor)
{
  const guint8 *bytes = meir_byte_cursor_take (cursor, 2);
  return bytes != NULL ? meir_load_u16 (bytes) : 0;
}

static inline guint32
meir_byte_cursor_u32 (MeirByteCursor *cursor)
{
  const guint8 *bytes = meir_byte_cursor_take (cursor, 4);
  return bytes != NULL ? meir_load_u32 (bytes) : 0;
}

static inline guint64
meir_byte_cursor_u64 (MeirByteCursor *cursor)
{
  const guint8 *bytes = meir_byte_cursor_take (cursor, 8);
  return bytes != NULL ? meir_load_u64 (bytes) : 0;
}

G_END_DECLS
