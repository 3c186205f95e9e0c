/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-removal.h"

#include "app/meir-ui-delete.h"
#include "app/meir-ui-text.h"
#include "app/meir-ui-trash.h"
#include "app/meir-ui-window.h"

#include <glib/gi18n.h>

#define KEY_FORCED                                                                                           \
  "meir-ui-forced" /* of a torrent that is parked: it was to start whatever the queue says                   \
                    */

typedef struct {
  MeirUiApplication *application; /* a reference */
  GPtrArray *torrents;
  gboolean with_files;
} MeirUiRemoval;

static void
removal_free (gpointer data)
{
  MeirUiRemoval *removal = data;

  g_object_unref (removal->application);
  g_ptr_array_unref (removal->torrents);
  g_free (removal);
}

static void
park (MeirUiApplication *application, MeirTorrent *torrent)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

  meir_ui_items_set_parked (meir_ui_application_get_items (application), torrent, TRUE);
  g_object_set_data (G_OBJECT (torrent), KEY_FORCED, GINT_TO_POINTER (snapshot->forced));
  /* Not on record: after a crash it goes on as if nothing had been said. */
  meir_torrent_pause (torrent);
}

/* As it was: to resume what rests by its rule would set the rule aside. */
gboolean
meir_ui_removal_keep (MeirUiApplication *application, MeirTorrent *torrent)
{
  MeirUiItems *items = meir_ui_application_get_items (application);
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (torrent);

  if (!meir_ui_items_is_parked (items, torrent))
    return FALSE;
  meir_ui_items_set_parked (items, torrent, FALSE);
  if (snapshot->stopped_by_rule ||
      meir_ui_library_is_paused (meir_ui_application_get_library (application), torrent))
    return TRUE;
  if (g_object_get_data (G_OBJECT (torrent), KEY_FORCED) != NULL)
    meir_torrent_start_now (torrent);
  else
    meir_torrent_resume (torrent);
  return TRUE;
}

static void
on_take_back (gpointer data)
{
  MeirUiRemoval *removal = data;

  for (guint i = 0; i < removal->torrents->len; i++)
    meir_ui_removal_keep (removal->application, g_ptr_array_index (removal->torrents, i));
}

/* A torrent whose files are closed, and go. */
typedef struct {
  MeirUiApplication *application; /* a reference */
  MeirMetainfo *metainfo;
  char *folder;
  GCancellable *quitting; /* the application's */
} MeirUiLeftover;

static void
leftover_free (MeirUiLeftover *leftover)
{
  meir_ui_application_end_load (leftover->application);
  g_object_unref (leftover->application);
  meir_metainfo_unref (leftover->metainfo);
  g_free (leftover->folder);
  g_free (leftover);
}

/* A window may have gone by now, and what it would say would never be heard. */
static void
tell_left (MeirUiLeftover *leftover, const char *text)
{
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *id = NULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (!g_cancellable_is_cancelled (leftover->quitting)) {
    meir_ui_application_tell (leftover->application, text);
    return;
  }
  meir_info_hash_to_hex (meir_metainfo_get_info_hash (leftover->metainfo), hex);
  id = g_strconcat ("left-", hex, NULL);
  notification = g_notification_new (_ ("Files are still there"));
  g_notification_set_body (notification, text);
  g_notification_set_category (notification, "transfer.error");
  g_application_send_notification (G_APPLICATION (leftover->application), id, notification);
}

/* Deleting for good what the trash did not take. */

typedef struct {
  MeirUiApplication *application; /* a reference */
  MeirMetainfo *metainfo;
  char *folder;
} MeirUiDeletion;

static void
deletion_free (gpointer data)
{
  MeirUiDeletion *deletion = data;

  g_object_unref (deletion->application);
  meir_metainfo_unref (deletion->metainfo);
  g_free (deletion->folder);
  g_free (deletion);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiDeletion *deletion = user_data;
  g_autofree char *name = meir_ui_text_dup_isolated (meir_metainfo_get_display_name (deletion->metainfo));
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (meir_ui_delete_finish (result, &error)) {
    text = g_strdup_printf (_ ("Deleted “%s”"), name);
  } else {
    g_autofree char *reason = meir_ui_text_dup_error (error);

    text = g_strdup_printf (_ ("Not all of “%s” could be deleted: %s"), name, reason);
  }
  meir_ui_application_tell (deletion->application, text);
  meir_ui_application_end_load (deletion->application);
  deletion_free (deletion);
}

/* What has been added again meanwhile needs its files. */
static void
on_delete (AdwToast *toast, MeirUiDeletion *offered)
{
  const MeirInfoHash *info_hash = meir_metainfo_get_info_hash (offered->metainfo);
  g_autoptr (MeirTorrent) torrent = meir_ui_application_find (offered->application, info_hash);
  MeirUiDeletion *deletion;

  if (torrent != NULL) {
    meir_ui_application_tell (offered->application, _ ("It is in the list again; its files stay"));
    return;
  }
  deletion = g_new (MeirUiDeletion, 1);
  deletion->application = g_object_ref (offered->application);
  deletion->metainfo = meir_metainfo_ref (offered->metainfo);
  deletion->folder = g_strdup (offered->folder);
  /* Who quits waits for it. */
  meir_ui_application_begin_load (deletion->application);
  meir_ui_delete_async (deletion->metainfo, deletion->folder, on_deleted, deletion);
}

