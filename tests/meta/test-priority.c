/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-priority.h"

#include "torrent-text.h"

/* Files of 20, 10, 0, 25 and 15 bytes in pieces of 10: 0-1 | 2 | - | 3-5 | 5-6. */
#define FIVE_FILES                                                                                           \
  "5:filesl"                                                                                                 \
  "d6:lengthi20e4:pathl1:aee"                                                                                \
  "d6:lengthi10e4:pathl1:bee"                                                                                \
  "d6:lengthi0e4:pathl1:cee"                                                                                 \
  "d6:lengthi25e4:pathl1:dee"                                                                                \
  "d6:lengthi15e4:pathl1:eee"                                                                                \
  "e4:name1:t"

static MeirMetainfo *
new_metainfo (const char *fields, guint n_pieces)
{
  return parse_or_die (wrap_info ("", make_info (fields, 10, n_pieces)));
}

static void
assert_spread (MeirMetainfo *metainfo, const char *files, const char *expected)
{
  guint n_pieces = meir_metainfo_get_n_pieces (metainfo);
  g_autofree guint8 *pieces = g_malloc (n_pieces);
  g_autofree char *text = g_malloc0 (n_pieces + 1);
  g_autoptr (GBytes) bytes = NULL;

  if (files != NULL) {
    g_autofree guint8 *values = g_malloc (strlen (files));

    for (gsize i = 0; files[i] != '\0'; i++)
      values[i] = (guint8) (files[i] - '0');
    bytes = g_bytes_new (values, strlen (files));
    g_assert_true (meir_priorities_are_valid (bytes));
  }
  meir_priorities_spread (metainfo, bytes, pieces);
  for (guint i = 0; i < n_pieces; i++)
    text[i] = (char) ('0' + pieces[i]);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_spread (void)
{
  g_autoptr (MeirMetainfo) metainfo = new_metainfo (FIVE_FILES, 7);

  assert_spread (metainfo, NULL, "2222222");
  assert_spread (metainfo, "22222", "2222222");
  assert_spread (metainfo, "00000", "0000000");
  assert_spread (metainfo, "20000", "2200000");
  /* A piece that two files share has the higher priority of theirs. */
  assert_spread (metainfo, "00001", "0000011");
  assert_spread (metainfo, "00031", "0003331");
  assert_spread (metainfo, "00013", "0001133");
  assert_spread (metainfo, "10002", "1100022");
  /* An empty file touches no piece. */
  assert_spread (metainfo, "00300", "0000000");
}

/* BEP 47: padding is wanted with the file it pads, whatever its own byte says. */
static void
test_padding (void)
{
  g_autoptr (MeirMetainfo) metainfo = new_metainfo ("5:filesl"
                                                    "d6:lengthi15e4:pathl1:aee"
                                                    "d4:attr1:p6:lengthi25e4:pathl4:.pad2:25ee"
                                                    "d6:lengthi10e4:pathl1:bee"
                                                    "e4:name1:t",
                                                    5);
  g_autoptr (MeirMetainfo) leading = new_metainfo ("5:filesl"
                                                   "d4:attr1:p6:lengthi10e4:pathl4:.pad2:10ee"
                                                   "d6:lengthi10e4:pathl1:bee"
                                                   "e4:name1:t",
                                                   2);

  assert_spread (metainfo, "322", "33332");
  assert_spread (metainfo, "032", "00002");
  assert_spread (metainfo, "230", "22220");
  assert_spread (leading, "02", "02");
  assert_spread (leading, "22", "22");
}

static void
test_single_file (void)
{
  g_autoptr (MeirMetainfo) metainfo = new_metainfo ("6:lengthi25e4:name1:t", 3);

  assert_spread (metainfo, "1", "111");
  assert_spread (metainfo, "0", "000");
}

static void
test_invalid (void)
{
  static const guint8 bad[] = { MEIR_PRIORITY_NORMAL, MEIR_PRIORITY_HIGH + 1 };
  static const guint8 worse[] = { 0xff };
  g_autoptr (GBytes) bytes = g_bytes_new_static (bad, sizeof bad);
  g_autoptr (GBytes) high = g_bytes_new_static (worse, sizeof worse);
  g_autoptr (GBytes) empty = g_bytes_new_static (NULL, 0);

  g_assert_false (meir_priorities_are_valid (bytes));
  g_assert_false (meir_priorities_are_valid (high));
  g_assert_true (meir_priorities_are_valid (empty));
}

/* Fewer bytes than files: nothing behind them is read, nothing is written. */
static void
test_wrong_number (void)
{
  if (g_test_subprocess ()) {
    g_autoptr (MeirMetainfo) metainfo = new_metainfo (FIVE_FILES, 7);
    g_autoptr (GBytes) few = g_bytes_new_static ("\2\2", 2);
    guint8 pieces[7] = { 9, 9, 9, 9, 9, 9, 9 };

    g_log_set_always_fatal (G_LOG_FATAL_MASK);
    meir_priorities_spread (metainfo, few, pieces);
    for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
      g_assert_cmpuint (pieces[i], ==, 9);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*assertion*n_files*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/priority/spread", test_spread);
  g_test_add_func ("/priority/padding", test_padding);
  g_test_add_func ("/priority/single-file", test_single_file);
  g_test_add_func ("/priority/invalid", test_invalid);
  g_test_add_func ("/priority/wrong-number", test_wrong_number);
  return g_test_run ();
}
