/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tracker-page.h"

#include "app-support.h"
#include "app/meir-ui-settings.h"
#include "widget-support.h"

#include <libsoup/soup.h>
#include <string.h>

/* The page of the tracker, over a real one, on its usual port. */

typedef struct {
  char *folder;
  MeirSession *session;
  MeirUiTracker *tracker;
  GtkWindow *parent, *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
  fixture->tracker = meir_ui_tracker_new ();
  fixture->parent = GTK_WINDOW (gtk_window_new ());
  gtk_window_present (fixture->parent);
  meir_ui_tracker_page_present (fixture->parent, fixture->tracker, fixture->session);
  fixture->window = widget_find_window (fixture->parent);
  g_assert_nonnull (fixture->window);
  widget_settle (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  GSettings *settings = meir_ui_settings_get ();

  gtk_window_destroy (fixture->parent);
  app_wait_until (widget_find_window (NULL) == NULL);
  g_clear_object (&fixture->tracker);
  g_settings_reset (settings, "tracker-active");
  g_settings_reset (settings, "tracker-audience");
  g_settings_reset (settings, "tracker-torrents");
  app_session_close (fixture->session);
  app_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static const char *
subtitle (Fixture *fixture, const char *id)
{
  return adw_action_row_get_subtitle (widget_find (fixture->window, id));
}

static const char *
description (Fixture *fixture)
{
  return adw_preferences_group_get_description (widget_find (fixture->window, "now"));
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *answered = user_data;
  g_autoptr (GBytes) answer = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);

  g_assert_nonnull (answer);
  *answered = TRUE;
}

static void
announce (const MeirInfoHash *info_hash, guint port, guint left)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autofree char *hash = g_uri_escape_bytes (info_hash->bytes, MEIR_SHA1_LENGTH, NULL);
  g_autofree char *url =
      g_strdup_printf ("http://127.0.0.1:6969/announce?info_hash=%s&peer_id=-XX0000-aaaaaaaa%u"
                       "&port=%u&uploaded=0&downloaded=0&left=%u%s",
                       hash, port, port, left, left == 0 ? "&event=completed" : "");
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  gboolean answered = FALSE;

  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_answer, &answered);
  app_wait_until (answered);
}

/* Off: nothing to copy, nothing going on. On: an address. The settings remember. */
static void
test_switch (Fixture *fixture, gconstpointer unused)
{
  GSettings *settings = meir_ui_settings_get ();
  GtkSwitch *active = widget_find (fixture->window, "active");
  GtkWidget *copy = widget_find (fixture->window, "copy");

  g_assert_false (gtk_switch_get_active (active));
  g_assert_cmpstr (subtitle (fixture, "address_row"), ==, "Off");
  g_assert_false (gtk_widget_is_sensitive (copy));
  g_assert_false (gtk_widget_get_visible (widget_find (fixture->window, "now")));

  gtk_switch_set_active (active, TRUE);
  g_assert_true (meir_ui_tracker_get_active (fixture->tracker));
  g_assert_nonnull (strstr (subtitle (fixture, "address_row"), ":6969/announce"));
  g_assert_true (gtk_widget_is_sensitive (copy));
  g_assert_true (gtk_widget_get_visible (widget_find (fixture->window, "now")));
  g_assert_true (g_settings_get_boolean (settings, "tracker-active"));
  g_assert_nonnull (strstr (description (fixture), "0 people · 0.0 requests a second · up "));

  gtk_switch_set_active (active, FALSE);
  g_assert_false (meir_ui_tracker_get_active (fixture->tracker));
  g_assert_false (g_settings_get_boolean (settings, "tracker-active"));
  g_assert_cmpstr (subtitle (fixture, "address_row"), ==, "Off");
}

/* A port that somebody else has takes the switch back, and the page says whose fault it is. */
static void
test_problem (Fixture *fixture, gconstpointer unused)
{
  GtkSwitch *active = widget_find (fixture->window, "active");
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  g_assert_true (g_socket_listener_add_inet_port (listener, 6969, NULL, NULL));
  gtk_switch_set_active (active, TRUE);
  g_assert_false (gtk_switch_get_active (active));
  g_assert_nonnull (strstr (subtitle (fixture, "switch_row"), "6969"));
  g_assert_false (g_settings_get_boolean (meir_ui_settings_get (), "tracker-active"));
  g_socket_listener_close (listener);
  gtk_switch_set_active (active, TRUE);
  g_assert_true (gtk_switch_get_active (active));
  g_assert_null (strstr (subtitle (fixture, "switch_row"), "6969"));
}

static void
test_choices (Fixture *fixture, gconstpointer unused)
{
  GSettings *settings = meir_ui_settings_get ();
  AdwComboRow *audience = widget_find (fixture->window, "audience");
  AdwComboRow *torrents = widget_find (fixture->window, "torrents");

  g_assert_cmpuint (adw_combo_row_get_selected (audience), ==, 0);
  g_assert_cmpuint (adw_combo_row_get_selected (torrents), ==, 0);
  g_assert_nonnull (strstr (subtitle (fixture, "switch_row"), "on your network"));
  adw_combo_row_set_selected (audience, 1);
  adw_combo_row_set_selected (torrents, 1);
  g_assert_cmpint (g_settings_get_enum (settings, "tracker-audience"), ==, 1);
  g_assert_cmpint (g_settings_get_enum (settings, "tracker-torrents"), ==, 1);
  g_assert_null (strstr (subtitle (fixture, "switch_row"), "on your network"));
  g_settings_set_string (settings, "tracker-torrents", "mine");
  g_assert_cmpuint (adw_combo_row_get_selected (torrents), ==, 0);
}

