/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-actions.h"
#include "app/meir-ui-settings.h"

#include "app-support.h"
#include "harness.h"
#include "widget-support.h"

#include <string.h>
#include <unistd.h>

/* The table of actions, walked as the keyboard would. */

#define LINK "magnet:?xt=urn:btih:dddddddddddddddddddddddddddddddddddddddd&dn=film"

static Harness harness;

static GActionGroup *
find_group (const char *name, const char **bare)
{
  *bare = strchr (name, '.') + 1;
  if (g_str_has_prefix (name, "app."))
    return G_ACTION_GROUP (harness.application);
  if (g_str_has_prefix (name, "win."))
    return G_ACTION_GROUP (harness.window);
  return NULL; /* of the class of a widget, such as window.close */
}

static void
check_action (const MeirUiAction *action)
{
  const GVariantType *type;
  const char *bare;
  g_autoptr (GVariant) target = NULL;
  g_autofree char *name = NULL;
  GActionGroup *group;

  g_assert_true (g_action_parse_detailed_name (action->name, &name, &target, NULL));
  group = find_group (name, &bare);
  g_test_message ("%s", action->name);
  g_assert_cmpstr (action->title, !=, "");
  g_assert_cmpint (action->group, <, MEIR_UI_N_ACTION_GROUPS);
  g_assert_true (meir_ui_actions_find (action->name) == action);
  if (group == NULL)
    return;
  g_assert_true (g_action_group_query_action (group, bare, NULL, &type, NULL, NULL, NULL));
  /* A key gives no parameter but that of its name. */
  g_assert_true (target != NULL ? g_variant_is_of_type (target, type)
                                : type == NULL || action->accels[0] == NULL);
}

static void
check_accel (GHashTable *seen, const MeirUiAction *action, const char *accel)
{
  GdkModifierType modifiers;
  guint key;
  char *normal;

  g_assert_true (gtk_accelerator_parse (accel, &key, &modifiers));
  g_assert_cmpuint (key, !=, 0);
  normal = gtk_accelerator_name (key, modifiers);
  if (g_hash_table_contains (seen, normal))
    g_error ("%s: %s is taken by %s", action->name, accel, (char *) g_hash_table_lookup (seen, normal));
  g_hash_table_insert (seen, normal, (gpointer) action->name);
  if (action->scope == MEIR_UI_KEY_EVERYWHERE) {
    g_auto (GStrv) owners =
        gtk_application_get_actions_for_accel (GTK_APPLICATION (harness.application), accel);

    g_assert_cmpuint (g_strv_length (owners), ==, 1);
    g_assert_cmpstr (owners[0], ==, action->name);
  }
}

static void
script_walk (Harness *unused)
{
  g_autoptr (GHashTable) accels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_actions;
  const MeirUiAction *actions = meir_ui_actions_get (&n_actions);

  g_assert_cmpuint (n_actions, >, 5);
  for (guint i = 0; i < n_actions; i++) {
    check_action (&actions[i]);
    for (guint a = 0; actions[i].accels[a] != NULL; a++)
      check_accel (accels, &actions[i], actions[i].accels[a]);
  }
  g_assert_null (meir_ui_actions_find ("win.no-such-thing"));
  for (guint g = 0; g < MEIR_UI_N_ACTION_GROUPS; g++)
    g_assert_cmpstr (meir_ui_actions_get_group_title (g), !=, "");
}

static void
test_walk (void)
{
  harness_run (&harness, NULL, script_walk);
}

/* What has a parameter that neither a key nor a menu could give: which torrent, or which text. */
static const char *const of_buttons[] = { "open-folder", "open-torrent", "show-torrent", "copy-text", NULL };

static gboolean
is_in_table (const char *prefix, const char *bare)
{
  g_autofree char *name = g_strconcat (prefix, bare, NULL);
  g_autofree char *with_target = g_strconcat (name, "::", NULL);
  guint n_actions;
  const MeirUiAction *actions = meir_ui_actions_get (&n_actions);

  for (guint i = 0; i < n_actions; i++)
    if (strcmp (actions[i].name, name) == 0 || g_str_has_prefix (actions[i].name, with_target))
      return TRUE;
  return FALSE;
}