static void
free_offered (gpointer data, GClosure *closure)
{
  deletion_free (data);
}

/* (transfer none) (nullable) */
static MeirUiWindow *
find_window (MeirUiApplication *application)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (application)); l != NULL; l = l->next)
    if (MEIR_UI_IS_WINDOW (l->data))
      return l->data;
  return NULL;
}

/* A disk may have no trash. One that does not answer may still take them. */
static gboolean
offer_deletion (MeirUiLeftover *leftover, const char *text, const GError *error)
{
  MeirUiWindow *window = find_window (leftover->application);
  MeirUiDeletion *offered;

  if (window == NULL || g_cancellable_is_cancelled (leftover->quitting) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return FALSE;
  offered = g_new (MeirUiDeletion, 1);
  offered->application = g_object_ref (leftover->application);
  offered->metainfo = meir_metainfo_ref (leftover->metainfo);
  offered->folder = g_strdup (leftover->folder);
  g_signal_connect_data (meir_ui_window_offer (window, text, _ ("Delete for Good")), "button-clicked",
                         G_CALLBACK (on_delete), offered, free_offered, 0);
  return TRUE;
}

static void
on_trashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiLeftover *leftover = user_data;
  g_autoptr (GError) error = NULL;

  if (!meir_ui_trash_finish (result, &error)) {
    g_autofree char *name = meir_ui_text_dup_isolated (meir_metainfo_get_display_name (leftover->metainfo));
    g_autofree char *reason = meir_ui_text_dup_error (error);
    g_autofree char *text =
        g_strdup_printf (_ ("Not all of “%s” could be moved to the trash: %s"), name, reason);

    if (!offer_deletion (leftover, text, error))
      tell_left (leftover, text);
  }
  leftover_free (leftover);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiLeftover *leftover = user_data;

  /* Whatever became of it, the engine has let go of its files. */
  meir_session_remove_finish (MEIR_SESSION (source), result, NULL);
  meir_ui_trash_async (leftover->metainfo, leftover->folder, leftover->quitting, on_trashed, leftover);
}

static void
remove_one (MeirUiRemoval *removal, MeirTorrent *torrent)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (torrent);
  MeirUiLeftover *leftover;

  if (!removal->with_files || metainfo == NULL) {
    meir_ui_application_remove (removal->application, torrent);
    return;
  }
  leftover = g_new (MeirUiLeftover, 1);
  leftover->application = g_object_ref (removal->application);
  leftover->metainfo = g_steal_pointer (&metainfo);
  leftover->folder = g_strdup (meir_torrent_get_folder (torrent));
  /* Who quits waits for it. */
  leftover->quitting = meir_ui_application_begin_load (removal->application);
  meir_ui_application_remove_async (removal->application, torrent, on_removed, leftover);
}

/* One that is no longer parked has been added again meanwhile. */
static void
on_commit (gpointer data)
{
  MeirUiRemoval *removal = data;
  MeirUiItems *items = meir_ui_application_get_items (removal->application);

  for (guint i = 0; i < removal->torrents->len; i++)
    if (meir_ui_items_is_parked (items, g_ptr_array_index (removal->torrents, i)))
      remove_one (removal, g_ptr_array_index (removal->torrents, i));
}

static char *
dup_text (MeirUiApplication *application, GPtrArray *torrents, gboolean with_files)
{
  guint n = torrents->len;
  g_autofree char *name = NULL;
  g_autofree char *isolated = NULL;

  if (n > 1)
    return with_files ? g_strdup_printf (ngettext ("Removed %u torrent with its files",
                                                   "Removed %u torrents with their files", n),
                                         n)
                      : g_strdup_printf (ngettext ("Removed %u torrent", "Removed %u torrents", n), n);
  name = meir_ui_application_dup_name (application, g_ptr_array_index (torrents, 0));
  isolated = meir_ui_text_dup_isolated (name);
  return g_strdup_printf (with_files ? _ ("Removed “%s” with its files") : _ ("Removed “%s”; its files stay"),
                          isolated);
}

void
meir_ui_removal_offer (MeirUiApplication *application, GPtrArray *torrents, gboolean with_files)
{
  MeirUiRemoval *removal;
  g_autofree char *text = NULL;

  if (torrents->len == 0)
    return;
  removal = g_new (MeirUiRemoval, 1);
  removal->application = g_object_ref (application);
  removal->torrents = g_ptr_array_ref (torrents);
  removal->with_files = with_files;
  for (guint i = 0; i < torrents->len; i++)
    park (application, g_ptr_array_index (torrents, i));
  text = dup_text (application, torrents, with_files);
  meir_ui_undo_offer (meir_ui_application_get_undo (application), text, on_take_back, on_commit, removal,
                      removal_free);
}
