/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-status.h"

#include "app/meir-ui-text.h"

#include <glib/gi18n.h>

static const struct {
  MeirUiButton button;
  MeirUiGroup group;
} statuses[MEIR_UI_N_STATUSES] = {
  [MEIR_UI_STATUS_LOADING] = { MEIR_UI_BUTTON_NONE, MEIR_UI_GROUP_OTHER },
  [MEIR_UI_STATUS_METADATA] = { MEIR_UI_BUTTON_NONE, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_NOBODY] = { MEIR_UI_BUTTON_ASK_NOW, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_DOWNLOADING] = { MEIR_UI_BUTTON_PAUSE, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_CHOKED] = { MEIR_UI_BUTTON_NONE, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_UNAVAILABLE] = { MEIR_UI_BUTTON_NONE, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_BAD_DATA] = { MEIR_UI_BUTTON_NONE, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_METERED] = { MEIR_UI_BUTTON_USE_ANYWAY, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_OFFLINE] = { MEIR_UI_BUTTON_NONE, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_TRACKER_REFUSED] = { MEIR_UI_BUTTON_DETAILS, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_TRACKER_FAILED] = { MEIR_UI_BUTTON_DETAILS, MEIR_UI_GROUP_DOWNLOADING },
  [MEIR_UI_STATUS_QUEUED] = { MEIR_UI_BUTTON_START_NOW, MEIR_UI_GROUP_OTHER },
  [MEIR_UI_STATUS_CHECK_QUEUED] = { MEIR_UI_BUTTON_PAUSE, MEIR_UI_GROUP_OTHER },
  [MEIR_UI_STATUS_CHECKING] = { MEIR_UI_BUTTON_PAUSE, MEIR_UI_GROUP_OTHER },
  [MEIR_UI_STATUS_MOVING] = { MEIR_UI_BUTTON_CANCEL_MOVE, MEIR_UI_GROUP_OTHER },
  [MEIR_UI_STATUS_SHARING] = { MEIR_UI_BUTTON_PAUSE, MEIR_UI_GROUP_SHARING },
  [MEIR_UI_STATUS_COMPLETE] = { MEIR_UI_BUTTON_NONE, MEIR_UI_GROUP_SHARING },
  [MEIR_UI_STATUS_FINISHED] = { MEIR_UI_BUTTON_NONE, MEIR_UI_GROUP_SHARING },
  [MEIR_UI_STATUS_PAUSED] = { MEIR_UI_BUTTON_RESUME, MEIR_UI_GROUP_OTHER },
  [MEIR_UI_STATUS_STOPPED_BY_RULE] = { MEIR_UI_BUTTON_RESUME, MEIR_UI_GROUP_OTHER },
  [MEIR_UI_STATUS_DISK_FULL] = { MEIR_UI_BUTTON_FREE_UP, MEIR_UI_GROUP_ATTENTION },
  [MEIR_UI_STATUS_READ_ONLY] = { MEIR_UI_BUTTON_CHANGE_FOLDER, MEIR_UI_GROUP_ATTENTION },
  [MEIR_UI_STATUS_NO_PERMISSION] = { MEIR_UI_BUTTON_CHANGE_FOLDER, MEIR_UI_GROUP_ATTENTION },
  [MEIR_UI_STATUS_FOLDER_GONE] = { MEIR_UI_BUTTON_CHOOSE_AGAIN, MEIR_UI_GROUP_ATTENTION },
  [MEIR_UI_STATUS_FAILED] = { MEIR_UI_BUTTON_TRY_AGAIN, MEIR_UI_GROUP_ATTENTION },
};

