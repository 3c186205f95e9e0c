/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-app-commands.h"

#include "app/meir-ui-removal.h"
#include "app/meir-ui-shortcuts.h"
#include "app/meir-ui-window.h"
#include "meir-config.h"

#include <glib/gi18n.h>

/* The program. */

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autofree char *comments = g_strdup_printf ("%s\n\n%s", _ ("Share and download files"),
                                               _ ("What you share is your own responsibility."));

  /* Translators: your names, a line each */
  const char *translators = _ ("translator-credits");

  gtk_show_about_dialog (meir_ui_application_present (user_data), "program-name", "MeirTorrent",
                         "logo-icon-name", MEIR_APP_ID, "version", MEIR_VERSION, "comments", comments,
                         "website", "https://meirtorrent.github.io", "copyright",
                         _ ("© The MeirTorrent developers"), "license-type", GTK_LICENSE_GPL_3_0,
                         "translator-credits", translators, NULL);
}

static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_shortcuts_present (meir_ui_application_present (user_data));
}

static void
on_try_again (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_application_try_again (user_data);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (user_data);
}

/* All torrents. */

static void
set_all_paused (MeirUiApplication *application, gboolean paused)
{
  GListModel *torrents = G_LIST_MODEL (meir_ui_application_get_session (application));
  MeirUiItems *items = meir_ui_application_get_items (application);

  meir_ui_sharer_set_paused (meir_ui_application_get_sharer (application), paused);
  for (guint i = 0; torrents != NULL && i < g_list_model_get_n_items (torrents); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, i);

    if (!meir_ui_items_is_parked (items, torrent))
      meir_ui_application_set_paused (application, torrent, paused);
  }
}

static void
on_pause_all (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  set_all_paused (user_data, TRUE);
}

static void
on_resume_all (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  set_all_paused (user_data, FALSE);
}

/* What is selected among them leaves the list: what comes in its place is selected then. */
static void
leave_selection (MeirUiWindow *window, GPtrArray *torrents)
{
  g_autoptr (GPtrArray) selected = meir_ui_list_dup_selected (meir_ui_window_get_list (window));

  for (guint i = 0; i < selected->len; i++)
    if (!g_ptr_array_find (torrents, g_ptr_array_index (selected, i), NULL))
      return;
  if (selected->len > 0)
    meir_ui_window_leave_selection (window);
}

static void
on_remove_finished (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GPtrArray) torrents = meir_ui_items_dup_finished (meir_ui_application_get_items (user_data));

  leave_selection (MEIR_UI_WINDOW (meir_ui_application_present (user_data)), torrents);
  meir_ui_removal_offer (user_data, torrents, FALSE);
}

/* What is being prepared. */

static void
on_pause_share (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiSharer *sharer = meir_ui_application_get_sharer (user_data);
  gboolean paused;

  g_object_get (sharer, "paused", &paused, NULL);
  meir_ui_sharer_set_paused (sharer, !paused);
}

static void
on_cancel_share (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_sharer_cancel (meir_ui_application_get_sharer (user_data));
}

static const GActionEntry entries[] = {
  { .name = "about", .activate = on_about },
  { .name = "shortcuts", .activate = on_shortcuts },
  { .name = "try-again", .activate = on_try_again },
  { .name = "quit", .activate = on_quit },
  { .name = "pause-all", .activate = on_pause_all },
  { .name = "resume-all", .activate = on_resume_all },
  { .name = "remove-finished", .activate = on_remove_finished },
  { .name = "pause-share", .activate = on_pause_share },
  { .name = "cancel-share", .activate = on_cancel_share },
};

/* What makes sense. */

static void
enable (MeirUiApplication *application, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (application), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (MeirUiApplication *application)
{
  MeirUiItems *items = meir_ui_application_get_items (application);
  gboolean any = meir_ui_items_get_n_torrents (items) > 0;
  gboolean preparing = meir_ui_sharer_is_busy (meir_ui_application_get_sharer (application));

  enable (application, "try-again", meir_ui_application_get_session (application) == NULL);
  enable (application, "pause-all", any || preparing);
  enable (application, "resume-all", any || preparing);
  enable (application, "remove-finished", any && meir_ui_items_get_n_finished (items) > 0);
  enable (application, "pause-share", preparing);
  enable (application, "cancel-share", preparing);
}

void
meir_ui_app_commands_attach (MeirUiApplication *application)
{
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  g_signal_connect_object (application, "notify::session", G_CALLBACK (update), application,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (meir_ui_application_get_items (application), "items-changed", G_CALLBACK (update),
                           application, G_CONNECT_SWAPPED);
  g_signal_connect_object (meir_ui_application_get_items (application), "round", G_CALLBACK (update),
                           application, G_CONNECT_SWAPPED);
  g_signal_connect_object (meir_ui_application_get_sharer (application), "notify::busy", G_CALLBACK (update),
                           application, G_CONNECT_SWAPPED);
  update (application);
}
