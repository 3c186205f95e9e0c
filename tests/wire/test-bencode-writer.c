/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-bencode-writer.h"

#include <string.h>

static void
assert_bytes (GByteArray *bytes, const char *expected)
{
  g_assert_cmpmem (bytes->data, bytes->len, expected, strlen (expected));
}

static void
test_document (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  MeirBencodeWriter writer;

  meir_bencode_writer_init (&writer, bytes);
  meir_bencode_writer_begin_dict (&writer);
  meir_bencode_writer_entry_text (&writer, "announce", "http://x/");
  meir_bencode_writer_key (&writer, "info");
  meir_bencode_writer_begin_dict (&writer);
  meir_bencode_writer_key (&writer, "files");
  meir_bencode_writer_begin_list (&writer);
  meir_bencode_writer_int (&writer, -1);
  meir_bencode_writer_text (&writer, "");
  meir_bencode_writer_begin_list (&writer);
  meir_bencode_writer_end (&writer);
  meir_bencode_writer_end (&writer);
  meir_bencode_writer_entry_int (&writer, "length", 0);
  meir_bencode_writer_entry_string (&writer, "pieces", "a\0b", 3);
  meir_bencode_writer_end (&writer);
  meir_bencode_writer_key (&writer, "z");
  meir_bencode_writer_raw (&writer, "le", 2);
  meir_bencode_writer_end (&writer);
  g_assert_cmpmem (bytes->data, bytes->len,
                   "d8:announce9:http://x/4:infod5:filesli-1e0:lee6:lengthi0e6:pieces3:a\0be1:zlee", 77);
}

static void
test_ints (void)
{
  static const struct {
    gint64 value;
    const char *expected;
  } cases[] = {
    { 0, "i0e" },
    { -1, "i-1e" },
    { 10, "i10e" },
    { 1234567890, "i1234567890e" },
    { G_MAXINT64, "i9223372036854775807e" },
    { G_MININT64, "i-9223372036854775808e" },
  };
  guint8 buffer[32];

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    MeirBencodeWriter writer;
    MeirByteWriter put;

    meir_bencode_writer_init (&writer, bytes);
    meir_bencode_writer_int (&writer, cases[i].value);
    assert_bytes (bytes, cases[i].expected);
    meir_byte_writer_init (&put, buffer, sizeof buffer);
    meir_bencode_put_int (&put, cases[i].value);
    g_assert_cmpmem (buffer, meir_byte_writer_finish (&put), cases[i].expected, strlen (cases[i].expected));
  }
}

/* The writer appends: what was in the array before stays, and does not count as a key. */
static void
test_appends (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  MeirBencodeWriter writer;

  g_byte_array_append (bytes, (const guint8 *) "zzz", 3);
  meir_bencode_writer_init (&writer, bytes);
  meir_bencode_writer_begin_dict (&writer);
  meir_bencode_writer_entry_int (&writer, "", 1);
  meir_bencode_writer_entry_int (&writer, "a", 2);
  meir_bencode_writer_entry_int (&writer, "aa", 3);
  meir_bencode_writer_entry_int (&writer, "\xff", 4);
  meir_bencode_writer_end (&writer);
  assert_bytes (bytes, "zzzd0:i1e1:ai2e2:aai3e1:\xffi4ee");
}

static void
test_put (void)
{
  guint8 buffer[12];
  MeirByteWriter put;

  meir_byte_writer_init (&put, buffer, sizeof buffer);
  meir_bencode_put_text (&put, "abc");
  meir_bencode_put_string (&put, "\0", 1);
  meir_bencode_put_string_header (&put, 12);
  g_assert_cmpmem (buffer, meir_byte_writer_finish (&put),
                   "3:abc1:\0"
                   "12:",
                   11);
  meir_bencode_put_text (&put, "x"); /* does not fit */
  g_assert_cmpuint (meir_byte_writer_finish (&put), ==, 0);
}

static void
abuse (gsize kind)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  MeirBencodeWriter writer;

  meir_bencode_writer_init (&writer, bytes);
  switch (kind) {
  case 0: /* out of order */
    meir_bencode_writer_begin_dict (&writer);
    meir_bencode_writer_entry_int (&writer, "b", 1);
    meir_bencode_writer_key (&writer, "a");
    break;
  case 1: /* twice */
    meir_bencode_writer_begin_dict (&writer);
    meir_bencode_writer_entry_int (&writer, "a", 1);
    meir_bencode_writer_key (&writer, "a");
    break;
  case 2: /* the empty key twice: nothing is shorter */
    meir_bencode_writer_begin_dict (&writer);
    meir_bencode_writer_entry_int (&writer, "", 1);
    meir_bencode_writer_key (&writer, "");
    break;
  case 3: /* a value without a key */
    meir_bencode_writer_begin_dict (&writer);
    meir_bencode_writer_int (&writer, 1);
    break;
  case 4: /* a key without a value */
    meir_bencode_writer_begin_dict (&writer);
    meir_bencode_writer_key (&writer, "a");
    meir_bencode_writer_end (&writer);
    break;
  case 5: /* a key in a list */
    meir_bencode_writer_begin_list (&writer);
    meir_bencode_writer_key (&writer, "a");
    break;
  default: /* an end of nothing */
    meir_bencode_writer_end (&writer);
  }
}

static void
test_abuse_is_caught (void)
{
  for (gsize kind = 0; kind < 7; kind++) {
    g_autofree char *path = g_strdup_printf ("/bencode-writer/subprocess/abuse/%" G_GSIZE_FORMAT, kind);

    g_test_trap_subprocess (path, 0, 0);
    g_test_trap_assert_failed ();
    g_test_trap_assert_stderr ("*assertion failed*");
  }
}

static void
test_abuse (gconstpointer kind)
{
  abuse (GPOINTER_TO_SIZE (kind));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bencode-writer/document", test_document);
  g_test_add_func ("/bencode-writer/ints", test_ints);
  g_test_add_func ("/bencode-writer/appends", test_appends);
  g_test_add_func ("/bencode-writer/put", test_put);
  g_test_add_func ("/bencode-writer/abuse-is-caught", test_abuse_is_caught);
  for (gsize kind = 0; kind < 7; kind++) {
    g_autofree char *path = g_strdup_printf ("/bencode-writer/subprocess/abuse/%" G_GSIZE_FORMAT, kind);

    g_test_add_data_func (path, GSIZE_TO_POINTER (kind), test_abuse);
  }
  return g_test_run ();
}
