/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-commands.h"

#include "app/meir-ui-event-log.h"
#include "app/meir-ui-metainfo.h"
#include "app/meir-ui-relocation.h"
#include "app/meir-ui-removal.h"
#include "app/meir-ui-rename.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>

/* Beyond so many selected torrents, the others are taken to be like these: looking at all takes too long. */
#define LOOKED_AT_MAX 500

static MeirUiApplication *
get_app (MeirUiWindow *window)
{
  return MEIR_UI_APPLICATION (gtk_window_get_application (GTK_WINDOW (window)));
}

static GPtrArray *
dup_selected (MeirUiWindow *window)
{
  return meir_ui_list_dup_selected (meir_ui_window_get_list (window));
}

/* The only one that is selected: the action is disabled unless there is one. */
static MeirTorrent *
get_single (MeirUiWindow *window)
{
  MeirUiItem *item = meir_ui_list_get_single (meir_ui_window_get_list (window));

  return item != NULL ? meir_ui_item_get_torrent (item) : NULL;
}

static void
for_each (MeirUiWindow *window, void (*func) (MeirUiApplication *application, MeirTorrent *torrent))
{
  g_autoptr (GPtrArray) torrents = dup_selected (window);

  for (guint i = 0; i < torrents->len; i++)
    func (get_app (window), g_ptr_array_index (torrents, i));
  meir_ui_commands_update (window);
}

/* Resting and going on. */

static gboolean
rests (const MeirTorrentSnapshot *snapshot)
{
  return snapshot->state == MEIR_TORRENT_PAUSED || snapshot->state == MEIR_TORRENT_FAILED;
}

static void
pause_one (MeirUiApplication *application, MeirTorrent *torrent)
{
  meir_ui_application_set_paused (application, torrent, TRUE);
}

static void
resume_one (MeirUiApplication *application, MeirTorrent *torrent)
{
  meir_ui_application_set_paused (application, torrent, FALSE);
}

static void
start_one (MeirUiApplication *application, MeirTorrent *torrent)
{
  meir_torrent_start_now (torrent);
}

static void
announce_one (MeirUiApplication *application, MeirTorrent *torrent)
{
  meir_torrent_announce (torrent);
}

static void
recheck_one (MeirUiApplication *application, MeirTorrent *torrent)
{
  meir_torrent_recheck (torrent);
}

static void
on_pause (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  for_each (user_data, pause_one);
}

static void
on_resume (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  for_each (user_data, resume_one);
}

/* Whether it rests, or is about to: what was asked for a moment ago may not have come to pass. */
static gboolean
shall_rest (MeirUiApplication *application, MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

  return snapshot->state == MEIR_TORRENT_FAILED || snapshot->stopped_by_rule ||
         meir_ui_library_is_paused (meir_ui_application_get_library (application), torrent);
}

/* All of them go one way: to rest, unless all rest already. */
static void
on_toggle_pause (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GPtrArray) torrents = dup_selected (user_data);
  gboolean all_rest = TRUE;

  for (guint i = 0; i < torrents->len && all_rest; i++)
    all_rest = shall_rest (get_app (user_data), g_ptr_array_index (torrents, i));
  for_each (user_data, all_rest ? resume_one : pause_one);
}

static void
on_start_now (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  for_each (user_data, start_one);
}

static void
on_ask_more (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  for_each (user_data, announce_one);
  meir_ui_window_answer (user_data, _ ("Asking for more people"));
}

static void
on_recheck (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  for_each (user_data, recheck_one);
}

static void
on_play_order (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  g_autoptr (GPtrArray) torrents = dup_selected (user_data);

  for (guint i = 0; i < torrents->len; i++)
    meir_ui_application_set_play_order (get_app (user_data), g_ptr_array_index (torrents, i),
                                        g_variant_get_boolean (value));
  g_simple_action_set_state (action, value);
}

/* The queue: one step, all of them together. */
static void
move_in_queue (MeirUiWindow *window, gboolean up)
{
  g_autoptr (GPtrArray) torrents = dup_selected (window);

  meir_session_step_in_queue (meir_ui_application_get_session (get_app (window)), torrents, up);
  meir_ui_application_save_order (get_app (window));
}

