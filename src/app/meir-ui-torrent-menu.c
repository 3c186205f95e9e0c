/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-torrent-menu.h"

#include "app/meir-ui-actions.h"

#include <glib/gi18n.h>

typedef struct {
  const char *action, *label;
} MeirUiEntry;

#define SECTIONS    5
#define ENTRIES_MAX 7

static const MeirUiEntry sections[SECTIONS][ENTRIES_MAX] = {
  {
      { "win.details", N_ ("_Details") },
      { "win.pause", N_ ("_Pause") },
      { "win.resume", N_ ("_Resume") },
      { "win.start-now", N_ ("_Start Now") },
  },
  {
      { "win.open", N_ ("_Open") },
      { "win.show-folder", N_ ("Show in _Folder") },
      { "win.copy-link", N_ ("_Copy Link") },
      { "win.save-torrent", N_ ("Sav_e .torrent File…") },
      { "win.ask-more", N_ ("_Ask for More People") },
  },
  {
      { "win.play-order", N_ ("Download in Pla_y Order") },
      { "win.rename", N_ ("Re_name…") },
      { "win.move", N_ ("Mo_ve to Folder…") },
      { "win.cancel-move", N_ ("Cance_l Moving") },
      { "win.choose-again", N_ ("Choose Folder A_gain…") },
      { "win.recheck", N_ ("Chec_k Files Again") },
      { "win.events", N_ ("What _Happened") },
  },
  {
      { "win.move-up", N_ ("Move _Up in the Queue") },
      { "win.move-down", N_ ("Move Do_wn in the Queue") },
  },
  {
      { "win.remove", N_ ("Re_move From List") },
      { "win.remove-with-files", N_ ("Remove and _Trash Files") },
  },
};

GMenuModel *
meir_ui_torrent_menu_new (void)
{
  GMenu *menu = g_menu_new ();

  for (guint s = 0; s < SECTIONS; s++) {
    g_autoptr (GMenu) section = g_menu_new ();

    for (guint e = 0; e < ENTRIES_MAX && sections[s][e].action != NULL; e++) {
      g_autoptr (GMenuItem) item =
          meir_ui_actions_new_menu_item (sections[s][e].action, _ (sections[s][e].label));

      g_menu_item_set_attribute (item, "hidden-when", "s", "action-disabled");
      g_menu_append_item (section, item);
    }
    g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
  }
  return G_MENU_MODEL (menu);
}