static const struct {
  const char *label, *icon, *action;
} buttons[MEIR_UI_N_BUTTONS] = {
  [MEIR_UI_BUTTON_NONE] = { "", NULL, NULL },
  [MEIR_UI_BUTTON_PAUSE] = { N_ ("Pause"), "meir-pause-symbolic", "win.pause" },
  [MEIR_UI_BUTTON_RESUME] = { N_ ("Resume"), "meir-resume-symbolic", "win.resume" },
  [MEIR_UI_BUTTON_TRY_AGAIN] = { N_ ("Try Again"), "meir-again-symbolic", "win.resume" },
  [MEIR_UI_BUTTON_ASK_NOW] = { N_ ("Ask Now"), NULL, "win.ask-more" },
  [MEIR_UI_BUTTON_DETAILS] = { N_ ("Details"), NULL, "win.page::trackers" },
  [MEIR_UI_BUTTON_FREE_UP] = { N_ ("Free Up…"), NULL, "win.show-folder" },
  [MEIR_UI_BUTTON_CHANGE_FOLDER] = { N_ ("Change Folder…"), NULL, "win.move" },
  [MEIR_UI_BUTTON_CHOOSE_AGAIN] = { N_ ("Choose Again"), NULL, "win.choose-again" },
  [MEIR_UI_BUTTON_START_NOW] = { N_ ("Start Now"), NULL, "win.start-now" },
  [MEIR_UI_BUTTON_USE_ANYWAY] = { N_ ("Use Anyway"), NULL, "app.use-anyway" },
  [MEIR_UI_BUTTON_CANCEL_MOVE] = { N_ ("Cancel"), "meir-stop-symbolic", "win.cancel-move" },
};

MeirUiButton
meir_ui_status_get_button (const MeirUiStatus *status)
{
  /* Without a tracker there is nobody to be asked. */
  if (status->kind == MEIR_UI_STATUS_NOBODY && status->count == 0)
    return MEIR_UI_BUTTON_NONE;
  return statuses[status->kind].button;
}

MeirUiGroup
meir_ui_status_get_group (const MeirUiStatus *status)
{
  MeirUiGroup group = statuses[status->kind].group;

  /* What keeps others from finding us is said of a torrent that is here, too. */
  return group == MEIR_UI_GROUP_DOWNLOADING && status->finished ? MEIR_UI_GROUP_SHARING : group;
}

const char *
meir_ui_button_get_label (MeirUiButton button)
{
  return button == MEIR_UI_BUTTON_NONE ? "" : _ (buttons[button].label);
}

const char *
meir_ui_button_get_icon (MeirUiButton button)
{
  return buttons[button].icon;
}

const char *
meir_ui_button_get_action (MeirUiButton button)
{
  return buttons[button].action;
}

/* Reading. */

/* Pieces that are wanted and not here. The engine says so in bytes. */
static guint64
count_missing (const MeirTorrentSnapshot *snapshot)
{
  if (snapshot->total_bytes == 0)
    return 0;
  return (snapshot->wanted_left_bytes * snapshot->n_pieces + snapshot->total_bytes - 1) /
         snapshot->total_bytes;
}

/* Nobody sends anything: why? */
static void
read_lonely (MeirUiStatus *status, const MeirTorrentSnapshot *snapshot, const MeirUiEnvironment *environment)
{
  if (environment->offline) {
    status->kind = MEIR_UI_STATUS_OFFLINE;
  } else if (snapshot->tracker_error != NULL) {
    gboolean refused = snapshot->tracker_refusal != NULL;

    status->kind = refused ? MEIR_UI_STATUS_TRACKER_REFUSED : MEIR_UI_STATUS_TRACKER_FAILED;
    status->text = refused ? snapshot->tracker_refusal : snapshot->tracker_error;
    status->seconds = snapshot->next_announce_sec;
  } else {
    status->kind = MEIR_UI_STATUS_NOBODY;
    status->count = snapshot->n_trackers;
    status->seconds = snapshot->next_announce_sec;
  }
}

static void
read_downloading (MeirUiStatus *status, const MeirTorrentSnapshot *snapshot,
                  const MeirUiEnvironment *environment)
{
  if (snapshot->n_peers == 0) {
    read_lonely (status, snapshot, environment);
  } else if (snapshot->n_bad_pieces_waiting > 0) {
    status->kind = MEIR_UI_STATUS_BAD_DATA;
    status->count = snapshot->n_bad_pieces_waiting;
    status->text = snapshot->bad_peer;
  } else if (snapshot->n_unavailable > 0 && snapshot->n_unavailable >= count_missing (snapshot)) {
    status->kind = MEIR_UI_STATUS_UNAVAILABLE;
    status->count = snapshot->n_peers;
    status->total = snapshot->n_unavailable;
    status->percent = (guint) (snapshot->best_progress * 100);
  } else if (snapshot->n_sending == 0) {
    status->kind = MEIR_UI_STATUS_CHOKED;
    status->count = snapshot->n_peers;
  } else if (environment->slowed) {
    status->kind = MEIR_UI_STATUS_METERED;
  } else {
    status->kind = MEIR_UI_STATUS_DOWNLOADING;
    status->count = snapshot->n_sending;
    status->total = snapshot->n_peers;
    status->seconds = snapshot->left_sec;
  }
}

