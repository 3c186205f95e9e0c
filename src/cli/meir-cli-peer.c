/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-command.h"
#include "cli/meir-cli-format.h"
#include "cli/meir-cli-hook.h"
#include "cli/meir-cli-input.h"
#include "cli/meir-cli-json.h"
#include "cli/meir-cli-only.h"
#include "cli/meir-cli-options.h"
#include "cli/meir-cli-peer-flags.h"
#include "cli/meir-cli-resolver.h"
#include "cli/meir-cli-signals.h"
#include "cli/meir-cli-terminal.h"
#include "cli/meir-cli-view.h"
#include "meir-config.h"

#include <glib/gi18n.h>
#include <unistd.h>

#define STATUS_INTERVAL_MSEC 200
/* A line where the status cannot be drawn, and a --json event. */
#define LINE_INTERVAL_MSEC 5000
#define JSON_INTERVAL_MSEC 1000
/* The session has been told to close; its goodbyes take 1 s at most, the rest is the disk's. */
#define CLOSE_TIMEOUT_MSEC 1900

typedef struct {
  const MeirCliPeerFlags *flags;
  GMainLoop *loop;
  MeirSession *session;
  MeirTorrent *torrent; /* the session's */
  MeirTorrentState state;
  gboolean was_incomplete; /* so that being complete is news */
  gboolean is_done;        /* completion was dealt with */
  gboolean is_closed;      /* the session is */
  MeirCliExit exit_code;
  char *said; /* (nullable): the line about progress that was printed last */
} Peer;

static void
stop (Peer *peer, MeirCliExit exit_code)
{
  if (peer->exit_code == MEIR_CLI_OK)
    peer->exit_code = exit_code;
  g_main_loop_quit (peer->loop);
}

static void
print_event (Peer *peer, const char *event, const char *text, const MeirTorrentSnapshot *snapshot)
{
  if (peer->flags->json) {
    MeirCliJson json;

    meir_cli_json_begin (&json, event);
    if (text != NULL)
      meir_cli_json_string (&json, "text", text);
    if (snapshot != NULL)
      meir_cli_view_json (&json, snapshot);
    meir_cli_json_end (&json);
  } else if (text != NULL) {
    meir_cli_print ("%s\n", text);
  }
}

/* Always with the same parts: what one reader asks for is what the next snapshots hold. */
static MeirTorrentSnapshot *
ref_snapshot (Peer *peer)
{
  return meir_torrent_ref_snapshot (peer->torrent, meir_cli_view_get_parts ());
}

/* The status at the bottom of a terminal; elsewhere now and then a line or an event, if there is news. */
static gboolean
show_progress (gpointer user_data)
{
  Peer *peer = user_data;
  g_autoptr (MeirTorrentSnapshot) snapshot = ref_snapshot (peer);
  g_autofree char *text = NULL;

  if (meir_cli_output_is_broken ()) {
    /* Nobody reads what we say any more: whoever started us in a pipe is gone. */
    stop (peer, MEIR_CLI_FAILED);
  } else if (meir_cli_terminal_is_live () && !peer->flags->json) {
    text = meir_cli_view_status (snapshot);
    meir_cli_status (text);
  } else {
    text = meir_cli_view_line (snapshot, MEIR_CLI_VIEW_WHOLE);
    if (g_strcmp0 (text, peer->said) == 0)
      return G_SOURCE_CONTINUE;
    print_event (peer, "progress", peer->flags->json ? NULL : text, snapshot);
    g_free (peer->said);
    peer->said = g_steal_pointer (&text);
  }
  return G_SOURCE_CONTINUE;
}

static void
on_hook_done (gboolean good, gpointer user_data)
{
  Peer *peer = user_data;

  if (peer->flags->exit_when_complete)
    stop (peer, good ? MEIR_CLI_OK : MEIR_CLI_FAILED);
}

/* All that is wanted is here, now or from the start. */
static void
on_complete (Peer *peer, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *name = meir_torrent_dup_name (peer->torrent);
  g_autofree char *text = g_strdup_printf (
      snapshot->complete ? _ ("“%s” is complete") : _ ("The files chosen of “%s” are complete"), name);

  if (peer->is_done)
    return;
  peer->is_done = TRUE;
  print_event (peer, "complete", text, snapshot);
  if (peer->was_incomplete && peer->flags->hook != NULL)
    meir_cli_hook_run (peer->flags->hook, peer->torrent, on_hook_done, peer);
  else
    on_hook_done (TRUE, peer);
}

static void
on_failed (Peer *peer, const MeirTorrentSnapshot *snapshot)
{
  g_autoptr (GError) error =
      g_error_new_literal (MEIR_ERROR, (gint) snapshot->error_code,
                           snapshot->error != NULL ? snapshot->error : _ ("The torrent cannot go on"));

  stop (peer, meir_cli_fail (error));
}

