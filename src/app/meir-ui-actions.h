/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The one table of what the program can be told to do: accelerators, menus, the page of shortcuts and the
 * test that walks the keyboard all read it. An action that is not in it has no key. */

typedef enum {
  MEIR_UI_ACTIONS_GENERAL,
  MEIR_UI_ACTIONS_TORRENTS, /* they act on the selection */
  MEIR_UI_ACTIONS_VIEW,
  MEIR_UI_N_ACTION_GROUPS,
} MeirUiActionGroup;

/**
 * MeirUiKeyScope:
 * @MEIR_UI_KEY_EVERYWHERE: an accelerator of the application
 * @MEIR_UI_KEY_WINDOW: after what has the focus, so that a text keeps its Ctrl+C and Delete
 * @MEIR_UI_KEY_LIST: only while a row of the list has the focus: Space and Return belong to buttons elsewhere
 *
 * Where the keys of an action count.
 */
typedef enum {
  MEIR_UI_KEY_EVERYWHERE,
  MEIR_UI_KEY_WINDOW,
  MEIR_UI_KEY_LIST,
} MeirUiKeyScope;

/**
 * MeirUiAction:
 * @name: with its group, "win.pause"; a parameter follows as in g_action_parse_detailed_name ()
 * @title: what it does, in header capitals; translate it with _()
 * @accels: (array zero-terminated=1): as gtk_accelerator_parse () takes them; the first is shown
 */
typedef struct {
  const char *name;
  const char *title;
  MeirUiActionGroup group;
  MeirUiKeyScope scope;
  const char *accels[4];
} MeirUiAction;

/* The table. (transfer none) */
const MeirUiAction *meir_ui_actions_get (guint *n_actions);
/* (transfer none) (nullable) */
const MeirUiAction *meir_ui_actions_find (const char *name);
/* The heading of a group, translated. (transfer none) */
const char *meir_ui_actions_get_group_title (MeirUiActionGroup group);

/* Sets the accelerators whose scope is everywhere. */
void meir_ui_actions_set_accels (GtkApplication *application);
/* Binds the keys of @scope, in the class_init of what they belong to. */
void meir_ui_actions_bind_keys (GtkWidgetClass *widget_class, MeirUiKeyScope scope);
/* Which action of @scope a key that was pressed stands for. (transfer none) (nullable) */
const MeirUiAction *meir_ui_actions_find_key (MeirUiKeyScope scope, guint key, GdkModifierType modifiers);

/* An item of a menu, with its key shown. @label: with a mnemonic, translated. (transfer full) */
GMenuItem *meir_ui_actions_new_menu_item (const char *name, const char *label);

G_END_DECLS
