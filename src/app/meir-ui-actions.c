/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-actions.h"

#include <glib/gi18n.h>
#include <string.h>

#define GENERAL    MEIR_UI_ACTIONS_GENERAL
#define TORRENTS   MEIR_UI_ACTIONS_TORRENTS
#define VIEW       MEIR_UI_ACTIONS_VIEW
#define EVERYWHERE MEIR_UI_KEY_EVERYWHERE
#define WINDOW     MEIR_UI_KEY_WINDOW
#define LIST       MEIR_UI_KEY_LIST

static const MeirUiAction actions[] = {
  { "app.add", N_ ("Add a Torrent"), GENERAL, EVERYWHERE, { "<Control>o" } },
  { "app.share-files", N_ ("Share Files"), GENERAL, EVERYWHERE, { "<Control>n" } },
  { "app.share-folder", N_ ("Share a Folder"), GENERAL, EVERYWHERE, { "<Shift><Control>n" } },
  { "app.preferences", N_ ("Preferences"), GENERAL, EVERYWHERE, { "<Control>comma" } },
  { "app.tracker", N_ ("Tracker"), GENERAL, EVERYWHERE, { NULL } },
  { "win.paste", N_ ("Add or Share What Was Copied"), GENERAL, WINDOW, { "<Control>v" } },
  { "win.undo", N_ ("Undo"), GENERAL, WINDOW, { "<Control>z" } },
  { "app.shortcuts", N_ ("Keyboard Shortcuts"), GENERAL, EVERYWHERE, { "<Control>question", "F1" } },
  { "app.about", N_ ("About MeirTorrent"), GENERAL, EVERYWHERE, { NULL } },
  { "app.pause-all", N_ ("Pause All"), GENERAL, EVERYWHERE, { NULL } },
  { "app.resume-all", N_ ("Resume All"), GENERAL, EVERYWHERE, { NULL } },
  { "app.remove-finished", N_ ("Remove Finished"), GENERAL, EVERYWHERE, { NULL } },
  { "app.pause-share", N_ ("Pause or Resume Preparing"), GENERAL, EVERYWHERE, { NULL } },
  { "app.cancel-share", N_ ("Cancel Preparing"), GENERAL, EVERYWHERE, { NULL } },
  { "app.use-anyway", N_ ("Full Speed on This Network"), GENERAL, EVERYWHERE, { NULL } },
  { "app.try-again", N_ ("Try Again"), GENERAL, EVERYWHERE, { NULL } },
  { "window.close", N_ ("Close the Window"), GENERAL, EVERYWHERE, { "<Control>w" } },
  { "app.quit", N_ ("Quit"), GENERAL, EVERYWHERE, { "<Control>q" } },

  { "win.toggle-pause", N_ ("Pause or Resume"), TORRENTS, LIST, { "space" } },
  { "win.pause", N_ ("Pause"), TORRENTS, WINDOW, { NULL } },
  { "win.resume", N_ ("Resume"), TORRENTS, WINDOW, { NULL } },
  { "win.start-now", N_ ("Start Now"), TORRENTS, WINDOW, { NULL } },
  { "win.open", N_ ("Open"), TORRENTS, WINDOW, { "<Shift><Control>Return" } },
  { "win.show-folder", N_ ("Show in Folder"), TORRENTS, WINDOW, { "<Control>Return" } },
  { "win.save-torrent", N_ ("Save .torrent File"), TORRENTS, WINDOW, { NULL } },
  { "win.copy-link", N_ ("Copy Link"), TORRENTS, WINDOW, { "<Control>c" } },
  { "win.ask-more", N_ ("Ask for More People"), TORRENTS, WINDOW, { "<Control>r" } },
  { "win.rename", N_ ("Rename"), TORRENTS, WINDOW, { "F2" } },
  { "win.move", N_ ("Move to Folder"), TORRENTS, WINDOW, { NULL } },
  { "win.cancel-move", N_ ("Cancel Moving"), TORRENTS, WINDOW, { NULL } },
  { "win.choose-again", N_ ("Choose Folder Again"), TORRENTS, WINDOW, { NULL } },
  { "win.recheck", N_ ("Check Files Again"), TORRENTS, WINDOW, { NULL } },
  { "win.play-order", N_ ("Download in Play Order"), TORRENTS, WINDOW, { NULL } },
  { "win.events", N_ ("What Happened"), TORRENTS, WINDOW, { NULL } },
  { "win.limit-download", N_ ("Limit the Download"), TORRENTS, WINDOW, { NULL } },
  { "win.limit-upload", N_ ("Limit the Upload"), TORRENTS, WINDOW, { NULL } },
  { "win.move-up", N_ ("Move Up in the Queue"), TORRENTS, WINDOW, { "<Alt>Up" } },
  { "win.move-down", N_ ("Move Down in the Queue"), TORRENTS, WINDOW, { "<Alt>Down" } },
  { "win.remove", N_ ("Remove From List"), TORRENTS, WINDOW, { "Delete", "KP_Delete" } },
  { "win.remove-with-files", N_ ("Remove and Trash Files"), TORRENTS, WINDOW, { "<Shift>Delete" } },

  { "win.details", N_ ("Show Details"), VIEW, LIST, { "Return", "KP_Enter" } },
  { "win.properties", N_ ("Properties"), VIEW, EVERYWHERE, { "<Alt>Return" } },
  { "win.page::overview", N_ ("Overview"), VIEW, EVERYWHERE, { "<Alt>1" } },
  { "win.page::files", N_ ("Files"), VIEW, EVERYWHERE, { "<Alt>2" } },
  { "win.page::people", N_ ("People"), VIEW, EVERYWHERE, { "<Alt>3" } },
  { "win.page::trackers", N_ ("Trackers"), VIEW, EVERYWHERE, { "<Alt>4" } },
  { "win.back", N_ ("Back to the List"), VIEW, WINDOW, { "Escape", "<Alt>Left" } },
  { "win.details-pane", N_ ("Details Pane"), VIEW, EVERYWHERE, { "F9" } },
  { "win.search", N_ ("Search"), VIEW, EVERYWHERE, { "<Control>f" } },
  { "win.show-all", N_ ("Show All"), VIEW, WINDOW, { NULL } },
  { "win.select-all", N_ ("Select All"), VIEW, WINDOW, { "<Control>a" } },
  { "win.select-none", N_ ("Select None"), VIEW, WINDOW, { "<Shift><Control>a" } },
};

