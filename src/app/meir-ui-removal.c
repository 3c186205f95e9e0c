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

/* Torrents that are removed together, whose files go. */
typedef struct {
  MeirUiApplication *application; /* a reference */
  GCancellable *quitting;         /* the application's */
  guint n_pending;                /* whose files are closed or moved */
  GPtrArray *left;                /* (element-type MeirUiBelongings): what could not be moved */
  GError *error;                  /* (nullable): why the first of them could not */
  gboolean timed_out;
} MeirUiClearing;

/* @left: (transfer full) */
static MeirUiClearing *
clearing_new (MeirUiApplication *application, GPtrArray *left)
{
  MeirUiClearing *clearing = g_new0 (MeirUiClearing, 1);

  clearing->application = g_object_ref (application);
  clearing->left = left;
  /* Who quits waits for it. */
  clearing->quitting = meir_ui_application_begin_load (application);
  return clearing;
}

static void
clearing_free (MeirUiClearing *clearing)
{
  meir_ui_application_end_load (clearing->application);
  g_object_unref (clearing->application);
  g_ptr_array_unref (clearing->left);
  g_clear_error (&clearing->error);
  g_free (clearing);
}

static GPtrArray *
new_belongings (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) meir_ui_belongings_free);
}

/* A window may have gone by now, and what it would say would never be heard. */
static void
tell_left (MeirUiClearing *clearing, const char *text)
{
  const MeirUiBelongings *first = g_ptr_array_index (clearing->left, 0);
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *id = NULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  if (!g_cancellable_is_cancelled (clearing->quitting)) {
    meir_ui_application_tell (clearing->application, text);
    return;
  }
  meir_info_hash_to_hex (meir_metainfo_get_info_hash (first->metainfo), hex);
  id = g_strconcat ("left-", hex, NULL);
  notification = g_notification_new (_ ("Files are still there"));
  g_notification_set_body (notification, text);
  g_notification_set_category (notification, "transfer.error");
  g_application_send_notification (G_APPLICATION (clearing->application), id, notification);
}

static char *
dup_first_name (GPtrArray *belongings)
{
  const MeirUiBelongings *first = g_ptr_array_index (belongings, 0);

  return meir_ui_text_dup_isolated (meir_metainfo_get_display_name (first->metainfo));
}

/* Deleting for good what the trash did not take. */

static void
tell_deleted (MeirUiClearing *clearing, const MeirUiDeleted *deleted)
{
  guint n = clearing->left->len;
  g_autofree char *name = dup_first_name (clearing->left);
  g_autofree char *all =
      n == 1 ? g_strdup_printf (_ ("Deleted “%s”"), name)
             : g_strdup_printf (
                   ngettext ("Deleted the files of %u torrent", "Deleted the files of %u torrents", n), n);
  g_autofree char *shared =
      g_strdup_printf (ngettext ("%u file was kept: another torrent has it, too",
                                 "%u files were kept: another torrent has them, too", deleted->n_shared),
                       deleted->n_shared);
  g_autofree char *foreign = g_strdup_printf (
      ngettext ("%u file was kept: it is not what the torrent has there",
                "%u files were kept: they are not what the torrent has there", deleted->n_foreign),
      deleted->n_foreign);

  if (deleted->n_shared > 0)
    meir_ui_application_tell (clearing->application, shared);
  if (deleted->n_foreign > 0)
    meir_ui_application_tell (clearing->application, foreign);
  if (deleted->n_shared == 0 && deleted->n_foreign == 0)
    meir_ui_application_tell (clearing->application, all);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiClearing *clearing = user_data;
  g_autoptr (GError) error = NULL;
  MeirUiDeleted deleted;

  if (meir_ui_delete_finish (result, &deleted, &error)) {
    tell_deleted (clearing, &deleted);
  } else {
    guint n = clearing->left->len;
    g_autofree char *name = dup_first_name (clearing->left);
    g_autofree char *reason = meir_ui_text_dup_error (error);
    g_autofree char *text =
        n == 1 ? g_strdup_printf (_ ("Not all of “%s” could be deleted: %s"), name, reason)
               : g_strdup_printf (ngettext ("Not all files of %u torrent could be deleted: %s",
                                            "Not all files of %u torrents could be deleted: %s", n),
                                  n, reason);

    tell_left (clearing, text);
  }
  clearing_free (clearing);
}

/* What the torrents of the list have on the disk: (transfer full) */
static GPtrArray *
dup_kept (MeirUiApplication *application)
{
  GListModel *torrents = G_LIST_MODEL (meir_ui_application_get_session (application));
  GPtrArray *kept = new_belongings ();

  for (guint i = 0; i < g_list_model_get_n_items (torrents); i++) {
    g_autoptr (MeirTorrent) torrent = g_list_model_get_item (torrents, i);
    MeirUiBelongings *belongings = meir_ui_belongings_new_for (torrent);

    if (belongings != NULL)
      g_ptr_array_add (kept, belongings);
  }
  return kept;
}

/* An offer to delete what is left. */
typedef struct {
  MeirUiApplication *application; /* a reference */
  GPtrArray *left;                /* (element-type MeirUiBelongings) */
} MeirUiOffer;

