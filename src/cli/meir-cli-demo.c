/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-command.h"
#include "cli/meir-cli-format.h"
#include "cli/meir-cli-input.h"
#include "cli/meir-cli-options.h"
#include "cli/meir-cli-signals.h"
#include "cli/meir-cli-terminal.h"
#include "cli/meir-cli-view.h"
#include "cli/meir-cli-workspace.h"
#include "meir-config.h"
#include "tracker/meir-tracker.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>

#define TICK_MSEC 50
/* A step that makes no progress for so long has failed. */
#define STALL_USEC (60 * G_USEC_PER_SEC)
#define LOCAL_HOST "127.0.0.1"
/* What a line says while standard output is no terminal. */
#define PERCENT_STEP 10

/**
 * Demo:
 *
 * The whole of it in one process: a tracker over HTTPS, a session that shares and one that downloads, with
 * TLS required between them. One step after the other, each while the main context runs.
 */
typedef struct {
  GCancellable *cancellable; /* of everything: Ctrl-C */
  char *workspace;
  char *path;       /* of what is shared */
  char *shared;     /* the folder that holds what is shared */
  char *downloaded; /* the folder that it is downloaded to */
  MeirTracker *tracker;
  MeirMetainfo *metainfo;
  GArray *made_of; /* as in MeirAddOptions */
  MeirSession *sharer;
  MeirSession *downloader;
  MeirTorrent *original; /* the sharer's */
  MeirTorrent *copy;     /* the downloader's */

  gboolean step_done;
  GError *error; /* why a step has failed; it is the last */
  gint64 deadline_usec;
  gint64 start_usec; /* of the download */
  gint64 end_usec;   /* 0: not yet */
  guint32 n_have;
  guint percent_said;
  guint n_closing;
} Demo;

/* TRUE when what the step waits for is there; a step that fails sets demo->error. */
typedef gboolean (*DemoCondition) (Demo *demo);

typedef struct {
  Demo *demo;
  DemoCondition condition;
} DemoWait;

static void
on_stop (gpointer user_data)
{
  g_cancellable_cancel (((Demo *) user_data)->cancellable);
}

/* Runs until a callback has set step_done. FALSE, with demo->error, when the step failed or was interrupted.
 */
static gboolean
finish_step (Demo *demo)
{
  while (!demo->step_done)
    g_main_context_iteration (NULL, TRUE);
  demo->step_done = FALSE;
  if (demo->error == NULL)
    g_cancellable_set_error_if_cancelled (demo->cancellable, &demo->error);
  return demo->error == NULL;
}

static gboolean
on_tick (gpointer user_data)
{
  DemoWait *wait = user_data;
  Demo *demo = wait->demo;

  demo->step_done = wait->condition (demo);
  if (!demo->step_done && demo->error == NULL && g_get_monotonic_time () > demo->deadline_usec)
    g_set_error (&demo->error, MEIR_ERROR, MEIR_ERROR_TIMED_OUT, _ ("Nothing has moved for a minute"));
  if (demo->error != NULL || g_cancellable_is_cancelled (demo->cancellable))
    demo->step_done = TRUE;
  return G_SOURCE_CONTINUE;
}

static gboolean
wait_until (Demo *demo, DemoCondition condition)
{
  DemoWait wait = { demo, condition };
  guint timer = g_timeout_add (TICK_MSEC, on_tick, &wait);
  gboolean good;

  demo->deadline_usec = g_get_monotonic_time () + STALL_USEC;
  good = finish_step (demo);
  g_source_remove (timer);
  return good;
}

