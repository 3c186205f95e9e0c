/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-overview.h"

#include "app/meir-ui-piece-map.h"

#include "app-support.h"
#include "details-support.h"
#include "fake-snapshot.h"
#include "page-support.h"
#include "widget-support.h"

#include <adwaita.h>

/* The figures of a torrent, its pieces, and where it lies. */

static void
show (PageFixture *fixture)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = page_fixture_snapshot (fixture);

  meir_ui_overview_refresh (fixture->page, snapshot);
  widget_settle (fixture->window);
}

static void
set_up (PageFixture *fixture, gconstpointer user_data)
{
  page_fixture_set_up (fixture, g_object_new (MEIR_UI_TYPE_OVERVIEW, NULL));
  meir_ui_overview_set_torrent (fixture->page, fixture->torrent);
  show (fixture);
}

static const char *
text_of (PageFixture *fixture, const char *id)
{
  return gtk_label_get_text (widget_find (fixture->page, id));
}

static const char *
subtitle_of (PageFixture *fixture, const char *id)
{
  return adw_action_row_get_subtitle (widget_find (fixture->page, id));
}

static gboolean
says (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text) == 0)
    return gtk_widget_get_mapped (widget);
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    if (says (w, text))
      return TRUE;
  return FALSE;
}

static void
test_figures (PageFixture *fixture, gconstpointer user_data)
{
  g_assert_cmpstr (text_of (fixture, "name"), ==, DETAILS_NAME);
  g_assert_cmpstr (text_of (fixture, "sentence"), ==, "Downloading from 14 of 38 people · 4 minutes left");
  g_assert_true (says (fixture->page, "61 %"));
  g_assert_true (says (fixture->page, "12.4\302\240MB/s"));
  g_assert_true (says (fixture->page, "1.1\302\240MB/s"));
  g_assert_true (says (fixture->page, "0.31"));
  g_assert_cmpstr (text_of (fixture, "pieces_text"), ==,
                   "2000 pieces of 16 KiB · 38 people hold 0.9 full copies between them");
  g_assert_cmpstr (subtitle_of (fixture, "encryption_row"), ==, "87 % of the bytes were encrypted");
  g_assert_cmpstr (subtitle_of (fixture, "finished_row"), ==,
                   "12 are sharing now · downloaded 360 times so far");
  g_assert_true (g_str_has_prefix (subtitle_of (fixture, "link_row"), "magnet:?xt=urn:btih:"));
}

static void
test_legend (PageFixture *fixture, gconstpointer user_data)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  g_autofree char *one = NULL;
  const guint16 *copies;
  guint n_one = 0;

  g_assert_true (says (fixture->page, "Here 1175"));
  g_assert_true (says (fixture->page, "Arriving 8"));
  g_assert_true (says (fixture->page, "Missing 716"));
  g_assert_true (says (fixture->page, "Failed check 2"));
  g_assert_true (says (fixture->page, "Not wanted 99"));
  gtk_toggle_button_set_active (widget_find (fixture->page, "availability_button"), TRUE);
  widget_settle (fixture->window);
  g_assert_cmpint (meir_ui_piece_map_get_mode (widget_find (fixture->page, "map")), ==,
                   MEIR_UI_PIECE_MAP_AVAILABILITY);
  g_assert_false (says (fixture->page, "Here 1175"));
  snapshot = page_fixture_snapshot (fixture);
  copies = g_bytes_get_data (snapshot->availability, NULL);
  for (guint i = 0; i < DETAILS_N_PIECES; i++)
    n_one += copies[i] == 1;
  one = g_strdup_printf ("One person %u", n_one);
  g_assert_true (says (fixture->page, one));
  g_assert_false (says (fixture->page, "Not wanted 99"));
}

/* A magnet link has no pieces yet, and a torrent of nothing no figures to divide by. */
static void
test_metadata (PageFixture *fixture, gconstpointer user_data)
{
  const MeirTorrentSnapshot state = { .state = MEIR_TORRENT_METADATA, .left_sec = -1 };

  fake_snapshot_set (DETAILS_NAME, &state, NULL);
  show (fixture);
  g_assert_true (says (fixture->page, "–"));
  g_assert_true (says (fixture->page, "0.00"));
  g_assert_cmpstr (subtitle_of (fixture, "encryption_row"), ==, "Nothing has been sent or received yet");
}

static void
on_show_file (MeirUiOverview *overview, guint file, gpointer user_data)
{
  *(guint *) user_data = file;
}

static void
test_piece_to_file (PageFixture *fixture, gconstpointer user_data)
{
  MeirUiPieceMap *map = widget_find (fixture->page, "map");
  guint file = G_MAXUINT;

  g_signal_connect (fixture->page, "show-file", G_CALLBACK (on_show_file), &file);
  g_signal_emit_by_name (map, "activated", 700u);
  g_assert_cmpuint (file, ==, 1);
  g_signal_emit_by_name (map, "activated", 0u);
  g_assert_cmpuint (file, ==, 0);
  g_signal_emit_by_name (map, "activated", DETAILS_N_PIECES);
  g_assert_cmpuint (file, ==, 0);
}