static void
free_offer (gpointer data, GClosure *closure)
{
  MeirUiOffer *offer = data;

  g_object_unref (offer->application);
  g_ptr_array_unref (offer->left);
  g_free (offer);
}

/* What has been added again meanwhile needs its files. */
static void
on_delete (AdwToast *toast, MeirUiOffer *offer)
{
  g_autoptr (GPtrArray) gone = new_belongings ();
  g_autoptr (GPtrArray) kept = NULL;
  MeirUiClearing *clearing;

  for (guint i = 0; i < offer->left->len; i++) {
    const MeirUiBelongings *left = g_ptr_array_index (offer->left, i);
    g_autoptr (MeirTorrent) torrent =
        meir_ui_application_find (offer->application, meir_metainfo_get_info_hash (left->metainfo));

    if (torrent == NULL)
      g_ptr_array_add (gone, meir_ui_belongings_new (left->metainfo, left->folder, left->priorities));
  }
  if (gone->len == 0) {
    meir_ui_application_tell (offer->application, _ ("It is in the list again; its files stay"));
    return;
  }
  kept = dup_kept (offer->application);
  clearing = clearing_new (offer->application, g_steal_pointer (&gone));
  meir_ui_delete_async (clearing->left, kept, clearing->quitting, on_deleted, clearing);
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
offer_deletion (MeirUiClearing *clearing, const char *text)
{
  MeirUiWindow *window = find_window (clearing->application);
  MeirUiOffer *offer;

  if (window == NULL || g_cancellable_is_cancelled (clearing->quitting) || clearing->timed_out)
    return FALSE;
  offer = g_new (MeirUiOffer, 1);
  offer->application = g_object_ref (clearing->application);
  offer->left = g_ptr_array_ref (clearing->left);
  g_signal_connect_data (meir_ui_window_offer (window, text, _ ("Delete for Good")), "button-clicked",
                         G_CALLBACK (on_delete), offer, free_offer, 0);
  return TRUE;
}

/* Of several torrents at once: one by one they would take minutes to be told. */
static void
all_trashed (MeirUiClearing *clearing)
{
  guint n = clearing->left->len;

  if (n > 0) {
    g_autofree char *name = dup_first_name (clearing->left);
    g_autofree char *reason = meir_ui_text_dup_error (clearing->error);
    g_autofree char *text =
        n == 1 ? g_strdup_printf (_ ("Not all of “%s” could be moved to the trash: %s"), name, reason)
               : g_strdup_printf (ngettext ("Files of %u torrent cannot be moved to the trash",
                                            "Files of %u torrents cannot be moved to the trash", n),
                                  n);

    if (!offer_deletion (clearing, text))
      tell_left (clearing, text);
  }
  clearing_free (clearing);
}

/* A torrent whose files are closed, and go. */
typedef struct {
  MeirUiClearing *clearing;
  MeirUiBelongings *belongings;
} MeirUiLeftover;

static void
on_trashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiLeftover *leftover = user_data;
  MeirUiClearing *clearing = leftover->clearing;
  g_autoptr (GError) error = NULL;

  if (!meir_ui_trash_finish (result, &error)) {
    g_ptr_array_add (clearing->left, g_steal_pointer (&leftover->belongings));
    clearing->timed_out |= g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
    if (clearing->error == NULL)
      clearing->error = g_steal_pointer (&error);
  }
  g_clear_pointer (&leftover->belongings, meir_ui_belongings_free);
  g_free (leftover);
  if (--clearing->n_pending == 0)
    all_trashed (clearing);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MeirUiLeftover *leftover = user_data;
  const MeirUiBelongings *belongings = leftover->belongings;

  /* Whatever became of it, the engine has let go of its files. */
  meir_session_remove_finish (MEIR_SESSION (source), result, NULL);
  meir_ui_trash_async (belongings->metainfo, belongings->folder, leftover->clearing->quitting, on_trashed,
                       leftover);
}

static void
remove_one (MeirUiRemoval *removal, MeirTorrent *torrent, MeirUiClearing **clearing)
{
  MeirUiBelongings *belongings = removal->with_files ? meir_ui_belongings_new_for (torrent) : NULL;
  MeirUiLeftover *leftover;

  if (belongings == NULL) {
    meir_ui_application_remove (removal->application, torrent);
    return;
  }
  if (*clearing == NULL)
    *clearing = clearing_new (removal->application, new_belongings ());
  (*clearing)->n_pending++;
  leftover = g_new (MeirUiLeftover, 1);
  *leftover = (MeirUiLeftover){ *clearing, belongings };
  meir_ui_application_remove_async (removal->application, torrent, on_removed, leftover);
}

/* One that is no longer parked has been added again meanwhile. */
static void
on_commit (gpointer data)
{
  MeirUiRemoval *removal = data;
  MeirUiItems *items = meir_ui_application_get_items (removal->application);
  MeirUiClearing *clearing = NULL;

  for (guint i = 0; i < removal->torrents->len; i++)
    if (meir_ui_items_is_parked (items, g_ptr_array_index (removal->torrents, i)))
      remove_one (removal, g_ptr_array_index (removal->torrents, i), &clearing);
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
