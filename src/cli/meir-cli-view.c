/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-view.h"

#include "cli/meir-cli-format.h"
#include "cli/meir-cli-terminal.h"
#include "meir-config.h"

#include <glib/gi18n.h>

MeirSnapshotParts
meir_cli_view_get_parts (void)
{
  return meir_cli_terminal_is_live () ? MEIR_SNAPSHOT_CELLS : MEIR_SNAPSHOT_NUMBERS;
}

static void
add_down_rate (GString *line, guint width, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *rate = meir_cli_format_rate (snapshot->down_per_sec);

  /* Translators: %s is the rate of a download, such as "12.3 MiB/s" */
  if (snapshot->down_per_sec != 0)
    meir_cli_format_take_field (line, width, g_strdup_printf (_ ("down %s"), rate));
}

static void
add_up_rate (GString *line, guint width, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *rate = meir_cli_format_rate (snapshot->up_per_sec);

  /* Translators: %s is the rate of an upload, such as "12.3 MiB/s" */
  if (snapshot->up_per_sec != 0)
    meir_cli_format_take_field (line, width, g_strdup_printf (_ ("up %s"), rate));
}

/* "5 peers (4 encrypted)", or "5 peers" where that is too long. */
static void
add_peers (GString *line, guint width, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *peers =
      g_strdup_printf (ngettext ("%u peer", "%u peers", snapshot->n_peers), snapshot->n_peers);

  /* Translators: %s is such as "5 peers" */
  if (snapshot->n_encrypted_peers == 0 ||
      !meir_cli_format_take_field (
          line, width, g_strdup_printf (_ ("%s (%u encrypted)"), peers, snapshot->n_encrypted_peers)))
    meir_cli_format_take_field (line, width, g_steal_pointer (&peers));
}

/* What matters most comes first: on a narrow terminal the rest finds no room. */
static void
add_download (GString *line, guint width, const MeirTorrentSnapshot *snapshot)
{
  guint64 done_bytes = snapshot->wanted_bytes - snapshot->wanted_left_bytes;
  g_autofree char *left = meir_cli_format_duration (MAX (snapshot->left_sec, 1));

  /* Translators: how much of a download is there */
  meir_cli_format_take_field (
      line, width, g_strdup_printf (_ ("%u %%"), meir_cli_percent (done_bytes, snapshot->wanted_bytes)));
  add_down_rate (line, width, snapshot);
  /* Translators: %s is the time that a download still takes, such as "3 min 20 s" */
  if (snapshot->left_sec >= 0)
    meir_cli_format_take_field (line, width, g_strdup_printf (_ ("%s left"), left));
  meir_cli_format_take_field (
      line, width,
      g_strdup_printf (ngettext ("%u of %u piece", "%u of %u pieces", snapshot->n_pieces), snapshot->n_have,
                       snapshot->n_pieces));
  add_peers (line, width, snapshot);
  add_up_rate (line, width, snapshot);
}

static void
add_seeding (GString *line, guint width, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *uploaded = meir_cli_format_size (snapshot->uploaded);

  meir_cli_format_take_field (
      line, width,
      g_strdup (snapshot->complete ? _ ("Complete, sharing") : _ ("The chosen files are complete, sharing")));
  add_up_rate (line, width, snapshot);
  if (snapshot->uploaded != 0)
    meir_cli_format_take_field (line, width, g_strdup_printf (_ ("%s uploaded"), uploaded));
  add_peers (line, width, snapshot);
  meir_cli_format_take_field (
      line, width,
      g_strdup_printf (ngettext ("%u piece", "%u pieces", snapshot->n_pieces), snapshot->n_pieces));
}

static void
add_disk_full (GString *line, guint width, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *needed = meir_cli_format_size (snapshot->space_needed_bytes);

  if (snapshot->space_needed_bytes != 0)
    meir_cli_format_take_field (line, width,
                                g_strdup_printf (_ ("The disk is full: waiting for %s of room"), needed));
  else
    meir_cli_format_take_field (line, width, g_strdup (_ ("The disk is full: waiting for room")));
}