static GtkWidget *
find_row (GtkWidget *root, const char *title)
{
  GtkWidget *found = NULL;

  if (ADW_IS_PREFERENCES_ROW (root) &&
      g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (root)), title) == 0)
    return root;
  for (GtkWidget *w = gtk_widget_get_first_child (root); w != NULL && found == NULL;
       w = gtk_widget_get_next_sibling (w))
    found = find_row (w, title);
  return found;
}

/* What is tracked has its name, whether it is ours or not, and live figures. */
static void
test_list (Fixture *fixture, gconstpointer unused)
{
  MeirTorrent *torrent = app_add (fixture->session, fixture->folder, "Summer <b>Trip", 3);
  const MeirInfoHash *info_hash = meir_torrent_get_info_hash (torrent);
  MeirInfoHash foreign = { .bytes = { 0xab } };
  GtkWidget *window = GTK_WIDGET (fixture->window), *row;

  g_settings_set_string (meir_ui_settings_get (), "tracker-torrents", "any");
  gtk_switch_set_active (widget_find (window, "active"), TRUE);
  announce (info_hash, 1001, 5);
  announce (info_hash, 1002, 5);
  announce (info_hash, 1002, 0);
  announce (&foreign, 1003, 0);
  app_wait_until (find_row (window, "Summer <b>Trip") != NULL);
  row = find_row (window, "Summer <b>Trip");
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==,
                   "1 sharing · 1 downloading · 1 finished");
  g_assert_nonnull (find_row (window, "ab00000000000000000000000000000000000000"));
  g_assert_nonnull (strstr (description (fixture), "3 people · "));
  /* A while after the last request the rate is above nothing, and not what it was in the first moment. */
  app_wait_until (strstr (description (fixture), " 0.0 requests") == NULL);
  /* Only mine: the other one goes. */
  meir_ui_tracker_allow (fixture->tracker, info_hash);
  g_settings_set_string (meir_ui_settings_get (), "tracker-torrents", "mine");
  app_wait_until (find_row (window, "ab00000000000000000000000000000000000000") == NULL);
  g_assert_nonnull (find_row (window, "Summer <b>Trip"));
}

static void
shoot (Fixture *fixture, const char *name)
{
  g_autoptr (GdkTexture) texture = NULL;

  widget_settle (fixture->window);
  texture = widget_render (fixture->window);
  widget_save_picture (texture, name);
}

static void
test_pictures (Fixture *fixture, gconstpointer unused)
{
  GtkSettings *gtk = gtk_settings_get_default ();
  AdwStyleManager *style = adw_style_manager_get_default ();
  MeirTorrent *trip = app_add (fixture->session, fixture->folder, "Summer Trip", 3);
  MeirTorrent *debian = app_add (fixture->session, fixture->folder, "debian-12.7.0-amd64-DVD-1.iso", 4);
  int minimum;

  gtk_widget_remove_css_class (GTK_WIDGET (fixture->window), "solid-csd");
  gtk_widget_add_css_class (GTK_WIDGET (fixture->window), "csd");
  meir_ui_tracker_allow (fixture->tracker, meir_torrent_get_info_hash (trip));
  meir_ui_tracker_allow (fixture->tracker, meir_torrent_get_info_hash (debian));
  gtk_switch_set_active (widget_find (fixture->window, "active"), TRUE);
  for (guint port = 1000; port < 1007; port++)
    announce (meir_torrent_get_info_hash (trip), port, port < 1002 ? 0 : 5);
  announce (meir_torrent_get_info_hash (debian), 1000, 0);
  app_wait_until (strstr (description (fixture), "8 people") != NULL);
  app_wait_until (find_row (GTK_WIDGET (fixture->window), "Summer Trip") != NULL);
  shoot (fixture, "tracker");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  shoot (fixture, "tracker-dark");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_LIGHT);
  if (adw_style_manager_get_high_contrast (style))
    return;
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  shoot (fixture, "tracker-rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  g_object_set (gtk, "gtk-xft-dpi", 96 * 1024 * 2, NULL);
  shoot (fixture, "tracker-large-text");
  g_object_set (gtk, "gtk-xft-dpi", 96 * 1024, NULL);
  gtk_window_set_default_size (fixture->window, 360, 640);
  shoot (fixture, "tracker-narrow");
  g_object_set (gtk, "gtk-xft-dpi", 96 * 1024 * 2, NULL);
  shoot (fixture, "tracker-narrow-large-text");
  gtk_widget_measure (GTK_WIDGET (fixture->window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  g_object_set (gtk, "gtk-xft-dpi", 96 * 1024, NULL);
  g_assert_cmpint (minimum, <=, 360);
}

/* Asked for again it is the same window; with its parent it goes. */
static void
test_window (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GList) toplevels = NULL;

  meir_ui_tracker_page_present (fixture->parent, fixture->tracker, NULL);
  toplevels = gtk_window_list_toplevels ();
  g_assert_cmpuint (g_list_length (toplevels), ==, 2);
  g_assert_cmpstr (gtk_window_get_title (fixture->window), ==, "Tracker");
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (Fixture *fixture, gconstpointer unused);
  } tests[] = {
    { "/app/tracker-page/switch", test_switch },   { "/app/tracker-page/problem", test_problem },
    { "/app/tracker-page/choices", test_choices }, { "/app/tracker-page/list", test_list },
    { "/app/tracker-page/window", test_window },   { "/app/tracker-page/pictures", test_pictures },
  };

  meir_init ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", "gtk-decoration-layout",
                "appmenu:close", NULL);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/io/github/meirtorrent/MeirTorrent/icons");
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