static gboolean
start_tracker (Demo *demo)
{
  g_autofree char *state = g_build_filename (demo->workspace, "tracker", NULL);
  MeirTrackerConfig config;

  meir_tracker_config_init (&config);
  config.bind_address = LOCAL_HOST;
  config.http_port = 0;
  config.udp_port = MEIR_TRACKER_PORT_OFF;
  config.https = MEIR_TRACKER_HTTPS_AUTO;
  config.state_folder = state;
  demo->tracker = meir_tracker_new (&config, &demo->error);
  return demo->tracker != NULL;
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Demo *demo = user_data;
  g_autoptr (MeirCreateSummary) summary = NULL;
  g_autoptr (GBytes) torrent = meir_create_finish (result, &summary, &demo->error);

  if (torrent != NULL) {
    demo->metainfo = meir_metainfo_parse (torrent, &demo->error);
    demo->made_of = g_array_ref (summary->files);
  }
  demo->step_done = TRUE;
}

static gboolean
create_torrent (Demo *demo)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new (demo->path);
  g_auto (GStrv) urls = meir_tracker_dup_announce_urls (demo->tracker, LOCAL_HOST);

  if (!meir_create_options_add_tier (options, urls[0], &demo->error))
    return FALSE;
  meir_cli_status (_ ("Making the torrent…"));
  meir_create_async (g_steal_pointer (&options), NULL, demo->cancellable, on_created, demo);
  return finish_step (demo);
}

static MeirSession *
start_session (Demo *demo, const char *state_name)
{
  g_autofree char *state = g_build_filename (demo->workspace, state_name, NULL);
  g_autofree char *fingerprint = meir_tracker_dup_fingerprint (demo->tracker);
  const char *const pins[] = { fingerprint, NULL };
  const MeirSessionConfig config = {
    .bind_address = LOCAL_HOST,
    .tls = MEIR_TLS_REQUIRE,
    .state_folder = state,
    .tracker_pins = pins,
  };

  return meir_session_new (&config, &demo->error);
}

static gboolean
has_failed (Demo *demo, const MeirTorrentSnapshot *snapshot)
{
  if (snapshot->state != MEIR_TORRENT_FAILED && snapshot->state != MEIR_TORRENT_DISK_FULL)
    return FALSE;
  g_set_error_literal (&demo->error, MEIR_ERROR, (gint) snapshot->error_code,
                       snapshot->error != NULL ? snapshot->error : _ ("The torrent cannot go on"));
  return TRUE;
}

/* The tracker must know the sharer before the downloader asks it. */
static gboolean
sharer_is_announced (Demo *demo)
{
  g_autoptr (MeirTorrentSnapshot) snapshot =
      meir_torrent_ref_snapshot (demo->original, MEIR_SNAPSHOT_TRACKERS);
  const MeirTrackerStatus *tracker;

  if (has_failed (demo, snapshot) || snapshot->state != MEIR_TORRENT_SEEDING || snapshot->trackers == NULL ||
      snapshot->trackers->len == 0)
    return FALSE;
  tracker = g_ptr_array_index (snapshot->trackers, 0);
  if (tracker->state == MEIR_TRACKER_FAILED)
    g_set_error_literal (&demo->error, MEIR_ERROR, MEIR_ERROR_NETWORK, tracker->message);
  return tracker->state == MEIR_TRACKER_OK;
}

static gboolean
share (Demo *demo)
{
  const MeirAddOptions options = {
    .metainfo = demo->metainfo, .folder = demo->shared, .seed_only = TRUE, .made_of = demo->made_of
  };

  demo->sharer = start_session (demo, "sharer");
  if (demo->sharer == NULL)
    return FALSE;
  demo->original = meir_session_add (demo->sharer, &options, &demo->error);
  if (demo->original == NULL)
    return FALSE;
  meir_cli_status (_ ("Announcing it to the tracker…"));
  return wait_until (demo, sharer_is_announced);
}

static void
show_download (Demo *demo, const MeirTorrentSnapshot *snapshot)
{
  guint percent = meir_cli_percent (snapshot->n_have, snapshot->n_pieces);
  g_autofree char *text = NULL;

  if (meir_cli_terminal_is_live ()) {
    text = meir_cli_view_status (snapshot);
    meir_cli_status (text);
  } else if (snapshot->state == MEIR_TORRENT_DOWNLOADING && percent >= demo->percent_said + PERCENT_STEP) {
    demo->percent_said = percent / PERCENT_STEP * PERCENT_STEP;
    text = meir_cli_view_line (snapshot, MEIR_CLI_VIEW_WHOLE);
    meir_cli_print ("%s\n", text);
  }
}

