/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo-draft.h"

#include "torrent-text.h"

static const guint8 digests[2 * MEIR_SHA1_LENGTH] = "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbb";

static void
assert_encoded (const MeirMetainfoDraft *draft, const char *before_digests, const char *after_digests)
{
  g_autoptr (GBytes) torrent = meir_metainfo_draft_encode (draft);
  g_autoptr (GString) expected = g_string_new (before_digests);

  g_string_append_len (expected, (const char *) digests, sizeof digests);
  g_string_append (expected, after_digests);
  g_assert_cmpmem (g_bytes_get_data (torrent, NULL), g_bytes_get_size (torrent), expected->str,
                   expected->len);
}

static void
test_smallest (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  const MeirDraftFile file = { NULL, 5 };
  const MeirMetainfoDraft draft = {
    .name = "a",
    .files = &file,
    .n_files = 1,
    .piece_length = 4,
    .digests = digests,
    .n_pieces = 2,
    .tiers = none,
    .web_seeds = none,
  };

  assert_encoded (&draft, "d4:infod6:lengthi5e4:name1:a12:piece lengthi4e6:pieces40:", "ee");
}

static void
test_everything (void)
{
  g_autoptr (GPtrArray) tiers = g_ptr_array_new ();
  g_autoptr (GPtrArray) web_seeds = g_ptr_array_new ();
  const char *tier[] = { "http://t", NULL };
  const MeirDraftFile files[] = { { "x/y/z", 3 }, { "e", 0 }, { "\xff", 2 } };
  const gint64 date = -5;
  const MeirMetainfoDraft draft = {
    .name = "n",
    .files = files,
    .n_files = 3,
    .piece_length = 4,
    .digests = digests,
    .n_pieces = 2,
    .tiers = tiers,
    .web_seeds = web_seeds,
    .comment = "",
    .created_by = "me",
    .source = "s",
    .creation_date = &date,
    .is_private = TRUE,
  };

  g_ptr_array_add (tiers, tier);
  g_ptr_array_add (web_seeds, (gpointer) "http://w");
  assert_encoded (&draft,
                  "d8:announce8:http://t7:comment0:10:created by2:me13:creation datei-5e4:infod5:filesl"
                  "d6:lengthi3e4:pathl1:x1:y1:zeed6:lengthi0e4:pathl1:eeed6:lengthi2e4:pathl1:\xff"
                  "eee"
                  "4:name1:n12:piece lengthi4e6:pieces40:",
                  "7:privatei1e6:source1:se8:url-list8:http://we");
}

/* What is written is read back the same. */
static void
test_round_trip (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  const MeirDraftFile files[] = { { "b", 3 }, { "a/c", 2 } };
  const MeirMetainfoDraft draft = {
    .name = "n",
    .files = files,
    .n_files = 2,
    .piece_length = 4,
    .digests = digests,
    .n_pieces = 2,
    .tiers = none,
    .web_seeds = none,
    .comment = "c",
  };
  g_autoptr (MeirMetainfo) metainfo = parse_or_die (meir_metainfo_draft_encode (&draft));

  g_assert_cmpuint (meir_metainfo_get_n_files (metainfo), ==, 2);
  g_assert_cmpstr (meir_metainfo_get_file (metainfo, 1)->path, ==, "n/a/c");
  g_assert_cmpuint (meir_metainfo_get_file (metainfo, 1)->offset, ==, 3);
  g_assert_cmpmem (meir_metainfo_get_piece_digest (metainfo, 1), MEIR_SHA1_LENGTH, digests + MEIR_SHA1_LENGTH,
                   MEIR_SHA1_LENGTH);
  g_assert_cmpstr (meir_metainfo_get_comment (metainfo), ==, "c");
  g_assert_false (meir_metainfo_is_private (metainfo));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/meta/metainfo-draft/smallest", test_smallest);
  g_test_add_func ("/meta/metainfo-draft/everything", test_everything);
  g_test_add_func ("/meta/metainfo-draft/round-trip", test_round_trip);
  return g_test_run ();
}