typedef struct {
  guint n, kb_per_sec;
} Asked;

static void
on_limit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Asked *asked = user_data;

  asked->n++;
  asked->kb_per_sec = g_variant_get_uint32 (parameter);
}

/* A limit goes by the action of the window; what is set by whatever way is shown. */
static void
test_limits (PageFixture *fixture, gconstpointer user_data)
{
  static const char *const names[] = { "limit-download", "limit-upload" };
  GtkSpinButton *buttons[] = { widget_find (fixture->page, "down_limit"),
                               widget_find (fixture->page, "up_limit") };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (MeirTorrentSnapshot) snapshot = page_fixture_snapshot (fixture);
  MeirRateLimits limits = { 250000, 10000 };
  Asked asked[2] = { { 0 } };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GSimpleAction) action = g_simple_action_new (names[i], G_VARIANT_TYPE_UINT32);

    g_signal_connect (action, "activate", G_CALLBACK (on_limit), &asked[i]);
    g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  }
  gtk_widget_insert_action_group (fixture->window, "win", G_ACTION_GROUP (group));
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (buttons[i])), ==, "No limit");
    gtk_spin_button_set_value (buttons[i], 70 + i);
    g_assert_cmpuint (asked[i].n, ==, 1);
    g_assert_cmpuint (asked[i].kb_per_sec, ==, 70 + i);
    gtk_editable_set_text (GTK_EDITABLE (buttons[i]), "No limit");
    gtk_spin_button_update (buttons[i]);
    g_assert_cmpuint (asked[i].n, ==, 2);
    g_assert_cmpuint (asked[i].kb_per_sec, ==, 0);
  }
  meir_torrent_set_limits (fixture->torrent, &limits);
  gtk_editable_set_text (GTK_EDITABLE (buttons[0]), "12"); /* is being typed */
  meir_ui_overview_refresh (fixture->page, snapshot);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (buttons[0]), ==, 250);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (buttons[1]), ==, 10);
  gtk_editable_set_text (GTK_EDITABLE (buttons[0]), "25");
  meir_ui_overview_refresh (fixture->page, snapshot);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (buttons[0])), ==, "25");
  g_assert_cmpuint (asked[0].n + asked[1].n, ==, 4);
}

/* Whatever another torrent's limits are, showing them sets none. */
static void
test_other (PageFixture *fixture, gconstpointer user_data)
{
  MeirTorrent *other = app_add (fixture->session, fixture->folder, "other", 3);
  MeirTorrent *third = app_add (fixture->session, fixture->folder, "third", 4);
  GtkEditable *editable = GTK_EDITABLE (widget_find (fixture->page, "down_limit"));
  MeirRateLimits limits = { .down_per_sec = 5000 };

  /* What was being typed is not the next one's. */
  gtk_editable_set_text (editable, "25");
  meir_ui_overview_set_torrent (fixture->page, third);
  g_assert_cmpstr (gtk_editable_get_text (editable), ==, "No limit");
  meir_torrent_set_limits (other, &limits);
  meir_ui_overview_set_torrent (fixture->page, other);
  g_assert_cmpint (gtk_spin_button_get_value_as_int (widget_find (fixture->page, "down_limit")), ==, 5);
  meir_torrent_get_limits (fixture->torrent, &limits);
  g_assert_cmpuint (limits.down_per_sec, ==, 0);
  meir_ui_overview_set_torrent (fixture->page, NULL);
}

static void
assert_copies (const guint16 *copies, gsize n, double wanted)
{
  g_autoptr (GBytes) bytes = g_bytes_new (copies, n * sizeof *copies);

  g_assert_cmpfloat_with_epsilon (meir_ui_overview_count_copies (bytes), wanted, 1e-9);
}

static void
test_copies (void)
{
  const guint16 some[] = { 4, 5, 4, 9 }, none[] = { 0, 0 }, all[] = { 3, 3, 3 };

  assert_copies (some, 4, 4.5);
  assert_copies (none, 2, 0);
  assert_copies (all, 3, 3);
  assert_copies (all, 0, 0);
  g_assert_cmpfloat (meir_ui_overview_count_copies (NULL), ==, 0);
}

static void
add (const char *path, void (*test) (PageFixture *, gconstpointer))
{
  g_test_add (path, PageFixture, NULL, set_up, test, page_fixture_tear_down);
}

static void
add_tests (void)
{
  add ("/app/overview/figures", test_figures);
  add ("/app/overview/legend", test_legend);
  add ("/app/overview/metadata", test_metadata);
  add ("/app/overview/piece-to-file", test_piece_to_file);
  add ("/app/overview/limits", test_limits);
  add ("/app/overview/other", test_other);
  g_test_add_func ("/app/overview/copies", test_copies);
}

int
main (int argc, char **argv)
{
  return page_run (argc, argv, add_tests);
}