static void
check_group (GActionGroup *group, const char *prefix)
{
  g_auto (GStrv) names = g_action_group_list_actions (group);

  for (guint i = 0; names[i] != NULL; i++) {
    g_test_message ("%s%s", prefix, names[i]);
    g_assert_true (is_in_table (prefix, names[i]) != g_strv_contains (of_buttons, names[i]));
  }
}

/* There is no action besides those of the table. */
static void
script_all (Harness *unused)
{
  check_group (G_ACTION_GROUP (harness.application), "app.");
  check_group (G_ACTION_GROUP (harness.window), "win.");
}

static void
test_all (void)
{
  harness_run (&harness, NULL, script_all);
}

static gboolean
is_enabled (const char *name)
{
  const char *bare;
  GActionGroup *group = find_group (name, &bare);

  return g_action_group_get_action_enabled (group, bare);
}

static void
activate (const char *name, GVariant *parameter)
{
  const char *bare;
  GActionGroup *group = find_group (name, &bare);

  g_action_group_activate_action (group, bare, parameter);
}

static guint32
get_state (const char *bare)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (harness.window), bare);

  return g_variant_get_uint32 (state);
}

/* The limits of a torrent, whoever asks for them. */
static void
script_limits (Harness *unused)
{
  MeirRateLimits limits;
  MeirTorrent *torrent;

  g_assert_false (is_enabled ("win.limit-download"));
  app_wait_until (harness_n_torrents (&harness) == 1);
  torrent = harness_torrent (&harness, 0);
  app_wait_until (meir_ui_list_select (meir_ui_window_get_list (harness.window), torrent));
  app_wait_until (is_enabled ("win.limit-download") && is_enabled ("win.limit-upload"));
  g_assert_cmpuint (get_state ("limit-upload"), ==, 0);
  activate ("win.limit-upload", g_variant_new_uint32 (30));
  activate ("win.limit-download", g_variant_new_uint32 (G_MAXUINT32));
  meir_torrent_get_limits (torrent, &limits);
  g_assert_cmpuint (limits.up_per_sec, ==, 30000);
  g_assert_cmpuint (limits.down_per_sec, ==, G_GUINT64_CONSTANT (4294967295000));
  g_assert_cmpuint (get_state ("limit-upload"), ==, 30);
  g_assert_cmpuint (get_state ("limit-download"), ==, G_MAXUINT32);
  activate ("win.limit-download", g_variant_new_uint32 (0));
  meir_torrent_get_limits (torrent, &limits);
  g_assert_cmpuint (limits.up_per_sec, ==, 30000);
  g_assert_cmpuint (limits.down_per_sec, ==, 0);
  /* There is nothing to save of what has no list of files. */
  g_assert_false (is_enabled ("win.save-torrent"));
  g_assert_true (is_enabled ("win.events"));
  meir_ui_application_remove (harness.application, torrent);
  app_wait_until (!is_enabled ("win.limit-upload"));
}

static void
test_limits (void)
{
  harness_run (&harness, LINK, script_limits);
}

/* What is being prepared rests, goes on and is given up; before and after there is nothing of the sort. */
static void
script_share (Harness *unused)
{
  MeirUiSharer *sharer = meir_ui_application_get_sharer (harness.application);
  g_autofree char *path = app_make_file (harness.folder, "huge.bin", 1);
  gboolean paused;

  g_assert_cmpint (truncate (path, G_GINT64_CONSTANT (200) << 30), ==, 0);
  g_assert_false (is_enabled ("app.pause-share"));
  g_assert_false (is_enabled ("app.cancel-share"));
  g_assert_false (is_enabled ("app.try-again"));
  meir_ui_sharer_add (sharer, meir_create_options_new (path), NULL);
  g_assert_true (is_enabled ("app.pause-share"));
  for (guint i = 0; i < 2; i++) {
    activate ("app.pause-share", NULL);
    g_object_get (sharer, "paused", &paused, NULL);
    g_assert_cmpint (paused, ==, i == 0);
  }
  activate ("app.cancel-share", NULL);
  app_wait_until (!is_enabled ("app.cancel-share"));
  g_assert_false (meir_ui_sharer_is_busy (sharer));
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 0);
}

static void
test_share (void)
{
  harness_run (&harness, NULL, script_share);
}

