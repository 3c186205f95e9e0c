/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-relocation.h"

#include "app/compat/meir-ui-compat.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>

typedef struct {
  MeirUiApplication *application; /* a reference */
  GPtrArray *torrents;            /* that are somewhere else now */
  GPtrArray *folders;             /* where each of them was */
  guint n_moving;
  GPtrArray *stayed;    /* (element-type MeirTorrent): whose moves were cancelled */
  gboolean is_way_back; /* which is not offered to be taken back itself */
} MeirUiRelocation;

static MeirUiRelocation *
relocation_new (MeirUiApplication *application)
{
  MeirUiRelocation *relocation = g_new0 (MeirUiRelocation, 1);

  relocation->application = g_object_ref (application);
  relocation->torrents = g_ptr_array_new_with_free_func (g_object_unref);
  relocation->folders = g_ptr_array_new_with_free_func (g_free);
  relocation->stayed = g_ptr_array_new_with_free_func (g_object_unref);
  return relocation;
}

static void
relocation_free (gpointer data)
{
  MeirUiRelocation *relocation = data;

  g_object_unref (relocation->application);
  g_ptr_array_unref (relocation->torrents);
  g_ptr_array_unref (relocation->folders);
  g_ptr_array_unref (relocation->stayed);
  g_free (relocation);
}

/* @folder: (transfer full): where it was */
static void
relocation_add (MeirUiRelocation *relocation, MeirTorrent *torrent, char *folder)
{
  g_ptr_array_add (relocation->torrents, g_object_ref (torrent));
  g_ptr_array_add (relocation->folders, folder);
  meir_ui_library_update (meir_ui_application_get_library (relocation->application), torrent);
}

/* Tells it, with a way back. The relocation and @text are consumed. */
static void
offer (MeirUiRelocation *relocation, char *text, MeirUiUndoFunc take_back)
{
  if (relocation->torrents->len > 0)
    meir_ui_undo_offer (meir_ui_application_get_undo (relocation->application), text, take_back, NULL,
                        relocation, relocation_free);
  else
    relocation_free (relocation);
  g_free (text);
}

/* Of the first of @torrents, for a sentence. */
static char *
dup_first_name (MeirUiRelocation *relocation, GPtrArray *torrents)
{
  g_autofree char *name = torrents->len > 0 ? meir_ui_application_dup_name (relocation->application,
                                                                            g_ptr_array_index (torrents, 0))
                                            : g_strdup ("");

  return meir_ui_text_dup_isolated (name);
}

/* Moving. */

typedef struct {
  MeirUiRelocation *relocation;
  char *folder; /* where it was */
} MeirUiMove;

static void move_one (MeirUiRelocation *relocation, MeirTorrent *torrent, const char *folder);

static void
take_move_back (gpointer data)
{
  MeirUiRelocation *relocation = data;
  MeirUiRelocation *back = relocation_new (relocation->application);

  back->is_way_back = TRUE;
  for (guint i = 0; i < relocation->torrents->len; i++)
    move_one (back, g_ptr_array_index (relocation->torrents, i), g_ptr_array_index (relocation->folders, i));
}

/* Those that were cancelled together are told together. */
static void
tell_stayed (MeirUiRelocation *relocation)
{
  guint n = relocation->stayed->len;
  g_autofree char *name = dup_first_name (relocation, relocation->stayed);
  g_autofree char *text =
      n == 1 ? g_strdup_printf (_ ("Moving was cancelled; “%s” stays where it was"), name)
             : g_strdup_printf (ngettext ("Moving was cancelled; %u torrent stays where it was",
                                          "Moving was cancelled; %u torrents stay where they were", n),
                                n);

  if (n > 0)
    meir_ui_application_tell (relocation->application, text);
}

static void
all_moved (MeirUiRelocation *relocation)
{
  guint n = relocation->torrents->len;
  g_autofree char *name = dup_first_name (relocation, relocation->torrents);

  tell_stayed (relocation);
  if (relocation->is_way_back) {
    relocation_free (relocation);
    return;
  }
  offer (relocation,
         n == 1 ? g_strdup_printf (_ ("Moved “%s”"), name)
                : g_strdup_printf (ngettext ("Moved %u torrent", "Moved %u torrents", n), n),
         take_move_back);
}

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiMove *move = user_data;
  MeirUiRelocation *relocation = move->relocation;
  g_autoptr (GError) error = NULL;

  if (meir_torrent_move_finish (MEIR_TORRENT (source), result, &error))
    relocation_add (relocation, MEIR_TORRENT (source), g_steal_pointer (&move->folder));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_ptr_array_add (relocation->stayed, g_object_ref (source));
  else
    meir_ui_application_tell (relocation->application, error->message);
  meir_ui_application_end_load (relocation->application);
  if (--relocation->n_moving == 0)
    all_moved (relocation);
  g_free (move->folder);
  g_free (move);
}