char *
meir_cli_view_line (const MeirTorrentSnapshot *snapshot, guint width)
{
  GString *line = g_string_new (NULL);

  switch (snapshot->state) {
  case MEIR_TORRENT_LOADING:
    meir_cli_format_take_field (line, width, g_strdup (_ ("Looking at the files on disk")));
    break;
  case MEIR_TORRENT_METADATA:
    meir_cli_format_take_field (line, width, g_strdup (_ ("Getting the list of files from peers")));
    add_peers (line, width, snapshot);
    break;
  case MEIR_TORRENT_CHECKING:
    meir_cli_format_take_field (
        line, width,
        g_strdup_printf (_ ("Checking what is there  %u %%"), (guint) (snapshot->check_progress * 100.0)));
    break;
  case MEIR_TORRENT_DOWNLOADING:
    add_download (line, width, snapshot);
    break;
  case MEIR_TORRENT_SEEDING:
    add_seeding (line, width, snapshot);
    break;
  case MEIR_TORRENT_PAUSED:
    meir_cli_format_take_field (line, width, g_strdup (_ ("Paused")));
    break;
  case MEIR_TORRENT_QUEUED:
    meir_cli_format_take_field (line, width, g_strdup (_ ("Waiting its turn")));
    break;
  case MEIR_TORRENT_MOVING:
    meir_cli_format_take_field (
        line, width, g_strdup_printf (_ ("Moving files  %u %%"), (guint) (snapshot->check_progress * 100.0)));
    break;
  case MEIR_TORRENT_DISK_FULL:
    add_disk_full (line, width, snapshot);
    break;
  case MEIR_TORRENT_FAILED:
    meir_cli_format_take_field (line, width,
                                g_strdup (snapshot->error != NULL ? snapshot->error : _ ("Failed")));
    break;
  case MEIR_TORRENT_STOPPED:
    meir_cli_format_take_field (line, width, g_strdup (_ ("Stopped")));
    break;
  }
  return g_string_free (line, FALSE);
}

char *
meir_cli_view_status (const MeirTorrentSnapshot *snapshot)
{
  guint width = meir_cli_terminal_get_width ();
  g_autofree char *line = meir_cli_view_line (snapshot, width);
  g_autofree char *bar = NULL;

  if (snapshot->state == MEIR_TORRENT_CHECKING)
    bar = meir_cli_format_bar (snapshot->check_progress, width);
  else if (snapshot->cells != NULL)
    bar = meir_cli_format_pieces (g_bytes_get_data (snapshot->cells, NULL),
                                  g_bytes_get_size (snapshot->cells), width);
  return bar != NULL && bar[0] != '\0' ? g_strconcat (bar, "\n", line, NULL) : g_steal_pointer (&line);
}

void
meir_cli_view_progress (double done, const char *line)
{
  g_autofree char *bar = meir_cli_format_bar (done, meir_cli_terminal_get_width ());
  g_autofree char *status = g_strconcat (bar, "\n", line, NULL);

  meir_cli_status (status);
}

void
meir_cli_view_json (MeirCliJson *json, const MeirTorrentSnapshot *snapshot)
{
  meir_cli_json_string (json, "state", meir_torrent_state_to_string (snapshot->state));
  meir_cli_json_uint (json, "pieces", snapshot->n_pieces);
  meir_cli_json_uint (json, "have", snapshot->n_have);
  meir_cli_json_uint (json, "bytes", snapshot->total_bytes);
  meir_cli_json_uint (json, "left", snapshot->left_bytes);
  meir_cli_json_uint (json, "wanted", snapshot->wanted_bytes);
  meir_cli_json_uint (json, "wanted_left", snapshot->wanted_left_bytes);
  meir_cli_json_uint (json, "downloaded", snapshot->downloaded);
  meir_cli_json_uint (json, "uploaded", snapshot->uploaded);
  meir_cli_json_uint (json, "wasted", snapshot->wasted);
  meir_cli_json_uint (json, "down_per_sec", snapshot->down_per_sec);
  meir_cli_json_uint (json, "up_per_sec", snapshot->up_per_sec);
  meir_cli_json_uint (json, "encrypted_bytes", snapshot->encrypted_bytes);
  meir_cli_json_uint (json, "clear_bytes", snapshot->clear_bytes);
  meir_cli_json_uint (json, "peers", snapshot->n_peers);
  meir_cli_json_uint (json, "encrypted_peers", snapshot->n_encrypted_peers);
  meir_cli_json_uint (json, "bad_pieces", snapshot->n_bad_pieces);
  meir_cli_json_int (json, "left_sec", snapshot->left_sec);
  if (snapshot->state == MEIR_TORRENT_DISK_FULL)
    meir_cli_json_uint (json, "space_needed", snapshot->space_needed_bytes);
  if (snapshot->error != NULL)
    meir_cli_json_string (json, "error", snapshot->error);
}