double
meir_ui_status_get_ratio (const MeirTorrentSnapshot *snapshot)
{
  return snapshot->wanted_bytes > 0 ? (double) snapshot->total_uploaded / (double) snapshot->wanted_bytes : 0;
}

static void
read_seeding (MeirUiStatus *status, const MeirTorrentSnapshot *snapshot, const MeirUiEnvironment *environment)
{
  if (snapshot->n_interested > 0) {
    status->kind = MEIR_UI_STATUS_SHARING;
    status->count = snapshot->n_interested;
    status->ratio = meir_ui_status_get_ratio (snapshot);
  } else if (snapshot->n_peers == 0 && (environment->offline || snapshot->tracker_error != NULL)) {
    read_lonely (status, snapshot, environment);
  } else {
    status->kind = snapshot->complete ? MEIR_UI_STATUS_COMPLETE : MEIR_UI_STATUS_FINISHED;
  }
}

static void
read_failed (MeirUiStatus *status, const MeirTorrentSnapshot *snapshot, const MeirUiEnvironment *environment)
{
  status->kind = MEIR_UI_STATUS_FAILED;
  if (snapshot->error_code == MEIR_ERROR_READ_ONLY)
    status->kind = MEIR_UI_STATUS_READ_ONLY;
  else if (snapshot->error_code == MEIR_ERROR_PERMISSION)
    status->kind = MEIR_UI_STATUS_NO_PERMISSION;
  else if (snapshot->error_code == MEIR_ERROR_NOT_FOUND)
    status->kind = MEIR_UI_STATUS_FOLDER_GONE;
  status->text = status->kind == MEIR_UI_STATUS_FAILED ? snapshot->error : environment->folder;
}

static void
read_progress (MeirUiStatus *status, const MeirTorrentSnapshot *snapshot, MeirUiStatusKind kind)
{
  status->kind = kind;
  status->percent = (guint) (snapshot->check_progress * 100);
  status->seconds = snapshot->check_left_sec;
}

void
meir_ui_status_read (MeirUiStatus *status, const MeirTorrentSnapshot *snapshot,
                     const MeirUiEnvironment *environment)
{
  *status = (MeirUiStatus){ .kind = MEIR_UI_STATUS_LOADING, .seconds = -1, .finished = snapshot->finished };
  switch (snapshot->state) {
  case MEIR_TORRENT_LOADING:
  case MEIR_TORRENT_STOPPED: /* has left the list, or the list is gone: nobody reads this */
    break;
  case MEIR_TORRENT_METADATA:
    status->kind = MEIR_UI_STATUS_METADATA;
    status->count = snapshot->n_peers;
    if (snapshot->n_peers == 0)
      read_lonely (status, snapshot, environment);
    break;
  case MEIR_TORRENT_CHECKING:
    read_progress (status, snapshot, MEIR_UI_STATUS_CHECKING);
    break;
  case MEIR_TORRENT_QUEUED:
    status->kind = snapshot->queue_position > 0 ? MEIR_UI_STATUS_QUEUED : MEIR_UI_STATUS_CHECK_QUEUED;
    status->count = snapshot->queue_position;
    break;
  case MEIR_TORRENT_DOWNLOADING:
    read_downloading (status, snapshot, environment);
    break;
  case MEIR_TORRENT_SEEDING:
    read_seeding (status, snapshot, environment);
    break;
  case MEIR_TORRENT_PAUSED:
    status->kind = snapshot->stopped_by_rule ? MEIR_UI_STATUS_STOPPED_BY_RULE : MEIR_UI_STATUS_PAUSED;
    status->ratio = meir_ui_status_get_ratio (snapshot);
    break;
  case MEIR_TORRENT_MOVING:
    read_progress (status, snapshot, MEIR_UI_STATUS_MOVING);
    break;
  case MEIR_TORRENT_DISK_FULL:
    status->kind = MEIR_UI_STATUS_DISK_FULL;
    status->bytes = snapshot->space_needed_bytes;
    status->text = environment->folder;
    break;
  case MEIR_TORRENT_FAILED:
    read_failed (status, snapshot, environment);
    break;
  }
}

/* Saying. */

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