static void
move_one (MeirUiRelocation *relocation, MeirTorrent *torrent, const char *folder)
{
  MeirUiMove *move = g_new (MeirUiMove, 1);

  *move = (MeirUiMove){ relocation, g_strdup (meir_torrent_get_folder (torrent)) };
  relocation->n_moving++;
  /* Who quits waits for it. */
  meir_ui_application_begin_load (relocation->application);
  meir_torrent_move_async (torrent, folder, NULL, on_moved, move);
}

void
meir_ui_relocation_move_to (MeirUiApplication *application, GPtrArray *torrents, const char *folder)
{
  MeirUiRelocation *relocation;

  if (torrents->len == 0)
    return;
  relocation = relocation_new (application);
  for (guint i = 0; i < torrents->len; i++)
    move_one (relocation, g_ptr_array_index (torrents, i), folder);
}

/* Looking elsewhere. */

static void
take_look_back (gpointer data)
{
  MeirUiRelocation *relocation = data;

  for (guint i = 0; i < relocation->torrents->len; i++) {
    MeirTorrent *torrent = g_ptr_array_index (relocation->torrents, i);

    meir_torrent_set_folder (torrent, g_ptr_array_index (relocation->folders, i));
    meir_ui_library_update (meir_ui_application_get_library (relocation->application), torrent);
  }
}

void
meir_ui_relocation_look_in (MeirUiApplication *application, GPtrArray *torrents, const char *folder)
{
  MeirUiRelocation *relocation = relocation_new (application);
  guint n = torrents->len;
  g_autofree char *name = NULL;

  for (guint i = 0; i < n; i++) {
    MeirTorrent *torrent = g_ptr_array_index (torrents, i);
    char *before = g_strdup (meir_torrent_get_folder (torrent));

    meir_torrent_set_folder (torrent, folder);
    relocation_add (relocation, torrent, before);
  }
  name = dup_first_name (relocation, relocation->torrents);
  offer (relocation,
         n == 1 ? g_strdup_printf (_ ("Another folder for “%s”"), name)
                : g_strdup_printf (
                      ngettext ("Another folder for %u torrent", "Another folder for %u torrents", n), n),
         take_look_back);
}

/* Asking. */

typedef void (*MeirUiRelocationFunc) (MeirUiApplication *application, GPtrArray *torrents,
                                      const char *folder);

typedef struct {
  MeirUiWindow *window;
  GPtrArray *torrents;
  MeirUiRelocationFunc func;
} MeirUiQuestion;

static void
on_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiQuestion *question = user_data;
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (question->window));
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = meir_ui_choose_finish (result, &error);
  g_autoptr (GFile) file = files != NULL ? g_list_model_get_item (files, 0) : NULL;
  g_autofree char *folder = file != NULL ? g_file_get_path (file) : NULL;

  /* The window may be closed by now. */
  if (application != NULL && error != NULL)
    meir_ui_window_show_message (question->window, error->message);
  else if (application != NULL && folder != NULL)
    question->func (MEIR_UI_APPLICATION (application), question->torrents, folder);
  g_object_unref (question->window);
  g_ptr_array_unref (question->torrents);
  g_free (question);
}

static void
ask (MeirUiWindow *window, GPtrArray *torrents, const char *title, const char *accept,
     MeirUiRelocationFunc func)
{
  MeirUiQuestion *question = g_new (MeirUiQuestion, 1);

  *question = (MeirUiQuestion){ g_object_ref (window), g_ptr_array_ref (torrents), func };
  meir_ui_choose_async (GTK_WINDOW (window), MEIR_UI_CHOOSE_FOLDER, title, accept, on_chosen, question);
}

void
meir_ui_relocation_move (MeirUiWindow *window, GPtrArray *torrents)
{
  ask (window, torrents, _ ("Move to Folder"), _ ("_Move"), meir_ui_relocation_move_to);
}

void
meir_ui_relocation_choose_again (MeirUiWindow *window, GPtrArray *torrents)
{
  ask (window, torrents, _ ("Choose Folder Again"), _ ("_Choose"), meir_ui_relocation_look_in);
}
