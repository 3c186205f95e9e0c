/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/* What the list says of a torrent: one kind of status, its numbers, one sentence, at most one button. */

typedef enum {
  MEIR_UI_STATUS_LOADING,
  MEIR_UI_STATUS_METADATA,        /* count people send the file list */
  MEIR_UI_STATUS_NOBODY,          /* count trackers were asked; seconds until the next try */
  MEIR_UI_STATUS_DOWNLOADING,     /* from count of total people; seconds left */
  MEIR_UI_STATUS_CHOKED,          /* count people let us wait */
  MEIR_UI_STATUS_UNAVAILABLE,     /* of count people none has total pieces; percent is the most anyone has */
  MEIR_UI_STATUS_BAD_DATA,        /* count pieces from text */
  MEIR_UI_STATUS_METERED,         /* slowed down */
  MEIR_UI_STATUS_OFFLINE,         /* no network at all */
  MEIR_UI_STATUS_TRACKER_REFUSED, /* text is what it says; seconds until it is asked again */
  MEIR_UI_STATUS_TRACKER_FAILED,  /* text is the sentence about it; seconds likewise */
  MEIR_UI_STATUS_QUEUED,          /* count: its turn */
  MEIR_UI_STATUS_CHECK_QUEUED,    /* waits to be checked */
  MEIR_UI_STATUS_CHECKING,        /* percent; seconds left */
  MEIR_UI_STATUS_MOVING,          /* percent; seconds left */
  MEIR_UI_STATUS_SHARING,         /* with count people; ratio */
  MEIR_UI_STATUS_COMPLETE,        /* and nobody asks for it */
  MEIR_UI_STATUS_FINISHED,        /* what was chosen is here, and nobody asks for it */
  MEIR_UI_STATUS_PAUSED,
  MEIR_UI_STATUS_STOPPED_BY_RULE, /* ratio */
  MEIR_UI_STATUS_DISK_FULL,       /* bytes are missing in text, its folder */
  MEIR_UI_STATUS_READ_ONLY,       /* text: its folder, as in the next two */
  MEIR_UI_STATUS_NO_PERMISSION,
  MEIR_UI_STATUS_FOLDER_GONE,
  MEIR_UI_STATUS_FAILED, /* text says why */
  MEIR_UI_N_STATUSES,
} MeirUiStatusKind;

/* What the button of a row does; which action that is, and what it is called, is in one table here too. */
typedef enum {
  MEIR_UI_BUTTON_NONE,
  MEIR_UI_BUTTON_PAUSE,
  MEIR_UI_BUTTON_RESUME,
  MEIR_UI_BUTTON_TRY_AGAIN,
  MEIR_UI_BUTTON_ASK_NOW,
  MEIR_UI_BUTTON_DETAILS,
  MEIR_UI_BUTTON_FREE_UP,
  MEIR_UI_BUTTON_CHANGE_FOLDER,
  MEIR_UI_BUTTON_CHOOSE_AGAIN,
  MEIR_UI_BUTTON_START_NOW,
  MEIR_UI_BUTTON_USE_ANYWAY,
  MEIR_UI_BUTTON_CANCEL_MOVE,
  MEIR_UI_N_BUTTONS,
} MeirUiButton;

/* Where a torrent belongs among the chips above the list. */
typedef enum {
  MEIR_UI_GROUP_OTHER, /* rests, or waits */
  MEIR_UI_GROUP_DOWNLOADING,
  MEIR_UI_GROUP_SHARING,
  MEIR_UI_GROUP_ATTENTION,
} MeirUiGroup;

/**
 * MeirUiEnvironment:
 * @offline: there is no network
 * @slowed: the network is metered, and the user wants to go easy on it
 * @folder: what the folder of the torrent is called, safe to show; NULL in what is shared by all torrents
 *
 * What a status depends on beside the torrent.
 */
typedef struct {
  gboolean offline;
  gboolean slowed;
  const char *folder;
} MeirUiEnvironment;

/* The texts belong to the snapshot and the environment it was read from. */
typedef struct {
  MeirUiStatusKind kind;
  guint count, total;
  gint64 seconds; /* -1 when unknown */
  guint percent;
  guint64 bytes;
  double ratio;
  const char *text;  /* (nullable) */
  gboolean finished; /* all that is wanted is here */
} MeirUiStatus;

/* Reads the status off a snapshot. Pure. */
void meir_ui_status_read (MeirUiStatus *status, const MeirTorrentSnapshot *snapshot,
                          const MeirUiEnvironment *environment);
/* The sentence, translated. (transfer full) */
char *meir_ui_status_dup_sentence (const MeirUiStatus *status);
MeirUiButton meir_ui_status_get_button (const MeirUiStatus *status);
MeirUiGroup meir_ui_status_get_group (const MeirUiStatus *status);

/* "1.9 of 3.9 GB · 12.4 MB/s": how much of it is here, and how fast it moves. (transfer full) */
char *meir_ui_status_dup_size (const MeirTorrentSnapshot *snapshot);
/* What was given away, in all its runs, as a multiple of what is wanted: the measure of the stop rule. 0
 * while nothing is known to be wanted. */
double meir_ui_status_get_ratio (const MeirTorrentSnapshot *snapshot);
/* "4 minutes", (transfer full) */
char *meir_ui_status_dup_duration (gint64 seconds);

/* What the button says, translated; "" for none. (transfer none) */
const char *meir_ui_button_get_label (MeirUiButton button);
/* (transfer none) (nullable): NULL for one that shows its label */
const char *meir_ui_button_get_icon (MeirUiButton button);
/* The action of the window, or the application, that it stands for, as g_action_parse_detailed_name () takes
 * it. (transfer none) (nullable) */
const char *meir_ui_button_get_action (MeirUiButton button);

G_END_DECLS
