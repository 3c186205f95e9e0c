/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tiers.h"

#include <string.h>

/* What a person does to the trackers of a torrent. Tiers as text: "a b|c". */

static void
free_tier (gpointer tier)
{
  g_strfreev (tier);
}

static GPtrArray *
parse (const char *text)
{
  GPtrArray *tiers = g_ptr_array_new_with_free_func (free_tier);
  g_auto (GStrv) parts = g_strsplit (text, "|", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    g_ptr_array_add (tiers, g_strsplit (parts[i], " ", -1));
  return tiers;
}

/* @tiers: (transfer full) */
static void
assert_tiers (GPtrArray *tiers, const char *wanted)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint t = 0; t < tiers->len; t++) {
    g_autofree char *tier = g_strjoinv (" ", g_ptr_array_index (tiers, t));

    g_string_append_printf (text, "%s%s", t > 0 ? "|" : "", tier);
  }
  g_assert_cmpstr (text->str, ==, wanted);
  g_ptr_array_unref (tiers);
}

static void
test_get (void)
{
  g_autoptr (GPtrArray) tiers = parse ("a b|c");

  g_assert_cmpstr (meir_ui_tiers_get (tiers, (MeirUiTierPlace){ 0, 1 }), ==, "b");
  g_assert_cmpstr (meir_ui_tiers_get (tiers, (MeirUiTierPlace){ 1, 0 }), ==, "c");
  g_assert_null (meir_ui_tiers_get (tiers, (MeirUiTierPlace){ 1, 1 }));
  g_assert_null (meir_ui_tiers_get (tiers, (MeirUiTierPlace){ 2, 0 }));
  g_assert_true (meir_ui_tiers_has (tiers, "c"));
  g_assert_false (meir_ui_tiers_has (tiers, "d"));
}

static void
test_change (void)
{
  g_autoptr (GPtrArray) tiers = parse ("a b|c"), none = g_ptr_array_new ();

  assert_tiers (meir_ui_tiers_add (tiers, "d"), "a b|c|d");
  assert_tiers (meir_ui_tiers_add (none, "d"), "d");
  assert_tiers (meir_ui_tiers_replace (tiers, (MeirUiTierPlace){ 0, 0 }, "x"), "x b|c");
  assert_tiers (meir_ui_tiers_replace (tiers, (MeirUiTierPlace){ 0, 1 }, NULL), "a|c");
  assert_tiers (meir_ui_tiers_replace (tiers, (MeirUiTierPlace){ 1, 0 }, NULL), "a b");
  assert_tiers (meir_ui_tiers_replace (tiers, (MeirUiTierPlace){ 7, 0 }, "x"), "a b|c");
}

/* The tracker is afterwards where it is said to be. */
static void
assert_move (const char *from, guint tier, guint index, gboolean down, const char *wanted)
{
  g_autoptr (GPtrArray) tiers = parse (from);
  const char *url = meir_ui_tiers_get (tiers, (MeirUiTierPlace){ tier, index });
  MeirUiTierPlace moved;
  GPtrArray *after = meir_ui_tiers_move (tiers, (MeirUiTierPlace){ tier, index }, down, &moved);

  g_assert_cmpstr (meir_ui_tiers_get (after, moved), ==, url);
  assert_tiers (after, wanted);
}

static void
test_move (void)
{
  assert_move ("a b c", 0, 0, TRUE, "b a c");
  assert_move ("a b c", 0, 2, FALSE, "a c b");
  assert_move ("a b|c d", 0, 1, TRUE, "a|b c d");
  assert_move ("a b|c d", 1, 0, FALSE, "a b c|d");
  assert_move ("a b", 0, 1, TRUE, "a|b");
  assert_move ("a b", 0, 0, FALSE, "a|b");
  assert_move ("a|b c", 0, 0, TRUE, "a b c");
  assert_move ("a b|c", 1, 0, FALSE, "a b c");
  assert_move ("a|b", 0, 0, FALSE, "a|b");
  assert_move ("a|b", 1, 0, TRUE, "a|b");
  assert_move ("a|b", 3, 0, TRUE, "a|b");
}

static void
test_equal (void)
{
  g_autoptr (GPtrArray) one = parse ("a b|c"), same = parse ("a b|c"), other = parse ("a|b c");
  g_autoptr (GPtrArray) fewer = parse ("a b");

  g_assert_true (meir_ui_tiers_equal (one, same));
  g_assert_false (meir_ui_tiers_equal (one, other));
  g_assert_false (meir_ui_tiers_equal (one, fewer));
}

static void
test_check (void)
{
  static const char *const good[] = { "http://a.example/announce", "https://a.example:8443/x?key=1",
                                      "udp://a.example:6969",      "udp://[2001:db8::1]:80/announce",
                                      "  http://a.example/  ",     "HTTP://a.example/" };
  static const struct {
    const char *text, *reason;
  } bad[] = {
    { "", "begins with" },
    { "a.example", "begins with" },
    { "magnet:?xt=urn:btih:aa", "begins with" },
    { "file:///etc/passwd", "begins with" },
    { "javascript:alert(1)", "begins with" },
    { "http://", "no computer" },
    { "udp://a.example", "port" },
    { "\033[31mred", "begins with" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *url = meir_ui_tiers_check (good[i], &error);

    g_assert_no_error (error);
    g_assert_null (strchr (url, ' '));
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (meir_ui_tiers_check (bad[i].text, &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, bad[i].reason));
    g_assert_null (strchr (error->message, '\033'));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/tiers/get", test_get);
  g_test_add_func ("/app/tiers/change", test_change);
  g_test_add_func ("/app/tiers/move", test_move);
  g_test_add_func ("/app/tiers/equal", test_equal);
  g_test_add_func ("/app/tiers/check", test_check);
  return g_test_run ();
}