const MeirUiAction *
meir_ui_actions_get (guint *n_actions)
{
  *n_actions = G_N_ELEMENTS (actions);
  return actions;
}

const MeirUiAction *
meir_ui_actions_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (actions[i].name, name) == 0)
      return &actions[i];
  return NULL;
}

const char *
meir_ui_actions_get_group_title (MeirUiActionGroup group)
{
  switch (group) {
  case MEIR_UI_ACTIONS_GENERAL:
    return _ ("General");
  case MEIR_UI_ACTIONS_TORRENTS:
    return _ ("Selected Torrents");
  case MEIR_UI_ACTIONS_VIEW:
    return _ ("Window");
  case MEIR_UI_N_ACTION_GROUPS:
    break;
  }
  g_return_val_if_reached ("");
}

void
meir_ui_actions_set_accels (GtkApplication *application)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (actions[i].scope == MEIR_UI_KEY_EVERYWHERE)
      gtk_application_set_accels_for_action (application, actions[i].name, actions[i].accels);
}

static GtkShortcut *
new_shortcut (const MeirUiAction *action, const char *accel)
{
  GtkShortcut *shortcut =
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string (accel), gtk_named_action_new (action->name));

  g_return_val_if_fail (shortcut != NULL, NULL);
  return shortcut;
}

void
meir_ui_actions_bind_keys (GtkWidgetClass *widget_class, MeirUiKeyScope scope)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    if (actions[i].scope != scope)
      continue;
    for (guint a = 0; actions[i].accels[a] != NULL; a++) {
      g_autoptr (GtkShortcut) shortcut = new_shortcut (&actions[i], actions[i].accels[a]);

      gtk_widget_class_add_shortcut (widget_class, shortcut);
    }
  }
}

const MeirUiAction *
meir_ui_actions_find_key (MeirUiKeyScope scope, guint key, GdkModifierType modifiers)
{
  modifiers &= gtk_accelerator_get_default_mod_mask ();
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    for (guint a = 0; actions[i].scope == scope && actions[i].accels[a] != NULL; a++) {
      GdkModifierType wanted;
      guint wanted_key;

      if (gtk_accelerator_parse (actions[i].accels[a], &wanted_key, &wanted) && wanted_key == key &&
          wanted == modifiers)
        return &actions[i];
    }
  }
  return NULL;
}

GMenuItem *
meir_ui_actions_new_menu_item (const char *name, const char *label)
{
  const MeirUiAction *action = meir_ui_actions_find (name);
  GMenuItem *item = g_menu_item_new (label, name);

  /* A menu knows the accelerators of the application by itself, and no others. */
  if (action != NULL && action->accels[0] != NULL)
    g_menu_item_set_attribute (item, "accel", "s", action->accels[0]);
  return item;
}
