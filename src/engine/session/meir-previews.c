/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-previews.h"

#include "base/meir-error.h"
#include "meir-config.h"
#include "session/meir-torrent-private.h"

#include <glib/gi18n-lib.h>

struct _MeirPreviews {
  MeirEngine *engine;
  GPtrArray *list; /* MeirPreview */
};

typedef struct {
  MeirPreviews *previews;
  MeirTorrent *torrent;
  GTask *task;
  GCancellable *cancellable; /* (nullable) */
  gulong on_cancelled;
} MeirPreview;

static void
preview_free (gpointer data)
{
  MeirPreview *preview = data;

  if (preview->on_cancelled != 0)
    g_signal_handler_disconnect (preview->cancellable, preview->on_cancelled);
  g_clear_object (&preview->cancellable);
  g_object_unref (preview->torrent);
  g_object_unref (preview->task);
  g_free (preview);
}

MeirPreviews *
meir_previews_new (MeirEngine *engine)
{
  MeirPreviews *previews = g_new (MeirPreviews, 1);

  previews->engine = engine;
  previews->list = g_ptr_array_new_with_free_func (preview_free);
  return previews;
}

void
meir_previews_free (MeirPreviews *previews)
{
  g_ptr_array_unref (previews->list);
  g_free (previews);
}

static void
on_stopped (MeirTorrent *torrent, gpointer user_data)
{
  meir_engine_remove_torrent (torrent->engine, torrent);
}

static void
stop_cb (gpointer data)
{
  meir_torrent_stop (data, on_stopped, NULL);
}

/* Takes it off the list and out of the engine. @error: (transfer full) (nullable): then @metainfo is not. */
static void
end (MeirPreview *preview, MeirMetainfo *metainfo, GError *error)
{
  g_autoptr (GTask) task = g_object_ref (preview->task);

  meir_torrent_post (preview->torrent, stop_cb);
  g_ptr_array_remove_fast (preview->previews->list, preview);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, metainfo, (GDestroyNotify) meir_metainfo_unref);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  end (user_data, NULL,
       g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The preview was cancelled")));
}

MeirTorrent *
meir_previews_begin (MeirPreviews *previews, const MeirMagnet *magnet, GTask *task)
{
  /* No folder is touched: there is nothing to write, and nothing is written. */
  MeirAddOptions options = { .magnet = magnet, .folder = G_DIR_SEPARATOR_S };
  MeirPreview *preview = g_new0 (MeirPreview, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  preview->previews = previews;
  preview->torrent = meir_torrent_new (previews->engine, &options);
  preview->torrent->is_preview = TRUE;
  preview->task = task;
  g_ptr_array_add (previews->list, preview);
  if (cancellable != NULL) {
    preview->cancellable = g_object_ref (cancellable);
    preview->on_cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), preview);
  }
  return preview->torrent;
}

static void
take_state (MeirPreview *preview)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_peek_snapshot (preview->torrent);

  if (snapshot->state == MEIR_TORRENT_FAILED)
    end (preview, NULL, g_error_new_literal (MEIR_ERROR, (int) snapshot->error_code, snapshot->error));
}

gboolean
meir_previews_take_event (MeirPreviews *previews, const MeirEvent *event)
{
  for (guint i = 0; i < previews->list->len; i++) {
    MeirPreview *preview = g_ptr_array_index (previews->list, i);

    if (preview->torrent != event->torrent)
      continue;
    if (event->kind == MEIR_EVENT_METADATA)
      end (preview, meir_torrent_ref_metainfo (preview->torrent), NULL);
    else if (event->kind == MEIR_EVENT_STATE)
      take_state (preview);
    return TRUE;
  }
  return event->torrent != NULL && event->torrent->is_preview;
}

void
meir_previews_end_all (MeirPreviews *previews)
{
  while (previews->list->len > 0)
    end (g_ptr_array_index (previews->list, 0), NULL,
         g_error_new_literal (MEIR_ERROR, MEIR_ERROR_BUSY, _ ("MeirTorrent is closing")));
}