/* @sentence: (transfer full) */
static char *
with_time_left (char *sentence, gint64 seconds)
{
  g_autofree char *whole = sentence;
  g_autofree char *time = seconds >= 0 ? meir_ui_status_dup_duration (seconds) : NULL;

  /* Translators: "Downloading from 14 of 38 people · 4 minutes left" */
  return time != NULL ? g_strdup_printf (_ ("%s · %s left"), whole, time) : g_steal_pointer (&whole);
}

/* @sentence: (transfer full) */
static char *
with_next_try (char *sentence, gint64 seconds)
{
  g_autofree char *whole = sentence;
  g_autofree char *time = seconds >= 0 ? meir_ui_status_dup_duration (seconds) : NULL;

  /* Translators: "Nobody found yet · asked 2 trackers · next try in 40 seconds" */
  return time != NULL ? g_strdup_printf (_ ("%s · next try in %s"), whole, time) : g_steal_pointer (&whole);
}

/* English has four endings, and other languages as many as their translators write. */
static char *
dup_turn (guint turn)
{
  guint teens = turn % 100;

  if (turn % 10 == 1 && teens != 11)
    /* Translators: a place in a queue: 1st, 21st; the same as the next three where there is one ending */
    return g_strdup_printf (_ ("%ust"), turn);
  if (turn % 10 == 2 && teens != 12)
    return g_strdup_printf (_ ("%und"), turn);
  if (turn % 10 == 3 && teens != 13)
    return g_strdup_printf (_ ("%urd"), turn);
  return g_strdup_printf (_ ("%uth"), turn);
}

static char *
say_queued (const MeirUiStatus *status)
{
  g_autofree char *turn = dup_turn (status->count);

  return g_strdup_printf (_ ("Waiting for its turn (%s)"), turn);
}

static char *
say_nobody (const MeirUiStatus *status)
{
  if (status->count == 0)
    return g_strdup (_ ("Nobody found yet"));
  return g_strdup_printf (
      ngettext ("Nobody found yet · asked %u tracker", "Nobody found yet · asked %u trackers", status->count),
      status->count);
}

/* Two numbers, each with a plural of its own. */
static char *
say_unavailable (const MeirUiStatus *status)
{
  g_autofree char *people =
      g_strdup_printf (ngettext ("%u person connected", "%u people connected", status->count), status->count);
  g_autofree char *pieces = g_strdup_printf (
      ngettext ("none has the missing piece", "none has the missing %u pieces", status->total),
      status->total);

  /* Translators: "5 people connected, none has the missing 12 pieces (99 % is the most anyone has)" */
  return g_strdup_printf (_ ("%s, %s (%u %% is the most anyone has)"), people, pieces, status->percent);
}

static char *
say_bad_data (const MeirUiStatus *status)
{
  if (status->text == NULL)
    return g_strdup_printf (ngettext ("%u piece failed the check and is fetched again",
                                      "%u pieces failed the check and are fetched again", status->count),
                            status->count);
  return g_strdup_printf (ngettext ("%u piece from %s failed the check and is fetched again",
                                    "%u pieces from %s failed the check and are fetched again",
                                    status->count),
                          status->count, status->text);
}

static char *
say_disk_full (const MeirUiStatus *status)
{
  g_autofree char *needed = g_format_size (status->bytes);
  g_autofree char *folder = meir_ui_text_dup_isolated (status->text);

  /* Not counted yet; or there is room, and it is refused: a quota. */
  if (status->bytes == 0)
    return g_strdup (_ ("Disk full"));
  return g_strdup_printf (_ ("Disk full: needs %s more in %s"), needed, folder);
}

static char *
say_folder (const MeirUiStatus *status)
{
  g_autofree char *folder = meir_ui_text_dup_isolated (status->text);

  if (status->kind == MEIR_UI_STATUS_READ_ONLY)
    return g_strdup_printf (_ ("The disk of the folder “%s” cannot be written to"), folder);
  if (status->kind == MEIR_UI_STATUS_NO_PERMISSION)
    return g_strdup_printf (_ ("The folder “%s” may not be written to"), folder);
  return g_strdup_printf (_ ("The folder “%s” cannot be reached"), folder);
}

static char *
say_refused (const MeirUiStatus *status)
{
  g_autofree char *text = meir_ui_text_dup_isolated (status->text);

  return with_next_try (g_strdup_printf (_ ("Tracker says “%s”"), text), status->seconds);
}

