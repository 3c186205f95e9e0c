/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-preferences.h"

#include "app/compat/meir-ui-compat.h"

#include "app-support.h"
#include "app/meir-ui-settings.h"
#include "widget-support.h"

#include <string.h>

/* The page of settings: each row does what it says, at once, and can be found. */

static GtkWindow *parent, *window;

static void
set_up (gpointer *unused, gconstpointer data)
{
  parent = GTK_WINDOW (gtk_window_new ());
  gtk_window_present (parent);
  meir_ui_preferences_present (parent, NULL);
  window = widget_find_window (parent);
  g_assert_nonnull (window);
  widget_settle (window);
}

static void
tear_down (gpointer *unused, gconstpointer data)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;

  gtk_window_destroy (parent);
  app_wait_until (widget_find_window (parent) == NULL);
  parent = NULL;
  g_object_get (meir_ui_settings_get (), "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    g_settings_reset (meir_ui_settings_get (), keys[i]);
}

static void
shoot (const char *name)
{
  g_autoptr (GdkTexture) texture = NULL;

  widget_settle (window);
  texture = widget_render (window);
  widget_save_picture (texture, name);
}

static const char *const switches[][2] = {
  { "ask_where", "ask-where" },
  { "limit_download", "limit-download" },
  { "limit_upload", "limit-upload" },
  { "stop_at_ratio", "stop-at-ratio" },
  { "stop_after", "stop-after" },
  { "slow_on_metered", "slow-on-metered" },
  { "keep_running", "keep-running" },
  { "keep_awake", "keep-awake" },
  { "notify", "notify" },
  { "start_at_login", "start-at-login" },
};

static void
test_switches (gpointer *unused, gconstpointer data)
{
  GSettings *settings = meir_ui_settings_get ();

  for (guint i = 0; i < G_N_ELEMENTS (switches); i++) {
    GtkSwitch *widget = widget_find (window, switches[i][0]);
    gboolean on = g_settings_get_boolean (settings, switches[i][1]);

    g_assert_cmpint (gtk_switch_get_active (widget), ==, on);
    gtk_switch_set_active (widget, !on);
    g_assert_cmpint (g_settings_get_boolean (settings, switches[i][1]), ==, !on);
    g_settings_set_boolean (settings, switches[i][1], on);
    g_assert_cmpint (gtk_switch_get_active (widget), ==, on);
  }
}

static void
assert_number (const char *id, const char *key, double lowest, double highest, double value)
{
  GtkSpinButton *spin = widget_find (window, id);
  g_autoptr (GVariant) set = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = g_strdup_printf ("%.9g", value);
  double min, max;

  gtk_spin_button_get_range (spin, &min, &max);
  g_assert_cmpfloat_with_epsilon (min, lowest, 0.001);
  g_assert_cmpfloat_with_epsilon (max, highest, 0.001);
  gtk_spin_button_set_value (spin, value);
  set = g_settings_get_value (meir_ui_settings_get (), key);
  text = g_variant_print (set, FALSE);
  g_assert_cmpstr (text, ==, expected);
}

/* No number can be entered that the schema would refuse. */
static void
test_numbers (gpointer *unused, gconstpointer data)
{
  assert_number ("max_downloads", "max-downloads", 0, 100, 7);
  assert_number ("download_limit", "download-limit", 1, 10000000, 9999999);
  assert_number ("upload_limit", "upload-limit", 1, 10000000, 1);
  assert_number ("stop_ratio", "stop-ratio", 0.1, 100, 2.5);
  assert_number ("stop_after_minutes", "stop-after-minutes", 1, 525600, 60);
  assert_number ("listen_port", "listen-port", 1024, 65535, 65535);
  assert_number ("max_peers", "max-peers", 10, 10000, 10);
}

static void
test_encryption (gpointer *unused, gconstpointer data)
{
  static const char *const nicks[] = { "prefer", "require", "off" };
  AdwComboRow *row = widget_find (window, "encryption_row");

  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++) {
    g_autofree char *nick = NULL;

    adw_combo_row_set_selected (row, i);
    nick = g_settings_get_string (meir_ui_settings_get (), "encryption");
    g_assert_cmpstr (nick, ==, nicks[i]);
  }
}

static gboolean
is_shown (const char *id)
{
  return gtk_widget_get_visible (widget_find (window, id));
}

/* A number without its switch is not there. */
static void
test_dependent (gpointer *unused, gconstpointer data)
{
  GSettings *settings = meir_ui_settings_get ();

  g_assert_false (is_shown ("download_limit_row"));
  g_settings_set_boolean (settings, "limit-download", TRUE);
  g_assert_true (is_shown ("download_limit_row"));
  g_assert_false (is_shown ("upload_limit_row"));
  g_assert_false (is_shown ("stop_ratio_row"));
  g_assert_false (is_shown ("stop_after_minutes_row"));
}

