/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo-write.h"

static void
assert_written (GPtrArray *tiers, GPtrArray *web_seeds, const char *expected)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  MeirBencodeWriter writer;

  meir_bencode_writer_init (&writer, bytes);
  meir_bencode_writer_begin_dict (&writer);
  meir_metainfo_write_trackers (&writer, tiers);
  meir_metainfo_write_web_seeds (&writer, web_seeds);
  meir_bencode_writer_end (&writer);
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  g_assert_cmpstr ((const char *) bytes->data, ==, expected);
}

static void
test_nothing (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  assert_written (none, none, "de");
}

static void
test_trackers (void)
{
  g_autoptr (GPtrArray) tiers = g_ptr_array_new ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  const char *first[] = { "http://a", NULL };
  const char *pair[] = { "http://b", "udp://c:1", NULL };

  g_ptr_array_add (tiers, first);
  assert_written (tiers, none, "d8:announce8:http://ae");
  g_ptr_array_add (tiers, pair);
  assert_written (tiers, none, "d8:announce8:http://a13:announce-listll8:http://ael8:http://b9:udp://c:1eee");
  g_ptr_array_remove_index (tiers, 0);
  assert_written (tiers, none, "d8:announce8:http://b13:announce-listll8:http://b9:udp://c:1eee");
}

static void
test_web_seeds (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) seeds = g_ptr_array_new ();

  g_ptr_array_add (seeds, (gpointer) "http://w");
  assert_written (none, seeds, "d8:url-list8:http://we");
  g_ptr_array_add (seeds, (gpointer) "http://x");
  assert_written (none, seeds, "d8:url-listl8:http://w8:http://xee");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/metainfo-write/nothing", test_nothing);
  g_test_add_func ("/meta/metainfo-write/trackers", test_trackers);
  g_test_add_func ("/meta/metainfo-write/web-seeds", test_web_seeds);
  return g_test_run ();
}
