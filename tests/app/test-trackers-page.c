/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-trackers-page.h"

#include "app-support.h"
#include "details-support.h"
#include "fake-snapshot.h"
#include "page-support.h"
#include "widget-support.h"

#include <adwaita.h>
#include <string.h>

/* Whom a torrent asks for people. */

static void
look (PageFixture *fixture)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = page_fixture_snapshot (fixture);

  meir_ui_trackers_page_refresh (fixture->page, snapshot);
}

static void
set_up (PageFixture *fixture, gconstpointer user_data)
{
  page_fixture_set_up (fixture, g_object_new (MEIR_UI_TYPE_TRACKERS_PAGE, NULL));
  meir_ui_trackers_page_set_torrent (fixture->page, fixture->torrent);
  look (fixture);
  widget_settle (fixture->window);
}

static GtkWidget *
find_titled (GtkWidget *root, GType type, const char *title)
{
  GtkWidget *found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) &&
      strcmp (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (root)), title) == 0)
    return root;
  for (GtkWidget *w = gtk_widget_get_first_child (root); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_titled (w, type, title);
  return found;
}

static AdwActionRow *
row_of (PageFixture *fixture, const char *host)
{
  return (AdwActionRow *) find_titled (fixture->page, ADW_TYPE_ACTION_ROW, host);
}

/* The tiers of the torrent as text: "a b|c", hosts only. */
static char *
dup_tiers (PageFixture *fixture)
{
  g_autoptr (GPtrArray) tiers = meir_torrent_dup_trackers (fixture->torrent);
  GString *text = g_string_new (NULL);

  for (guint t = 0; t < tiers->len; t++) {
    char **urls = g_ptr_array_index (tiers, t);

    if (t > 0)
      g_string_append_c (text, '|');
    for (guint i = 0; urls[i] != NULL; i++) {
      g_autoptr (GUri) uri = g_uri_parse (urls[i], G_URI_FLAGS_NONE, NULL);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", g_uri_get_host (uri));
    }
  }
  return g_string_free (text, FALSE);
}

static void
assert_tiers (PageFixture *fixture, const char *wanted)
{
  g_autofree char *tiers = dup_tiers (fixture);

  g_assert_cmpstr (tiers, ==, wanted);
}

static const char *
problem (PageFixture *fixture)
{
  GtkWidget *label = widget_find (fixture->page, "problem");

  return gtk_widget_get_visible (label) ? gtk_label_get_text (GTK_LABEL (label)) : "";
}

static void
type (PageFixture *fixture, const char *text)
{
  gpointer entry = widget_find (fixture->page, "add_row");

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  g_signal_emit_by_name (entry, "apply");
}

static void
test_words (PageFixture *fixture, gconstpointer user_data)
{
  g_assert_cmpstr (
      adw_action_row_get_subtitle (row_of (fixture, "tracker.example.org")), ==,
      "It works, and named 38 peers · asks again in 12 minutes · 12 have all of it · 24 are getting "
      "it · finished 360 times");
  g_assert_cmpstr (adw_action_row_get_subtitle (row_of (fixture, "backup.example.net")), ==,
                   "It has not been asked yet");
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (row_of (fixture, "old.example.com")), "warning"));
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (row_of (fixture, "tracker.example.org")), "warning"));
}

static void
test_status_text (void)
{
  char message[] = "Refused";
  MeirTrackerStatus status = { .message = message, .seeds = 1, .leechers = -1, .completed = 0 };
  g_autofree char *text = meir_ui_trackers_page_dup_text (&status, 1000);
  g_autofree char *later = NULL;

  g_assert_cmpstr (text, ==, "Refused · 1 has all of it · finished 0 times");
  status.seeds = status.completed = -1;
  status.next_announce_usec = 1000 + 2 * 60 * G_USEC_PER_SEC;
  later = meir_ui_trackers_page_dup_text (&status, 1000);
  g_assert_cmpstr (later, ==, "Refused · asks again in 2 minutes");
}

static void
test_add (PageFixture *fixture, gconstpointer user_data)
{
  type (fixture, "  https://new.example/announce ");
  assert_tiers (fixture, "tracker.example.org backup.example.net|old.example.com|new.example");
  g_assert_nonnull (row_of (fixture, "new.example"));
  g_assert_cmpstr (problem (fixture), ==, "");
  g_assert_cmpstr (gtk_editable_get_text (widget_find (fixture->page, "add_row")), ==, "");
}

/* What cannot be used is said under the entry, and stays there to be mended. */
static void
test_bad (PageFixture *fixture, gconstpointer user_data)
{
  type (fixture, "gopher://old.example");
  g_assert_nonnull (strstr (problem (fixture), "gopher"));
  g_assert_cmpstr (gtk_editable_get_text (widget_find (fixture->page, "add_row")), ==,
                   "gopher://old.example");
  type (fixture, "udp://backup.example.net:6969");
  g_assert_cmpstr (problem (fixture), ==, "This tracker is in the list already");
  assert_tiers (fixture, "tracker.example.org backup.example.net|old.example.com");
  gtk_editable_set_text (widget_find (fixture->page, "add_row"), "h");
  g_assert_cmpstr (problem (fixture), ==, "");
}

