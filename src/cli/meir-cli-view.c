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

/* "5 peers (4 encrypted)" */
static char *
peers_text (const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *peers =
      g_strdup_printf (ngettext ("%u peer", "%u peers", snapshot->n_peers), snapshot->n_peers);

  if (snapshot->n_encrypted_peers == 0)
    return g_steal_pointer (&peers);
  /* Translators: the first %s is such as "5 peers" */
  return g_strdup_printf (_ ("%s (%u encrypted)"), peers, snapshot->n_encrypted_peers);
}

static char *
download_text (const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *down = meir_cli_format_rate (snapshot->down_per_sec);
  g_autofree char *up = meir_cli_format_rate (snapshot->up_per_sec);
  g_autofree char *peers = peers_text (snapshot);
  g_autofree char *left = meir_cli_format_duration (snapshot->left_sec);
  guint percent = meir_cli_percent (snapshot->total_bytes - snapshot->left_bytes, snapshot->total_bytes);

  if (snapshot->left_sec < 0)
    return g_strdup_printf (_ ("%u %%  %u of %u pieces  down %s  up %s  %s"), percent, snapshot->n_have,
                            snapshot->n_pieces, down, up, peers);
  return g_strdup_printf (_ ("%u %%  %u of %u pieces  down %s  up %s  %s  %s left"), percent,
                          snapshot->n_have, snapshot->n_pieces, down, up, peers, left);
}

static char *
seeding_text (const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *up = meir_cli_format_rate (snapshot->up_per_sec);
  g_autofree char *uploaded = meir_cli_format_size (snapshot->uploaded);
  g_autofree char *peers = peers_text (snapshot);

  return g_strdup_printf (_ ("Complete, sharing  %u pieces  up %s (%s so far)  %s"), snapshot->n_pieces, up,
                          uploaded, peers);
}

static char *
disk_full_text (const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *needed = meir_cli_format_size (snapshot->space_needed_bytes);

  if (snapshot->space_needed_bytes == 0)
    return g_strdup (_ ("The disk is full: waiting for room"));
  return g_strdup_printf (_ ("The disk is full: waiting for %s of room"), needed);
}

char *
meir_cli_view_line (const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *peers = NULL;

  switch (snapshot->state) {
  case MEIR_TORRENT_LOADING:
    return g_strdup (_ ("Looking at the files on disk"));
  case MEIR_TORRENT_METADATA:
    peers = peers_text (snapshot);
    return g_strdup_printf (_ ("Getting the list of files from peers  %s"), peers);
  case MEIR_TORRENT_CHECKING:
    return g_strdup_printf (_ ("Checking what is there  %u %%"), (guint) (snapshot->check_progress * 100.0));
  case MEIR_TORRENT_DOWNLOADING:
    return download_text (snapshot);
  case MEIR_TORRENT_SEEDING:
    return seeding_text (snapshot);
  case MEIR_TORRENT_PAUSED:
    return g_strdup (_ ("Paused"));
  case MEIR_TORRENT_DISK_FULL:
    return disk_full_text (snapshot);
  case MEIR_TORRENT_FAILED:
    return g_strdup (snapshot->error != NULL ? snapshot->error : _ ("Failed"));
  case MEIR_TORRENT_STOPPED:
    return g_strdup (_ ("Stopped"));
  default:
    g_return_val_if_reached (g_strdup (""));
  }
}

char *
meir_cli_view_status (const MeirTorrentSnapshot *snapshot)
{
  guint width = meir_cli_terminal_get_width () - 1;
  g_autofree char *line = meir_cli_view_line (snapshot);
  g_autofree char *bar = NULL;

  if (snapshot->state == MEIR_TORRENT_CHECKING)
    bar = meir_cli_format_bar (snapshot->check_progress, width);
  else if (snapshot->cells != NULL)
    bar = meir_cli_format_pieces (g_bytes_get_data (snapshot->cells, NULL),
                                  g_bytes_get_size (snapshot->cells), width);
  return bar != NULL && bar[0] != '\0' ? g_strconcat (bar, "\n", line, NULL) : g_steal_pointer (&line);
}

void
meir_cli_view_json (MeirCliJson *json, const MeirTorrentSnapshot *snapshot)
{
  meir_cli_json_string (json, "state", meir_torrent_state_to_string (snapshot->state));
  meir_cli_json_uint (json, "pieces", snapshot->n_pieces);
  meir_cli_json_uint (json, "have", snapshot->n_have);
  meir_cli_json_uint (json, "bytes", snapshot->total_bytes);
  meir_cli_json_uint (json, "left", snapshot->left_bytes);
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