static void
on_move_up (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  move_in_queue (user_data, TRUE);
}

static void
on_move_down (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  move_in_queue (user_data, FALSE);
}

/* Links and files. */

static void
on_copy_link (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) torrents = dup_selected (user_data);
  g_autoptr (GString) links = g_string_new (NULL);

  for (guint i = 0; i < torrents->len; i++) {
    g_autofree char *link =
        meir_ui_application_dup_link (get_app (user_data), g_ptr_array_index (torrents, i));

    g_string_append_printf (links, "%s%s", i > 0 ? "\n" : "", link);
  }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (user_data), links->str);
  text = torrents->len == 1
             ? g_strdup (_ ("Link copied"))
             : g_strdup_printf (ngettext ("%u link copied", "%u links copied", torrents->len), torrents->len);
  meir_ui_window_answer (user_data, text);
}

/* The application's actions have it done, as for a notification. */
static void
activate_for_single (MeirUiWindow *window, const char *action)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  meir_info_hash_to_hex (meir_torrent_get_info_hash (get_single (window)), hex);
  g_action_group_activate_action (G_ACTION_GROUP (get_app (window)), action, g_variant_new_string (hex));
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  activate_for_single (user_data, "open-torrent");
}

static void
on_show_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  activate_for_single (user_data, "open-folder");
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MeirUiWindow) window = user_data;
  g_autoptr (GError) error = NULL;
  gboolean saved = meir_ui_metainfo_save_finish (result, &error);

  /* The window may be closed by now. */
  if (get_app (window) == NULL)
    return;
  if (saved)
    meir_ui_window_answer (window, _ ("Torrent file saved"));
  else if (error != NULL)
    meir_ui_window_show_message (window, error->message);
}

static void
on_save_torrent (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (get_single (user_data));

  if (metainfo != NULL)
    meir_ui_metainfo_save_async (user_data, metainfo, on_saved, g_object_ref (user_data));
  else
    meir_ui_window_show_message (user_data, _ ("The list of files is not here yet"));
}

static void
on_events (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_event_log_present (user_data, get_single (user_data));
}

/* Another name, another folder. */

typedef struct {
  MeirUiWindow *window;
  GPtrArray *torrents;
} MeirUiTargets;

static MeirUiTargets *
targets_new (MeirUiWindow *window)
{
  MeirUiTargets *targets = g_new (MeirUiTargets, 1);

  *targets = (MeirUiTargets){ g_object_ref (window), dup_selected (window) };
  return targets;
}

static void
targets_free (gpointer data)
{
  MeirUiTargets *targets = data;

  g_object_unref (targets->window);
  g_ptr_array_unref (targets->torrents);
  g_free (targets);
}

static void
rename_target (const char *name, gpointer user_data)
{
  MeirUiTargets *targets = user_data;

  meir_ui_application_rename (get_app (targets->window), g_ptr_array_index (targets->torrents, 0), name);
}

static void
on_rename (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiItem *item = meir_ui_list_get_single (meir_ui_window_get_list (user_data));

  meir_ui_rename_present (user_data, meir_ui_item_get_name (item), rename_target, targets_new (user_data),
                          targets_free);
}

static void
on_move (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GPtrArray) torrents = dup_selected (user_data);

  meir_ui_relocation_move (user_data, torrents);
}

static void
cancel_move_one (MeirUiApplication *application, MeirTorrent *torrent)
{
  meir_torrent_cancel_move (torrent);
}

static void
on_cancel_move (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  for_each (user_data, cancel_move_one);
}

static void
on_choose_again (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GPtrArray) torrents = dup_selected (user_data);

  meir_ui_relocation_choose_again (user_data, torrents);
}

/* Removing. */

static void
remove_selected (MeirUiWindow *window, gboolean with_files)
{
  g_autoptr (GPtrArray) torrents = dup_selected (window);

  meir_ui_window_leave_selection (window);
  meir_ui_removal_offer (get_app (window), torrents, with_files);
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  remove_selected (user_data, FALSE);
}

static void
on_remove_with_files (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  remove_selected (user_data, TRUE);
}