/* What is finished leaves the list, and its files stay; what is not finished stays too. */
static void
script_remove_finished (Harness *unused)
{
  MeirUiItems *items = meir_ui_application_get_items (harness.application);
  g_autofree char *path = app_make_file (harness.folder, "song.bin", 50000);
  g_autoptr (MeirTorrent) torrent = NULL;
  g_autoptr (GPtrArray) finished = NULL;

  app_wait_until (harness_n_torrents (&harness) == 1);
  torrent = g_object_ref (harness_torrent (&harness, 0));
  g_assert_false (is_enabled ("app.remove-finished"));
  meir_ui_sharer_add (meir_ui_application_get_sharer (harness.application), meir_create_options_new (path),
                      NULL);
  app_wait_until (is_enabled ("app.remove-finished"));
  g_assert_cmpuint (harness_n_torrents (&harness), ==, 2);
  finished = meir_ui_items_dup_finished (items);
  g_assert_cmpuint (finished->len, ==, 1);
  for (guint i = 0; i < 2; i++) {
    g_assert_true (
        meir_ui_list_select (meir_ui_window_get_list (harness.window), g_ptr_array_index (finished, 0)));
    activate ("app.remove-finished", NULL);
    app_wait_until (g_list_model_get_n_items (G_LIST_MODEL (items)) == 1);
    g_assert_false (meir_ui_items_is_parked (items, torrent));
    /* The keys go on with what is left. */
    app_wait_until (meir_ui_list_get_n_selected (meir_ui_window_get_list (harness.window)) == 1);
    if (i == 0)
      g_assert_true (meir_ui_undo_take_back (meir_ui_application_get_undo (harness.application)));
    else
      meir_ui_undo_commit (meir_ui_application_get_undo (harness.application));
    app_wait_until (g_list_model_get_n_items (G_LIST_MODEL (items)) == 2 - i);
    app_wait_until (is_enabled ("app.remove-finished") == (i == 0));
  }
  app_wait_until (harness_n_torrents (&harness) == 1);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_remove_finished (void)
{
  harness_run (&harness, LINK, script_remove_finished);
}

/* Keys of the list are looked up as they are pressed. */
static void
test_find_key (void)
{
  const MeirUiAction *action = meir_ui_actions_find_key (MEIR_UI_KEY_LIST, GDK_KEY_space, GDK_LOCK_MASK);

  g_assert_nonnull (action);
  g_assert_cmpstr (action->name, ==, "win.toggle-pause");
  g_assert_null (meir_ui_actions_find_key (MEIR_UI_KEY_LIST, GDK_KEY_space, GDK_CONTROL_MASK));
  g_assert_null (meir_ui_actions_find_key (MEIR_UI_KEY_WINDOW, GDK_KEY_space, 0));
}

/* A menu shows the keys that GTK cannot know of. */
static void
test_menu_item (void)
{
  g_autoptr (GMenuItem) item = meir_ui_actions_new_menu_item ("win.copy-link", "_Copy");
  g_autoptr (GMenuItem) plain = meir_ui_actions_new_menu_item ("win.no-such-thing", "_None");
  g_autofree char *accel = NULL;
  g_autofree char *name = NULL;

  g_assert_true (g_menu_item_get_attribute (item, "accel", "s", &accel));
  g_assert_cmpstr (accel, ==, "<Control>c");
  g_assert_true (g_menu_item_get_attribute (item, "action", "s", &name));
  g_assert_cmpstr (name, ==, "win.copy-link");
  g_assert_false (g_menu_item_get_attribute (plain, "accel", "s", NULL));
}

static void
add_tests (void)
{
  g_settings_set_boolean (meir_ui_settings_get (), "ask-where", FALSE);
  g_test_add_func ("/app/actions/walk", test_walk);
  g_test_add_func ("/app/actions/all", test_all);
  g_test_add_func ("/app/actions/limits", test_limits);
  g_test_add_func ("/app/actions/share", test_share);
  g_test_add_func ("/app/actions/remove-finished", test_remove_finished);
  g_test_add_func ("/app/actions/find-key", test_find_key);
  g_test_add_func ("/app/actions/menu-item", test_menu_item);
}

int
main (int argc, char **argv)
{
  return harness_main (&harness, argc, argv, add_tests);
}