static void
test_remove (PageFixture *fixture, gconstpointer user_data)
{
  gtk_widget_activate_action (fixture->page, "trackers.remove", "(uu)", 1u, 0u);
  assert_tiers (fixture, "tracker.example.org backup.example.net");
  g_assert_null (row_of (fixture, "old.example.com"));
  gtk_widget_activate_action (fixture->page, "trackers.remove", "(uu)", 5u, 0u);
  gtk_widget_activate_action (fixture->page, "trackers.remove", "(uu)", 0u, 0u);
  gtk_widget_activate_action (fixture->page, "trackers.remove", "(uu)", 0u, 0u);
  assert_tiers (fixture, "");
  look (fixture);
  g_assert_cmpstr (gtk_label_get_text (widget_find (fixture->page, "summary")), ==,
                   "This torrent has no tracker");
}

static void
test_move (PageFixture *fixture, gconstpointer user_data)
{
  gtk_widget_activate_action (fixture->page, "trackers.move-down", "(uu)", 0u, 0u);
  assert_tiers (fixture, "backup.example.net tracker.example.org|old.example.com");
  gtk_widget_activate_action (fixture->page, "trackers.move-up", "(uu)", 1u, 0u);
  assert_tiers (fixture, "backup.example.net tracker.example.org old.example.com");
  g_assert_nonnull (row_of (fixture, "old.example.com"));
}

static void
test_edit (PageFixture *fixture, gconstpointer user_data)
{
  GtkWidget *entry;

  gtk_widget_activate_action (fixture->page, "trackers.edit", "(uu)", 0u, 1u);
  entry = find_titled (fixture->page, ADW_TYPE_ENTRY_ROW, "Address of the Tracker");
  g_assert_nonnull (entry);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "udp://backup.example.net:6969");
  /* What has the keyboard focus has a name. */
  gtk_test_accessible_assert_role (gtk_editable_get_delegate (GTK_EDITABLE (entry)),
                                   GTK_ACCESSIBLE_ROLE_TEXT_BOX);
  gtk_test_accessible_assert_property (gtk_editable_get_delegate (GTK_EDITABLE (entry)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL, "Address of the Tracker");
  /* What is looked at meanwhile does not take the entry away. */
  look (fixture);
  gtk_editable_set_text (GTK_EDITABLE (entry), "udp://backup.example.net");
  g_signal_emit_by_name (entry, "apply");
  g_assert_nonnull (strstr (problem (fixture), "port"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "udp://other.example.net:1");
  g_signal_emit_by_name (entry, "apply");
  assert_tiers (fixture, "tracker.example.org other.example.net|old.example.com");
  g_assert_null (find_titled (fixture->page, ADW_TYPE_ENTRY_ROW, "Address of the Tracker"));
  g_assert_nonnull (row_of (fixture, "other.example.net"));
}

static GtkWidget *
find_entry (PageFixture *fixture)
{
  return find_titled (fixture->page, ADW_TYPE_ENTRY_ROW, "Address of the Tracker");
}

/* Whatever takes the entry away, another can be had. */
static void
test_edit_again (PageFixture *fixture, gconstpointer user_data)
{
  gtk_widget_activate_action (fixture->page, "trackers.edit", "(uu)", 0u, 1u);
  g_assert_nonnull (find_entry (fixture));
  gtk_widget_activate_action (fixture->page, "trackers.remove", "(uu)", 1u, 0u);
  g_assert_null (find_entry (fixture));
  gtk_widget_activate_action (fixture->page, "trackers.edit", "(uu)", 0u, 1u);
  g_assert_nonnull (find_entry (fixture));
  type (fixture, "https://new.example/announce");
  g_assert_null (find_entry (fixture));
  gtk_widget_activate_action (fixture->page, "trackers.edit", "(uu)", 0u, 0u);
  g_assert_nonnull (find_entry (fixture));
}

static void
test_drop (PageFixture *fixture, gconstpointer user_data)
{
  GListModel *controllers = gtk_widget_observe_controllers (fixture->page);
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "http://dropped.example/announce\n");
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_DROP_TARGET (controller))
      g_signal_emit_by_name (controller, "drop", &value, 1.0, 1.0, &taken);
  }
  g_assert_true (taken);
  g_assert_nonnull (row_of (fixture, "dropped.example"));
  g_value_unset (&value);
  g_object_unref (controllers);
}

/* Trackers that somebody else set show at the next look. */
static void
test_follow (PageFixture *fixture, gconstpointer user_data)
{
  const char *tier[] = { "http://fresh.example/announce", NULL };
  g_autoptr (GPtrArray) tiers = g_ptr_array_new ();

  g_ptr_array_add (tiers, tier);
  meir_torrent_set_trackers (fixture->torrent, tiers);
  g_assert_null (row_of (fixture, "fresh.example"));
  look (fixture);
  g_assert_nonnull (row_of (fixture, "fresh.example"));
  g_assert_null (row_of (fixture, "tracker.example.org"));
  meir_ui_trackers_page_set_torrent (fixture->page, NULL);
  g_assert_null (row_of (fixture, "fresh.example"));
}

static void
add (const char *path, void (*test) (PageFixture *, gconstpointer))
{
  g_test_add (path, PageFixture, NULL, set_up, test, page_fixture_tear_down);
}

static void
add_tests (void)
{
  add ("/app/trackers-page/words", test_words);
  g_test_add_func ("/app/trackers-page/status-text", test_status_text);
  add ("/app/trackers-page/add", test_add);
  add ("/app/trackers-page/bad", test_bad);
  add ("/app/trackers-page/remove", test_remove);
  add ("/app/trackers-page/move", test_move);
  add ("/app/trackers-page/edit", test_edit);
  add ("/app/trackers-page/edit-again", test_edit_again);
  add ("/app/trackers-page/drop", test_drop);
  add ("/app/trackers-page/follow", test_follow);
}

int
main (int argc, char **argv)
{
  return page_run (argc, argv, add_tests);
}