static void
search (const char *words)
{
  gtk_editable_set_text (widget_find (window, "search_entry"), words);
  g_signal_emit_by_name (widget_find (window, "search_entry"), "search-changed");
}

static void
test_search (gpointer *unused, gconstpointer data)
{
  GtkStack *stack = widget_find (window, "stack");
  AdwExpanderRow *network = widget_find (window, "network");

  g_assert_false (adw_expander_row_get_expanded (network));
  search (" METERED ");
  g_assert_true (is_shown ("slow_on_metered_row"));
  g_assert_false (is_shown ("limit_download_row"));
  g_assert_false (is_shown ("downloads_group"));
  g_assert_true (is_shown ("speed_group"));
  g_assert_false (adw_expander_row_get_expanded (network));
  /* By the heading: all below it. By words of a folded row: it unfolds. */
  search ("sharing");
  g_assert_true (is_shown ("stop_at_ratio_row"));
  g_assert_false (is_shown ("speed_group"));
  search ("encrypt");
  g_assert_true (is_shown ("encryption_row"));
  g_assert_false (is_shown ("max_peers_row"));
  g_assert_true (adw_expander_row_get_expanded (network));
  search ("xyzzy");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "nothing");
  search ("");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "rows");
  g_assert_true (is_shown ("downloads_group"));
  g_assert_false (is_shown ("download_limit_row"));
}

static void
test_folder (gpointer *unused, gconstpointer data)
{
  AdwActionRow *row = widget_find (window, "download_folder_row");
  g_autofree char *usual = g_strdup (adw_action_row_get_subtitle (row));
  g_autofree char *path = NULL;

  g_assert_cmpstr (usual, !=, "");
  g_settings_set_string (meir_ui_settings_get (), "download-folder", "file:///srv/My%20Films");
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "/srv/My Films");
  path = meir_ui_settings_dup_download_folder ();
  g_assert_cmpstr (path, ==, "/srv/My Films");
  /* What makes no sense is the usual folder. */
  g_settings_set_string (meir_ui_settings_get (), "download-folder", "nonsense");
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, usual);
}

static void
test_unfinished (gpointer *unused, gconstpointer data)
{
  AdwActionRow *row = widget_find (window, "unfinished_folder_row");
  GtkWidget *reset = widget_find (window, "reset_unfinished");

  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "The same folder");
  g_assert_false (gtk_widget_get_visible (reset));
  g_settings_set_string (meir_ui_settings_get (), "unfinished-folder", "file:///srv/half");
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "/srv/half");
  g_assert_true (gtk_widget_get_visible (reset));
  g_signal_emit_by_name (reset, "clicked");
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "The same folder");
}

/* The user chooses nothing, something, or is told why that does not do. */

void __wrap_meir_ui_choose_async (GtkWindow *owner, MeirUiChoice choice, const char *title,
                                  const char *accept, GAsyncReadyCallback callback, gpointer user_data);
GListModel *__wrap_meir_ui_choose_finish (GAsyncResult *result, GError **error);

static const char *chosen_uri;   /* (nullable) */
static const char *choice_error; /* (nullable) */

void
__wrap_meir_ui_choose_async (GtkWindow *owner, MeirUiChoice choice, const char *title, const char *accept,
                             GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_assert_true (owner == window);
  g_assert_cmpint (choice, ==, MEIR_UI_CHOOSE_FOLDER);
  if (choice_error != NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", choice_error);
  else
    g_task_return_boolean (task, TRUE);
}

GListModel *
__wrap_meir_ui_choose_finish (GAsyncResult *result, GError **error)
{
  GListStore *files;
  g_autoptr (GFile) file = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), error) || chosen_uri == NULL)
    return NULL;
  files = g_list_store_new (G_TYPE_FILE);
  file = g_file_new_for_uri (chosen_uri);
  g_list_store_append (files, file);
  return G_LIST_MODEL (files);
}

static void
choose (const char *button, const char *uri, const char *problem)
{
  chosen_uri = uri;
  choice_error = problem;
  g_signal_emit_by_name (widget_find (window, button), "clicked");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_choose (gpointer *unused, gconstpointer data)
{
  AdwActionRow *row = widget_find (window, "unfinished_folder_row");
  g_autofree char *before = NULL;

  choose ("unfinished_folder", NULL, NULL);
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "The same folder");
  choose ("unfinished_folder", "file:///srv/half", NULL);
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "/srv/half");
  choose ("unfinished_folder", "smb://server/share", NULL);
  g_assert_true (widget_has_text (window, "This folder is not on this computer. Choose another one."));
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, "/srv/half");
  row = widget_find (window, "download_folder_row");
  before = g_strdup (adw_action_row_get_subtitle (row));
  choose ("download_folder", NULL, "The portal is <gone>");
  app_wait_until (widget_has_text (window, "The portal is <gone>"));
  g_assert_cmpstr (adw_action_row_get_subtitle (row), ==, before);
}