char *
meir_ui_status_dup_sentence (const MeirUiStatus *status)
{
  guint n = status->count;

  switch (status->kind) {
  case MEIR_UI_STATUS_LOADING:
    return g_strdup (_ ("Looking at what is there"));
  case MEIR_UI_STATUS_METADATA:
    return g_strdup_printf (
        ngettext ("Getting the file list from %u person", "Getting the file list from %u people", n), n);
  case MEIR_UI_STATUS_NOBODY:
    return with_next_try (say_nobody (status), status->seconds);
  case MEIR_UI_STATUS_DOWNLOADING:
    return with_time_left (g_strdup_printf (ngettext ("Downloading from %u of %u person",
                                                      "Downloading from %u of %u people", status->total),
                                            n, status->total),
                           status->seconds);
  case MEIR_UI_STATUS_CHOKED:
    return g_strdup_printf (
        ngettext ("Waiting for a turn from %u person", "Waiting for a turn from %u people", n), n);
  case MEIR_UI_STATUS_UNAVAILABLE:
    return say_unavailable (status);
  case MEIR_UI_STATUS_BAD_DATA:
    return say_bad_data (status);
  case MEIR_UI_STATUS_METERED:
    return g_strdup (_ ("Slowed down on a metered network"));
  case MEIR_UI_STATUS_OFFLINE:
    return g_strdup (_ ("No network"));
  case MEIR_UI_STATUS_TRACKER_REFUSED:
    return say_refused (status);
  case MEIR_UI_STATUS_TRACKER_FAILED:
    return with_next_try (g_strdup (status->text), status->seconds);
  case MEIR_UI_STATUS_QUEUED:
    return say_queued (status);
  case MEIR_UI_STATUS_CHECK_QUEUED:
    return g_strdup (_ ("Waiting to be checked"));
  case MEIR_UI_STATUS_CHECKING:
    return with_time_left (g_strdup_printf (_ ("Checking files on disk · %u %%"), status->percent),
                           status->seconds);
  case MEIR_UI_STATUS_MOVING:
    return with_time_left (g_strdup_printf (_ ("Moving to another folder · %u %%"), status->percent),
                           status->seconds);
  case MEIR_UI_STATUS_SHARING:
    return g_strdup_printf (ngettext ("Sharing with %u person · given away %.1f times its size",
                                      "Sharing with %u people · given away %.1f times its size", n),
                            n, status->ratio);
  case MEIR_UI_STATUS_COMPLETE:
    return g_strdup (_ ("Complete · nobody is asking for it now"));
  case MEIR_UI_STATUS_FINISHED:
    return g_strdup (_ ("All that you chose is here · nobody is asking for it now"));
  case MEIR_UI_STATUS_PAUSED:
    return g_strdup (_ ("Paused"));
  case MEIR_UI_STATUS_STOPPED_BY_RULE:
    return g_strdup_printf (_ ("Stopped by your rule · given away %.1f times its size"), status->ratio);
  case MEIR_UI_STATUS_DISK_FULL:
    return say_disk_full (status);
  case MEIR_UI_STATUS_READ_ONLY:
  case MEIR_UI_STATUS_NO_PERMISSION:
  case MEIR_UI_STATUS_FOLDER_GONE:
    return say_folder (status);
  case MEIR_UI_STATUS_FAILED:
    return g_strdup (status->text);
  case MEIR_UI_N_STATUSES:
    break;
  }
  g_return_val_if_reached (NULL);
}

char *
meir_ui_status_dup_size (const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *total = g_format_size (snapshot->wanted_bytes);
  g_autofree char *here = g_format_size (snapshot->wanted_bytes - snapshot->wanted_left_bytes);
  guint64 per_sec = snapshot->finished ? snapshot->up_per_sec : snapshot->down_per_sec;
  g_autofree char *rate = g_format_size (per_sec);
  g_autoptr (GString) text = g_string_new (NULL);

  if (!snapshot->has_metainfo)
    return g_strdup ("");
  if (snapshot->finished)
    g_string_append (text, total);
  else
    g_string_append_printf (text, _ ("%s of %s"), here, total);
  if (per_sec > 0)
    /* Translators: appended to a size: " · 12.4 MB/s" */
    g_string_append_printf (text, _ (" · %s/s"), rate);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
