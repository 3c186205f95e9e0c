/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-actions.h"

#include "app-support.h"
#include "harness.h"
#include "widget-support.h"

#include <string.h>

/* The table of actions, walked as the keyboard would. */

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

int
main (int argc, char **argv)
{
  int result;

  meir_init ();
  harness_init (&harness);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/actions/walk", test_walk);
  g_test_add_func ("/app/actions/find-key", test_find_key);
  g_test_add_func ("/app/actions/menu-item", test_menu_item);
  result = g_test_run ();
  harness_clear (&harness);
  return result;
}
