/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-status.h"

#include <glib/gi18n.h>

char *
meir_ui_status_dup_duration (gint64 seconds)
{
  gulong minutes = (gulong) ((seconds + 30) / 60);
  gulong hours = (gulong) ((seconds + 1800) / 3600);

  if (seconds < 60)
    return g_strdup_printf (ngettext ("%lu second", "%lu seconds", (gulong) seconds), (gulong) seconds);
  if (minutes < 60)
    return g_strdup_printf (ngettext ("%lu minute", "%lu minutes", minutes), minutes);
  if (hours < 48)
    return g_strdup_printf (ngettext ("%lu hour", "%lu hours", hours), hours);
  return g_strdup_printf (ngettext ("%lu day", "%lu days", hours / 24), hours / 24);
}

static char *
downloading (const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *people = NULL;
  g_autofree char *left = NULL;

  if (snapshot->n_peers == 0)
    return g_strdup (_ ("Nobody found yet"));
  if (snapshot->n_sending == 0)
    return g_strdup_printf (ngettext ("Waiting for a turn from %u person",
                                      "Waiting for a turn from %u people", snapshot->n_peers),
                            snapshot->n_peers);
  people = g_strdup_printf (
      ngettext ("Downloading from %u of %u person", "Downloading from %u of %u people", snapshot->n_peers),
      snapshot->n_sending, snapshot->n_peers);
  if (snapshot->left_sec < 0)
    return g_steal_pointer (&people);
  left = meir_ui_status_dup_duration (snapshot->left_sec);
  /* Translators: "Downloading from 14 of 38 people · 4 minutes left" */
  return g_strdup_printf (_ ("%s · %s left"), people, left);
}

static char *
seeding (const MeirTorrentSnapshot *snapshot)
{
  if (snapshot->n_interested == 0)
    return g_strdup (_ ("Complete · nobody is asking for it now"));
  return g_strdup_printf (
      ngettext ("Sharing with %u person · given away %.1f times its size",
                "Sharing with %u people · given away %.1f times its size", snapshot->n_interested),
      snapshot->n_interested,
      snapshot->total_bytes > 0 ? (double) snapshot->uploaded / (double) snapshot->total_bytes : 0.0);
}

/* A sentence that has none of its own says at least this much. */
static char *
failed (const MeirTorrentSnapshot *snapshot)
{
  return g_strdup (snapshot->error != NULL ? snapshot->error : _ ("This cannot go on"));
}

static char *
disk_full (const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *needed = g_format_size (snapshot->space_needed_bytes);

  if (snapshot->space_needed_bytes == 0)
    return failed (snapshot);
  return g_strdup_printf (_ ("Disk full: needs %s more"), needed);
}

char *
meir_ui_status_dup_sentence (const MeirTorrentSnapshot *snapshot)
{
  switch (snapshot->state) {
  case MEIR_TORRENT_LOADING:
    return g_strdup (_ ("Looking at what is there"));
  case MEIR_TORRENT_METADATA:
    if (snapshot->n_peers == 0)
      return g_strdup (_ ("Nobody found yet"));
    return g_strdup_printf (ngettext ("Getting the file list from %u person",
                                      "Getting the file list from %u people", snapshot->n_peers),
                            snapshot->n_peers);
  case MEIR_TORRENT_CHECKING:
    return g_strdup_printf (_ ("Checking files on disk · %d %%"), (int) (snapshot->check_progress * 100));
  case MEIR_TORRENT_DOWNLOADING:
    return downloading (snapshot);
  case MEIR_TORRENT_SEEDING:
    return seeding (snapshot);
  case MEIR_TORRENT_QUEUED:
    return snapshot->queue_position > 0
               ? g_strdup_printf (_ ("Waiting its turn · place %u"), snapshot->queue_position)
               : g_strdup (_ ("Waiting to be checked"));
  case MEIR_TORRENT_PAUSED:
    return g_strdup (_ ("Paused"));
  case MEIR_TORRENT_MOVING:
    return g_strdup_printf (_ ("Moving files · %d %%"), (int) (snapshot->check_progress * 100));
  case MEIR_TORRENT_DISK_FULL:
    return disk_full (snapshot);
  case MEIR_TORRENT_FAILED:
    return failed (snapshot);
  case MEIR_TORRENT_STOPPED:
    return g_strdup (_ ("Stopped"));
  }
  g_return_val_if_reached (NULL);
}

char *
meir_ui_status_dup_size (const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *total = g_format_size (snapshot->total_bytes);
  g_autofree char *here = g_format_size (snapshot->total_bytes - snapshot->left_bytes);
  guint64 per_sec = snapshot->complete ? snapshot->up_per_sec : snapshot->down_per_sec;
  g_autofree char *rate = g_format_size (per_sec);
  g_autoptr (GString) text = g_string_new (NULL);

  if (!snapshot->has_metainfo)
    return g_strdup ("");
  if (snapshot->complete)
    g_string_append (text, total);
  else
    g_string_append_printf (text, _ ("%s of %s"), here, total);
  if (per_sec > 0)
    /* Translators: appended to a size: " · 12.4 MB/s" */
    g_string_append_printf (text, _ (" · %s/s"), rate);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
