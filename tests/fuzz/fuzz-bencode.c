/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "base/meir-limits.h"
#include "wire/meir-bencode.h"

#include <string.h>

/* The parts of a value lie in it one after the other, with nothing between them and nothing left over.
 * Recurses no deeper than the parser let the document nest. */
static void
check_node (MeirBencodeNode node, const guint8 *start, const guint8 *end)
{
  MeirBencodeIter iter;
  MeirBencodeNode key, item;
  gboolean is_dict = meir_bencode_node_type (node) == MEIR_BENCODE_DICT;
  gsize length;
  const guint8 *bytes = meir_bencode_node_span (node, &length);
  const guint8 *string;
  gint64 value, clamped;

  g_assert_true (bytes >= start && length >= 2 && bytes + length <= end);
  start = bytes + 1;
  meir_bencode_iter_init (&iter, node);
  switch (meir_bencode_node_type (node)) {
  case MEIR_BENCODE_INT:
    g_assert_true (meir_bencode_node_int_clamped (node, &clamped));
    if (meir_bencode_node_int (node, &value))
      g_assert_true (value == clamped);
    break;
  case MEIR_BENCODE_STRING:
    string = meir_bencode_node_string (node, &length);
    g_assert_true (string > bytes && string + length <= end);
    break;
  case MEIR_BENCODE_LIST:
  case MEIR_BENCODE_DICT:
    while (is_dict ? meir_bencode_iter_next_entry (&iter, &key, &item)
                   : meir_bencode_iter_next (&iter, &item)) {
      if (is_dict) {
        g_assert_true (meir_bencode_node_span (key, &length) == start);
        check_node (key, start, end);
        start += length;
      }
      g_assert_true (meir_bencode_node_span (item, &length) == start);
      check_node (item, start, end);
      start += length;
    }
    meir_bencode_node_span (node, &length);
    g_assert_true (*start == 'e' && start + 1 == bytes + length);
    break;
  case MEIR_BENCODE_NONE:
  default:
    g_assert_not_reached ();
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  for (MeirBencodeMode mode = MEIR_BENCODE_STRICT; mode <= MEIR_BENCODE_LENIENT; mode++) {
    g_autoptr (GError) error = NULL;
    gsize consumed = 0;
    g_autoptr (MeirBencode) document =
        meir_bencode_parse (bytes, length, mode, MEIR_BENCODE_DEPTH_FILE, &consumed, &error);

    g_assert_true ((document == NULL) == (error != NULL));
    if (document == NULL)
      continue;
    g_assert_true (consumed <= length && (mode == MEIR_BENCODE_LENIENT || consumed == length));
    check_node (meir_bencode_get_root (document), bytes, bytes + consumed);
    meir_bencode_node_lookup (meir_bencode_get_root (document), "info");
  }
  return 0;
}