static const GActionEntry entries[] = {
  { .name = "pause", .activate = on_pause },
  { .name = "resume", .activate = on_resume },
  { .name = "toggle-pause", .activate = on_toggle_pause },
  { .name = "start-now", .activate = on_start_now },
  { .name = "ask-more", .activate = on_ask_more },
  { .name = "recheck", .activate = on_recheck },
  { .name = "play-order", .state = "false", .change_state = on_play_order },
  { .name = "move-up", .activate = on_move_up },
  { .name = "move-down", .activate = on_move_down },
  { .name = "copy-link", .activate = on_copy_link },
  { .name = "open", .activate = on_open },
  { .name = "show-folder", .activate = on_show_folder },
  { .name = "save-torrent", .activate = on_save_torrent },
  { .name = "events", .activate = on_events },
  { .name = "rename", .activate = on_rename },
  { .name = "move", .activate = on_move },
  { .name = "cancel-move", .activate = on_cancel_move },
  { .name = "choose-again", .activate = on_choose_again },
  { .name = "remove", .activate = on_remove },
  { .name = "remove-with-files", .activate = on_remove_with_files },
};

/* What makes sense. */

typedef struct {
  gboolean any_going, any_resting, any_queued, any_unfinished, any_asking, any_movable, any_lost, any_files;
  gboolean any_checkable, any_moving;
  gboolean play_order;
} MeirUiSelected;

static void
look_at (MeirUiSelected *selected, MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);
  gboolean moving = snapshot->state == MEIR_TORRENT_MOVING;

  selected->any_going |= !rests (snapshot) && !moving;
  selected->any_resting |= rests (snapshot);
  selected->any_queued |= snapshot->state == MEIR_TORRENT_QUEUED && snapshot->queue_position > 0;
  selected->any_unfinished |= !snapshot->finished;
  selected->any_asking |= snapshot->n_trackers > 0 && !rests (snapshot);
  selected->any_files |= snapshot->has_metainfo;
  /* Of what has no list of files yet, only where it will be changes. */
  selected->any_movable |= !moving;
  selected->any_moving |= moving;
  selected->any_checkable |= snapshot->has_metainfo && !moving && snapshot->state != MEIR_TORRENT_CHECKING;
  selected->any_lost |=
      snapshot->state == MEIR_TORRENT_FAILED &&
      (snapshot->error_code == MEIR_ERROR_NOT_FOUND || snapshot->error_code == MEIR_ERROR_INCOMPLETE);
  selected->play_order |= meir_torrent_get_play_order (torrent);
}

static void
enable (MeirUiWindow *window, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
set_play_order (MeirUiWindow *window, gboolean play_order)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "play-order");
  g_autoptr (GVariant) state = g_action_get_state (action);

  if (g_variant_get_boolean (state) != play_order)
    g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (play_order));
}

void
meir_ui_commands_update (MeirUiWindow *window)
{
  g_autoptr (GPtrArray) torrents = dup_selected (window);
  MeirUiSelected selected = { FALSE };
  gboolean any = torrents->len > 0;
  gboolean one = torrents->len == 1;

  for (guint i = 0; i < MIN (torrents->len, LOOKED_AT_MAX); i++)
    look_at (&selected, g_ptr_array_index (torrents, i));
  enable (window, "pause", selected.any_going);
  enable (window, "resume", selected.any_resting);
  enable (window, "toggle-pause", selected.any_going || selected.any_resting);
  enable (window, "start-now", selected.any_queued);
  enable (window, "ask-more", selected.any_asking);
  enable (window, "recheck", selected.any_checkable);
  enable (window, "play-order", selected.any_unfinished);
  enable (window, "move-up", any);
  enable (window, "move-down", any);
  enable (window, "copy-link", any);
  enable (window, "open", one && selected.any_files && !selected.any_unfinished);
  enable (window, "show-folder", one);
  enable (window, "save-torrent", one && selected.any_files);
  enable (window, "events", one);
  enable (window, "rename", one);
  enable (window, "move", selected.any_movable);
  enable (window, "cancel-move", selected.any_moving);
  enable (window, "choose-again", selected.any_lost);
  enable (window, "remove", any);
  enable (window, "remove-with-files", selected.any_files);
  set_play_order (window, selected.play_order);
}

void
meir_ui_commands_attach (MeirUiWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    enable (window, entries[i].name, FALSE);
}
