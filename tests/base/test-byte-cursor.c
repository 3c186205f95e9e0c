/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-byte-cursor.h"

#include "base/meir-byte-writer.h"

static void
test_loads_and_stores (void)
{
  guint8 bytes[9] = { 0xff, 1, 2, 3, 4, 5, 6, 7, 8 };
  guint8 stored[9] = { 0 };

  g_assert_cmphex (meir_load_u16 (bytes + 1), ==, 0x0102);
  g_assert_cmphex (meir_load_u32 (bytes + 1), ==, 0x01020304);
  g_assert_cmphex (meir_load_u64 (bytes + 1), ==, G_GUINT64_CONSTANT (0x0102030405060708));
  g_assert_cmphex (meir_load_u16 ((const guint8 *) "\xff\xfe"), ==, 0xfffe);
  meir_store_u64 (stored + 1, G_GUINT64_CONSTANT (0x0102030405060708));
  g_assert_cmpmem (stored + 1, 8, bytes + 1, 8);
  meir_store_u32 (stored + 1, 0x05060708);
  meir_store_u16 (stored + 5, 0xabcd);
  g_assert_cmpmem (stored + 1, 6, "\x05\x06\x07\x08\xab\xcd", 6);
}

static void
test_cursor_reads (void)
{
  static const guint8 bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 };
  MeirByteCursor cursor;

  meir_byte_cursor_init (&cursor, bytes, sizeof bytes);
  g_assert_cmphex (meir_byte_cursor_u8 (&cursor), ==, 1);
  g_assert_cmphex (meir_byte_cursor_u16 (&cursor), ==, 0x0203);
  g_assert_cmphex (meir_byte_cursor_u32 (&cursor), ==, 0x04050607);
  g_assert_cmphex (meir_byte_cursor_u64 (&cursor), ==, G_GUINT64_CONSTANT (0x08090a0b0c0d0e0f));
  g_assert_cmpuint (meir_byte_cursor_left (&cursor), ==, 2);
  g_assert_true (meir_byte_cursor_take (&cursor, 2) == bytes + 15);
  g_assert_nonnull (meir_byte_cursor_take (&cursor, 0));
  g_assert_false (cursor.failed);
}

static void
test_cursor_past_the_end (void)
{
  static const guint8 bytes[] = { 1, 2, 3 };
  MeirByteCursor cursor;

  meir_byte_cursor_init (&cursor, bytes, sizeof bytes);
  g_assert_cmphex (meir_byte_cursor_u32 (&cursor), ==, 0);
  g_assert_true (cursor.failed);
  g_assert_cmpuint (cursor.position, ==, 0);
  g_assert_cmphex (meir_byte_cursor_u8 (&cursor), ==, 0); /* once failed, always failed */
  g_assert_cmphex (meir_byte_cursor_u16 (&cursor), ==, 0);
  g_assert_cmphex (meir_byte_cursor_u64 (&cursor), ==, 0);

  meir_byte_cursor_init (&cursor, bytes, sizeof bytes);
  g_assert_null (meir_byte_cursor_take (&cursor, G_MAXSIZE)); /* no wrap */
  g_assert_true (cursor.failed);
}

static void
test_writer (void)
{
  guint8 bytes[16] = { 0 };
  MeirByteWriter writer;

  meir_byte_writer_init (&writer, bytes, sizeof bytes);
  meir_byte_writer_u8 (&writer, 1);
  meir_byte_writer_u16 (&writer, 0x0203);
  meir_byte_writer_u32 (&writer, 0x04050607);
  meir_byte_writer_u64 (&writer, G_GUINT64_CONSTANT (0x08090a0b0c0d0e0f));
  meir_byte_writer_put (&writer, NULL, 0);
  g_assert_cmpuint (meir_byte_writer_finish (&writer), ==, 15);
  g_assert_cmpmem (bytes, 15, "\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf", 15);
  meir_byte_writer_u16 (&writer, 0xffff);
  g_assert_true (writer.failed);
  g_assert_cmphex (bytes[15], ==, 0); /* nothing of what did not fit */
  meir_byte_writer_u8 (&writer, 1);
  g_assert_cmphex (bytes[15], ==, 0);
  g_assert_cmpuint (meir_byte_writer_finish (&writer), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/byte-cursor/loads-and-stores", test_loads_and_stores);
  g_test_add_func ("/byte-cursor/reads", test_cursor_reads);
  g_test_add_func ("/byte-cursor/past-the-end", test_cursor_past_the_end);
  g_test_add_func ("/byte-cursor/writer", test_writer);
  return g_test_run ();
}