/* Whether the new state deserves a line of its own: not where the status at the bottom shows it, or where
 * another line says the same. */
static gboolean
is_state_news (Peer *peer)
{
  if (peer->flags->json || peer->state == MEIR_TORRENT_DISK_FULL)
    return TRUE;
  return !meir_cli_terminal_is_live () && peer->state != MEIR_TORRENT_SEEDING &&
         peer->state != MEIR_TORRENT_FAILED;
}

static void
on_state (Peer *peer, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *line = NULL;

  if (snapshot->state == peer->state)
    return;
  peer->state = snapshot->state;
  line = meir_cli_view_line (snapshot, MEIR_CLI_VIEW_WHOLE);
  if (is_state_news (peer))
    print_event (peer, "state", line, snapshot);

  switch (peer->state) {
  case MEIR_TORRENT_METADATA:
  case MEIR_TORRENT_DOWNLOADING:
  case MEIR_TORRENT_DISK_FULL:
    peer->was_incomplete = TRUE;
    break;
  case MEIR_TORRENT_SEEDING:
    if (!peer->was_incomplete)
      on_complete (peer, snapshot);
    break;
  case MEIR_TORRENT_FAILED:
    on_failed (peer, snapshot);
    break;
  case MEIR_TORRENT_LOADING:
  case MEIR_TORRENT_CHECKING:
  case MEIR_TORRENT_QUEUED:
  case MEIR_TORRENT_PAUSED:
  case MEIR_TORRENT_MOVING:
  case MEIR_TORRENT_STOPPED:
    break;
  }
}

static void
print_bad_piece (Peer *peer, const MeirEvent *event)
{
  MeirCliJson json;

  if (!peer->flags->json) {
    g_autofree char *text =
        g_strdup_printf (_ ("Piece %u failed the check and is fetched again"), event->piece);

    meir_cli_print ("%s\n", text);
    return;
  }
  meir_cli_json_begin (&json, "bad-piece");
  meir_cli_json_uint (&json, "piece", event->piece);
  meir_cli_json_end (&json);
}

/* The files of a magnet link are known now: --only can tell which are meant, and what waited for that begins.
 */
static void
choose_files (Peer *peer)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (peer->torrent);
  g_autoptr (GBytes) priorities = NULL;
  g_autoptr (GError) error = NULL;

  if (peer->flags->only == NULL)
    return;
  priorities = meir_cli_only_choose ((const char *const *) peer->flags->only, metainfo, &error);
  if (priorities != NULL)
    meir_torrent_set_file_priorities (peer->torrent, priorities);
  else
    stop (peer, meir_cli_fail (error));
}

static void
on_event (MeirSession *session, const MeirEvent *event, gpointer user_data)
{
  Peer *peer = user_data;
  g_autoptr (MeirTorrentSnapshot) snapshot = ref_snapshot (peer);
  g_autofree char *name = NULL;

  switch (event->kind) {
  case MEIR_EVENT_STATE:
    on_state (peer, snapshot);
    break;
  case MEIR_EVENT_METADATA:
    name = meir_torrent_dup_name (event->torrent);
    print_event (peer, "metadata", name, snapshot);
    choose_files (peer);
    break;
  case MEIR_EVENT_COMPLETE:
    peer->was_incomplete = TRUE;
    on_complete (peer, snapshot);
    break;
  case MEIR_EVENT_PEER:
    /* Too many for people; programs can sort them out. */
    if (peer->flags->json)
      print_event (peer, "peer", event->text, NULL);
    break;
  case MEIR_EVENT_BAD_PIECE:
    print_bad_piece (peer, event);
    break;
  case MEIR_EVENT_TRACKER:
    print_event (peer, "tracker", event->text, NULL);
    break;
  case MEIR_EVENT_WARNING:
    print_event (peer, "warning", event->text, NULL);
    break;
  }
}

static void
print_start (Peer *peer)
{
  g_autofree char *name = meir_torrent_dup_name (peer->torrent);
  g_autofree char *folder = meir_cli_dup_shown_path (meir_torrent_get_folder (peer->torrent));
  g_autofree char *port = g_strdup_printf ("%u", meir_session_get_port (peer->session));
  char hex[2 * MEIR_SHA1_LENGTH + 1];
  MeirCliJson json;

  meir_info_hash_to_hex (meir_torrent_get_info_hash (peer->torrent), hex);
  if (peer->flags->json) {
    meir_cli_json_begin (&json, "started");
    meir_cli_json_string (&json, "name", name);
    meir_cli_json_string (&json, "info_hash", hex);
    meir_cli_json_string (&json, "path", meir_torrent_get_folder (peer->torrent));
    meir_cli_json_uint (&json, "port", meir_session_get_port (peer->session));
    meir_cli_json_end (&json);
    return;
  }
  meir_cli_print_field (_ ("Name"), name);
  meir_cli_print_field (_ ("Info-hash"), hex);
  meir_cli_print_field (_ ("Folder"), folder);
  meir_cli_print_field (_ ("Port"), port);
}