static gboolean
copy_is_complete (Demo *demo)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_ref_snapshot (demo->copy, MEIR_SNAPSHOT_CELLS);

  if (has_failed (demo, snapshot))
    return FALSE;
  if (snapshot->n_have != demo->n_have) {
    demo->n_have = snapshot->n_have;
    demo->deadline_usec = g_get_monotonic_time () + STALL_USEC;
  }
  if (snapshot->has_metainfo)
    show_download (demo, snapshot);
  if (snapshot->complete && demo->end_usec == 0)
    demo->end_usec = g_get_monotonic_time ();
  return snapshot->complete;
}

static void
on_downloader_event (MeirSession *session, const MeirEvent *event, gpointer user_data)
{
  Demo *demo = user_data;

  /* More exact than the next look at a snapshot. */
  if (event->kind == MEIR_EVENT_COMPLETE)
    demo->end_usec = g_get_monotonic_time ();
}

static gboolean
download (Demo *demo)
{
  const MeirAddOptions options = { .metainfo = demo->metainfo, .folder = demo->downloaded };

  demo->downloader = start_session (demo, "downloader");
  if (demo->downloader == NULL)
    return FALSE;
  g_signal_connect (demo->downloader, "event", G_CALLBACK (on_downloader_event), demo);
  demo->start_usec = g_get_monotonic_time ();
  demo->copy = meir_session_add (demo->downloader, &options, &demo->error);
  return demo->copy != NULL && wait_until (demo, copy_is_complete);
}

static void
on_compared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Demo *demo = user_data;

  g_task_propagate_boolean (G_TASK (result), &demo->error);
  demo->step_done = TRUE;
}

static gboolean
compare (Demo *demo)
{
  meir_cli_status (_ ("Comparing byte for byte…"));
  meir_cli_workspace_compare_async (demo->metainfo, demo->shared, demo->downloaded, demo->cancellable,
                                    on_compared, demo);
  return finish_step (demo);
}

/* All of it must have gone over TLS: the point of the demonstration. */
static gboolean
check_encryption (Demo *demo)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = meir_torrent_ref_snapshot (demo->copy, MEIR_SNAPSHOT_NUMBERS);
  g_autofree char *encrypted = NULL;
  g_autofree char *total = NULL;

  if (snapshot->clear_bytes == 0 && snapshot->encrypted_bytes >= snapshot->total_bytes)
    return TRUE;
  encrypted = meir_cli_format_size_exact (snapshot->encrypted_bytes);
  total = meir_cli_format_size_exact (snapshot->total_bytes);
  g_set_error (&demo->error, MEIR_ERROR, MEIR_ERROR_TLS, _ ("Only %s of %s came over TLS"), encrypted, total);
  return FALSE;
}

static gboolean
check_room (Demo *demo)
{
  return meir_cli_workspace_check_room (demo->workspace, meir_metainfo_get_total_length (demo->metainfo),
                                        &demo->error);
}

/* Makes the workspace, and the sample unless @path names what to share. */
static gboolean
prepare (Demo *demo, const char *path)
{
  demo->workspace = meir_cli_workspace_new (&demo->error);
  if (demo->workspace == NULL)
    return FALSE;
  demo->downloaded = g_build_filename (demo->workspace, "downloaded", NULL);
  if (g_mkdir (demo->downloaded, 0700) != 0) {
    meir_set_error_from_errno (&demo->error, errno, _ ("Cannot make the folder “%s”"), demo->downloaded);
    return FALSE;
  }
  if (path == NULL) {
    meir_cli_status (_ ("Making a sample folder…"));
    demo->path = meir_cli_workspace_make_sample (demo->workspace, &demo->error);
  } else {
    /* Torrents are opened without following links, so that they are followed here. */
    demo->path = realpath (path, NULL);
    if (demo->path == NULL) {
      g_autofree char *shown = meir_cli_dup_shown_path (path);
      meir_set_error_from_errno (&demo->error, errno, _ ("Cannot read “%s”"), shown);
    }
  }
  if (demo->path == NULL)
    return FALSE;
  demo->shared = g_path_get_dirname (demo->path);
  return TRUE;
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Demo *demo = user_data;

  meir_session_close_finish (MEIR_SESSION (source), result, demo->error == NULL ? &demo->error : NULL);
  demo->n_closing--;
}