static const char *
get_port_text (void)
{
  return adw_action_row_get_subtitle (widget_find (window, "listen_port_row"));
}

/* What became of the port that was asked for is said as soon as it is known. */
static void
test_port (gpointer *unused, gconstpointer data)
{
  GSettings *settings = meir_ui_settings_get ();
  g_autofree char *folder = app_make_folder ();
  MeirSession *sessions[2] = { app_session_new (folder), app_session_new (folder) };
  guint16 port = meir_session_get_port (sessions[0]), taken = meir_session_get_port (sessions[1]);
  g_autofree char *stays = g_strdup_printf ("%u is taken by another program; it stays %u", taken, port);

  g_assert_cmpstr (get_port_text (), ==, "Not in use at the moment");
  gtk_window_destroy (window);
  app_wait_until (widget_find_window (parent) == NULL);
  g_settings_set (settings, "listen-port", "q", port);
  meir_ui_preferences_present (parent, sessions[0]);
  window = widget_find_window (parent);
  g_assert_cmpstr (get_port_text (), ==, "Nobody outside your network has connected yet");
  g_settings_set (settings, "listen-port", "q", taken);
  g_assert_cmpstr (get_port_text (), ==, "Nobody outside your network has connected yet");
  meir_session_set_port (sessions[0], taken);
  app_wait_until (g_str_equal (get_port_text (), stays));
  app_session_close (sessions[1]);
  meir_session_set_port (sessions[0], taken);
  app_wait_until (!g_str_equal (get_port_text (), stays));
  g_assert_cmpstr (get_port_text (), ==, "Nobody outside your network has connected yet");
  gtk_window_destroy (window);
  app_wait_until (widget_find_window (parent) == NULL);
  app_session_close (sessions[0]);
  app_remove_folder (folder);
}

/* Without a portal nothing can be started at login, and the row says so. */
static void
test_no_portal (gpointer *unused, gconstpointer data)
{
  AdwActionRow *row = widget_find (window, "start_at_login_row");

  app_wait_until (g_strcmp0 (adw_action_row_get_subtitle (row), "This desktop does not offer it") == 0);
  g_assert_false (gtk_widget_is_sensitive (widget_find (window, "start_at_login")));
}

static void
test_pictures (gpointer *unused, gconstpointer data)
{
  GtkSettings *gtk = gtk_settings_get_default ();
  AdwStyleManager *style = adw_style_manager_get_default ();
  int minimum;

  gtk_widget_remove_css_class (GTK_WIDGET (window), "solid-csd");
  gtk_widget_add_css_class (GTK_WIDGET (window), "csd");
  g_settings_set_boolean (meir_ui_settings_get (), "limit-upload", TRUE);
  gtk_window_set_default_size (window, 640, 1300);
  adw_expander_row_set_expanded (widget_find (window, "network"), TRUE);
  shoot ("preferences");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  shoot ("preferences-dark");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_LIGHT);
  if (adw_style_manager_get_high_contrast (style))
    return;
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  shoot ("preferences-rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  g_object_set (gtk, "gtk-xft-dpi", 96 * 1024 * 2, NULL);
  shoot ("preferences-large-text");
  g_object_set (gtk, "gtk-xft-dpi", 96 * 1024, NULL);
  gtk_window_set_default_size (window, 360, 1300);
  shoot ("preferences-narrow");
  g_object_set (gtk, "gtk-xft-dpi", 96 * 1024 * 2, NULL);
  shoot ("preferences-narrow-large-text");
  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_object_set (gtk, "gtk-xft-dpi", 96 * 1024, NULL);
  g_assert_cmpint (minimum, <=, 360);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (gpointer *unused, gconstpointer data);
  } tests[] = {
    { "/app/preferences/switches", test_switches },     { "/app/preferences/numbers", test_numbers },
    { "/app/preferences/encryption", test_encryption }, { "/app/preferences/dependent", test_dependent },
    { "/app/preferences/search", test_search },         { "/app/preferences/folder", test_folder },
    { "/app/preferences/unfinished", test_unfinished }, { "/app/preferences/choose", test_choose },
    { "/app/preferences/no-portal", test_no_portal },   { "/app/preferences/port", test_port },
    { "/app/preferences/pictures", test_pictures },
  };

  meir_init ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", "gtk-decoration-layout",
                "appmenu:close", NULL);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/io/github/meirtorrent/MeirTorrent/icons");
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, gpointer, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