static void
on_stop_asked (gpointer user_data)
{
  stop (user_data, MEIR_CLI_OK);
}

static void
run_until_stopped (Peer *peer)
{
  guint interval_msec = peer->flags->json              ? JSON_INTERVAL_MSEC
                        : meir_cli_terminal_is_live () ? STATUS_INTERVAL_MSEC
                                                       : LINE_INTERVAL_MSEC;
  guint timer = g_timeout_add (interval_msec, show_progress, peer);

  g_main_loop_run (peer->loop);
  g_clear_handle_id (&timer, g_source_remove);
  meir_cli_status (NULL);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Peer *peer = user_data;
  g_autoptr (GError) error = NULL;

  if (!meir_session_close_finish (peer->session, result, &error))
    peer->exit_code = meir_cli_fail (error);
  peer->is_closed = TRUE;
}

/* A disk or a name server hangs. What was not synced is looked at again at the next start, so that nothing is
 * lost by going now. */
static gboolean
on_close_timeout (gpointer user_data)
{
  Peer *peer = user_data;

  meir_cli_complain (_ ("The disk does not answer; leaving without the last seconds of work"));
  meir_cli_output_finish ();
  _exit (peer->exit_code != MEIR_CLI_OK ? peer->exit_code : MEIR_CLI_FAILED);
}

static void
close_session (Peer *peer)
{
  guint watchdog = g_timeout_add (CLOSE_TIMEOUT_MSEC, on_close_timeout, peer);

  g_signal_handlers_disconnect_by_data (peer->session, peer);
  meir_session_close_async (peer->session, on_closed, peer);
  /* Not the loop: the end of a --on-complete command, or a signal, quits that. */
  while (!peer->is_closed)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watchdog);
}

static void
print_end (Peer *peer)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = ref_snapshot (peer);
  g_autofree char *down = meir_cli_format_size (snapshot->downloaded);
  g_autofree char *up = meir_cli_format_size (snapshot->uploaded);
  g_autofree char *text = NULL;

  /* What has failed was said; programs are told of the end whatever it was. */
  if (peer->exit_code != MEIR_CLI_OK && !peer->flags->json)
    return;
  if (snapshot->has_metainfo)
    text = g_strdup_printf (ngettext ("Stopped: %u of %u piece, %s downloaded, %s uploaded",
                                      "Stopped: %u of %u pieces, %s downloaded, %s uploaded",
                                      snapshot->n_pieces),
                            snapshot->n_have, snapshot->n_pieces, down, up);
  else
    text = g_strdup (_ ("Stopped before the list of files was there"));
  print_event (peer, "stopped", text, snapshot);
}

static MeirCliExit
run_session (Peer *peer, const MeirSessionConfig *config, const MeirAddOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeirTorrent) torrent = NULL;

  meir_cli_signals_on_stop (on_stop_asked, peer);
  peer->session = meir_session_new (config, &error);
  if (peer->session == NULL)
    return meir_cli_fail (error);
  g_signal_connect (peer->session, "event", G_CALLBACK (on_event), peer);
  peer->torrent = meir_session_add (peer->session, options, &error);
  if (peer->torrent == NULL) {
    peer->exit_code = meir_cli_fail (error);
  } else {
    torrent = g_object_ref (peer->torrent);
    print_start (peer);
    meir_cli_resolver_run (peer->flags->resolver, torrent);
    run_until_stopped (peer);
  }
  close_session (peer);
  if (torrent != NULL)
    print_end (peer);
  return peer->exit_code;
}

static MeirCliExit
run_peer (const MeirCliCommand *command, int argc, char **argv)
{
  g_auto (MeirCliPeerFlags) flags = { NULL };
  Peer peer = { .flags = &flags, .state = MEIR_TORRENT_LOADING };
  MeirSessionConfig config;
  MeirAddOptions options;
  MeirCliExit exit_code;

  if (!meir_cli_peer_flags_parse (&flags, command, argc, argv, &exit_code) ||
      !meir_cli_peer_flags_prepare (&flags, &config, &options, &exit_code))
    return exit_code;

  peer.loop = g_main_loop_new (NULL, FALSE);
  exit_code = run_session (&peer, &config, &options);
  g_clear_object (&peer.session);
  g_main_loop_unref (peer.loop);
  g_free (peer.said);
  return exit_code;
}

const MeirCliCommand meir_cli_peer_command = {
  .name = "peer",
  .arguments = N_ ("--torrent FILE --path DIR"),
  .summary = N_ ("share or download a torrent"),
  .description =
      N_ ("Downloads what is missing of a torrent, and shares what is there, until it is stopped."),
  .run = run_peer,
};