static void
close_session (Demo *demo, MeirSession *session)
{
  if (session == NULL)
    return;
  demo->n_closing++;
  meir_session_close_async (session, on_closed, demo);
}

/* The downloader first: it says goodbye to a tracker that is still there. */
static void
demo_close (Demo *demo)
{
  close_session (demo, demo->downloader);
  close_session (demo, demo->sharer);
  while (demo->n_closing != 0)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&demo->downloader);
  g_clear_object (&demo->sharer);
  g_clear_pointer (&demo->tracker, meir_tracker_free);
  if (demo->workspace != NULL)
    meir_cli_workspace_remove (demo->workspace);
  meir_cli_status (NULL);
}

static void
demo_clear (Demo *demo)
{
  g_clear_object (&demo->cancellable);
  g_clear_pointer (&demo->metainfo, meir_metainfo_unref);
  g_clear_pointer (&demo->made_of, g_array_unref);
  g_clear_error (&demo->error);
  g_free (demo->workspace);
  free (demo->path);
  g_free (demo->shared);
  g_free (demo->downloaded);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Demo, demo_clear)

static void
print_summary (const Demo *demo)
{
  guint64 bytes = meir_metainfo_get_total_length (demo->metainfo);
  guint n_files = meir_metainfo_get_n_files (demo->metainfo);
  gint64 elapsed_usec = MAX (demo->end_usec - demo->start_usec, 1);
  g_autofree char *size = meir_cli_format_size (bytes);
  g_autofree char *rate =
      meir_cli_format_rate ((guint64) ((double) bytes * G_USEC_PER_SEC / (double) elapsed_usec));
  g_autofree char *files = g_strdup_printf (ngettext ("%u file", "%u files", n_files), n_files);
  g_autofree char *summary = NULL;

  /* Translators: the first %s is a size, the second such as "6 files", the third a rate */
  summary = g_strdup_printf (
      _ ("Shared and downloaded %s in %s at %s: all of it encrypted with TLS 1.3, announced over HTTPS, "
         "and equal byte for byte"),
      size, files, rate);
  meir_cli_print ("%s\n", summary);
}

static MeirCliExit
run_demo (const MeirCliCommand *command, int argc, char **argv)
{
  const GOptionEntry entries[] = { G_OPTION_ENTRY_NULL };
  g_auto (GStrv) arguments = NULL;
  g_auto (Demo) demo = { NULL };
  MeirCliExit exit_code;
  gboolean good;

  if (!meir_cli_options_parse (command, entries, argc, argv, 0, 1, &arguments, &exit_code))
    return exit_code;
  demo.cancellable = g_cancellable_new ();
  meir_cli_signals_on_stop (on_stop, &demo);
  good = prepare (&demo, arguments[0]) && start_tracker (&demo) && create_torrent (&demo) &&
         check_room (&demo) && share (&demo) && download (&demo) && compare (&demo) &&
         check_encryption (&demo);
  demo_close (&demo);
  meir_cli_signals_on_stop (NULL, NULL);
  if (!good || demo.error != NULL)
    return meir_cli_fail (demo.error);
  print_summary (&demo);
  return MEIR_CLI_OK;
}

const MeirCliCommand meir_cli_demo_command = {
  .name = "demo",
  .arguments = N_ ("[PATH]"),
  .summary = N_ ("show all of it at work on this computer"),
  .description =
      N_ ("Tracks, shares and downloads PATH, or a sample folder of its own, on this computer, over TLS,\n"
          "and compares the copy byte for byte. Exits with 0 only if all of it held."),
  .run = run_demo,
};
