/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-bencode-writer.h"

#include <string.h>

/* "-9223372036854775808" and the 'i' and 'e' around it. */
#define INT_LENGTH_MAX 22u

/* Formats without the locale and without printf: replies are encoded a hundred thousand times a second. */
static gsize
format_decimal (guint64 value, guint8 *text)
{
  guint8 reversed[20];
  gsize length = 0;

  do {
    reversed[length++] = (guint8) ('0' + value % 10);
    value /= 10;
  } while (value > 0);
  for (gsize i = 0; i < length; i++)
    text[i] = reversed[length - 1 - i];
  return length;
}

static gsize
format_int (gint64 value, guint8 text[INT_LENGTH_MAX])
{
  gsize length = 0;

  text[length++] = 'i';
  if (value < 0)
    text[length++] = '-';
  length += format_decimal (value < 0 ? 0 - (guint64) value : (guint64) value, text + length);
  text[length++] = 'e';
  return length;
}

static gsize
format_string_header (gsize string_length, guint8 text[INT_LENGTH_MAX])
{
  gsize length = format_decimal (string_length, text);

  text[length++] = ':';
  return length;
}

static void
append (MeirBencodeWriter *writer, const void *bytes, gsize length)
{
  g_assert (length <= G_MAXUINT - writer->bytes->len);

  g_byte_array_append (writer->bytes, bytes, (guint) length);
}

void
meir_bencode_writer_init (MeirBencodeWriter *writer, GByteArray *bytes)
{
  writer->bytes = bytes;
  writer->depth = 0;
}

/* A value may come at the top, in a list, and after a key. */
static void
begin_value (MeirBencodeWriter *writer)
{
  if (writer->depth > 0 && writer->levels[writer->depth - 1].is_dict) {
    g_assert (writer->levels[writer->depth - 1].has_key);
    writer->levels[writer->depth - 1].has_key = FALSE;
  }
}

static void
begin_container (MeirBencodeWriter *writer, gboolean is_dict)
{
  begin_value (writer);
  g_assert (writer->depth < G_N_ELEMENTS (writer->levels));
  append (writer, is_dict ? "d" : "l", 1);
  memset (&writer->levels[writer->depth], 0, sizeof writer->levels[0]);
  writer->levels[writer->depth].is_dict = is_dict;
  writer->depth++;
}

void
meir_bencode_writer_begin_dict (MeirBencodeWriter *writer)
{
  begin_container (writer, TRUE);
}

void
meir_bencode_writer_begin_list (MeirBencodeWriter *writer)
{
  begin_container (writer, FALSE);
}

void
meir_bencode_writer_end (MeirBencodeWriter *writer)
{
  g_assert (writer->depth > 0);
  g_assert (!writer->levels[writer->depth - 1].has_key);

  append (writer, "e", 1);
  writer->depth--;
}

static void
append_string (MeirBencodeWriter *writer, const void *bytes, gsize length)
{
  guint8 header[INT_LENGTH_MAX];

  append (writer, header, format_string_header (length, header));
  if (length > 0)
    append (writer, bytes, length);
}

/* BEP 3: keys are sorted as raw bytes. */
static gboolean
comes_after_last_key (const MeirBencodeWriter *writer, const char *key, gsize length)
{
  gsize last_length = writer->levels[writer->depth - 1].key_length;
  const guint8 *last = writer->bytes->data + writer->levels[writer->depth - 1].key_offset;
  int order = memcmp (key, last, MIN (length, last_length));

  return order > 0 || (order == 0 && length > last_length);
}

void
meir_bencode_writer_key (MeirBencodeWriter *writer, const char *key)
{
  gsize length = strlen (key);
  gsize level = writer->depth - 1;

  g_assert (writer->depth > 0);
  g_assert (writer->levels[level].is_dict);
  g_assert (!writer->levels[level].has_key);
  g_assert (writer->levels[level].key_offset == 0 || comes_after_last_key (writer, key, length));

  append_string (writer, key, length);
  writer->levels[level].has_key = TRUE;
  writer->levels[level].key_offset = writer->bytes->len - length;
  writer->levels[level].key_length = length;
}

void
meir_bencode_writer_int (MeirBencodeWriter *writer, gint64 value)
{
  guint8 text[INT_LENGTH_MAX];

  begin_value (writer);
  append (writer, text, format_int (value, text));
}

void
meir_bencode_writer_string (MeirBencodeWriter *writer, const void *bytes, gsize length)
{
  begin_value (writer);
  append_string (writer, bytes, length);
}

void
meir_bencode_writer_text (MeirBencodeWriter *writer, const char *text)
{
  meir_bencode_writer_string (writer, text, strlen (text));
}

void
meir_bencode_writer_raw (MeirBencodeWriter *writer, const void *encoded, gsize length)
{
  begin_value (writer);
  append (writer, encoded, length);
}

void
meir_bencode_writer_entry_int (MeirBencodeWriter *writer, const char *key, gint64 value)
{
  meir_bencode_writer_key (writer, key);
  meir_bencode_writer_int (writer, value);
}

void
meir_bencode_writer_entry_string (MeirBencodeWriter *writer, const char *key, const void *bytes, gsize length)
{
  meir_bencode_writer_key (writer, key);
  meir_bencode_writer_string (writer, bytes, length);
}

void
meir_bencode_writer_entry_text (MeirBencodeWriter *writer, const char *key, const char *text)
{
  meir_bencode_writer_key (writer, key);
  meir_bencode_writer_text (writer, text);
}

void
meir_bencode_put_int (MeirByteWriter *writer, gint64 value)
{
  guint8 text[INT_LENGTH_MAX];

  meir_byte_writer_put (writer, text, format_int (value, text));
}

void
meir_bencode_put_string_header (MeirByteWriter *writer, gsize length)
{
  guint8 header[INT_LENGTH_MAX];

  meir_byte_writer_put (writer, header, format_string_header (length, header));
}

void
meir_bencode_put_string (MeirByteWriter *writer, const void *bytes, gsize length)
{
  meir_bencode_put_string_header (writer, length);
  meir_byte_writer_put (writer, bytes, length);
}

void
meir_bencode_put_text (MeirByteWriter *writer, const char *text)
{
  meir_bencode_put_string (writer, text, strlen (text));
}
