/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-rate-meter.h"
#include "disk/meir-journal.h"
#include "discover/meir-announcer.h"
#include "session/meir-candidates.h"
#include "session/meir-engine.h"
#include "session/meir-metadata.h"
#include "session/meir-piece-store.h"
#include "swarm/meir-swarm.h"

#include <glib.h>

G_BEGIN_DECLS

/* Peers served at a time beside the optimistic one. */
#define MEIR_UPLOAD_SLOTS 8u

typedef void (*MeirTorrentStoppedFunc) (MeirTorrent *torrent, gpointer user_data);

typedef struct _MeirTorrentMove MeirTorrentMove;

typedef struct {
  MeirTorrentStoppedFunc func;
  gpointer user_data;
} MeirStopWaiter;

/* A torrent on both threads: the front end's object, and the engine's state behind it. Session-internal. */
struct _MeirTorrent {
  GObject parent_instance;

  /* Immutable after construction */
  MeirEngine *engine;   /* not from the front end: the session may be closed */
  MeirMailbox *mailbox; /* a reference: the front end's way to the engine */
  MeirInfoHash info_hash;
  char *magnet_name; /* (nullable) */
  GPtrArray *extra_tiers;
  MeirAllocation allocation;
  gboolean seed_only;
  gboolean is_preview;                        /* ends with the metainfo: see MeirPreviews */
  guint64 uploaded_before, downloaded_before; /* bytes, in earlier sessions */

  /* Front end thread: what was asked for */
  char *folder;
  MeirRateLimits asked_limits;
  GPtrArray *asked_tiers; /* (nullable) (element-type GStrv): instead of those it came with */

  /* Guarded by lock */
  GMutex lock;
  MeirMetainfo *shared_metainfo; /* (nullable) */
  MeirTorrentSnapshot *snapshot;
  gint64 wanted_until_usec;
  gint64 part_until_usec[MEIR_N_SNAPSHOT_PARTS]; /* of the MeirSnapshotParts, by bit */
  GBytes *shared_priorities;                     /* (nullable): as the front end set them; all normal */
  gboolean shared_play_order;

  /* Engine thread: life */
  MeirTorrentState state;
  gboolean paused;
  gboolean forced;          /* whatever the queue says */
  gboolean must_wait;       /* for a place among those that download */
  gboolean check_waits;     /* to be checked */
  gboolean settling;        /* on its way into the state that fits */
  gboolean stopped_by_rule; /* and not by hand */
  gboolean rule_overridden; /* resumed by hand although it has given enough */
  guint queue_position;
  guint64 progress_bytes; /* when something came in last, */
  gint64 progress_usec;   /* or it began */
  gboolean recheck;
  gboolean stopping;
  gboolean restarting;
  gboolean forgetting; /* the stop ends with deleting what is kept in the state folder */
  char *next_folder;   /* (nullable): where to look once it has come to rest */
  GError *failure;     /* FAILED, DISK_FULL */
  guint64 space_needed_bytes;
  gint64 next_space_check_usec;
  gint64 next_retry_usec;
  gboolean checking_space;
  MeirTorrentMove *move; /* (nullable): asked for, or under way */
  char *old_state_path;  /* (nullable): from where the next load takes what is kept */
  gboolean looking;      /* whether the folder is still there */
  gint64 next_look_usec;
  guint64 serial;
  GArray *stop_waiters;  /* MeirStopWaiter: who asked for the stop */
  gboolean owes_goodbye; /* it rests, and the trackers think it is here */
  gboolean saying_goodbye;
  gboolean goodbye_done;
  guint n_jobs; /* of this torrent's own, not the piece store's */

  gint64 seeding_since_usec; /* 0: it does not seed now */
  gint64 seeded_usec;        /* before that, earlier sessions included */

  /* Engine thread: data */
  char *data_folder;      /* where the files lie */
  char *state_path;       /* without suffix: .torrent and .journal are added */
  MeirMetainfo *metainfo; /* (nullable) until known */
  GArray *made_of;        /* (nullable): as in MeirAddOptions; for the first load */
  MeirStorage *storage;
  MeirJournal *journal;
  MeirSwarm *swarm;
  MeirPieceStore *store;
  gboolean write_failed; /* and is not tried again yet */
  gboolean going_on;     /* it will be, as soon as no write is under way */
  gint check_progress;   /* atomic while CHECKING */
  gint check_cancelled;  /* atomic */
  guint32 check_total;
  GBytes *priorities; /* (nullable): of the files; taken over from the front end */
  gboolean play_order;
  guint64 wanted_bytes;  /* of the pieces that are wanted */
  GBytes *prepared;      /* (nullable): the priorities that files were made for last; NULL: all are made */
  GBytes *preparing_for; /* (nullable): the same of the job under way */
  gboolean preparing;
  gboolean lacks_files; /* the swarm does not know yet of pieces whose files are being made */
  gboolean has_parts;   /* of skipped files, when it was loaded */
  gboolean said_upload_only;
  gboolean choosing; /* nothing begins before the front end has said which files are wanted */
  gint64 check_since_usec;
  MeirBitfield check_pieces;
  MeirBitfield check_recorded; /* of those, what the journal believes in; n_bits 0: nothing */
  MeirBitfield check_vouched;  /* whole without a check; n_bits 0: none */
  MeirBitfield start_have;     /* until the swarm is opened with it */
  GHashTable *start_partial;   /* (nullable) as in MeirJournalResume */

  /* Engine thread: journal */
  GArray *unrecorded_pieces;    /* guint32 */
  GArray *unrecorded_segments;  /* MeirJournalSegment */
  GArray *unrecorded_forgotten; /* guint32 */
  GArray *recording_pieces;     /* borrowed by the job under way, as the next two */
  GArray *recording_segments;
  GArray *recording_forgotten;
  gboolean recording;
  gboolean syncing;
  gboolean journal_closed;
  gboolean journal_troubled; /* what it could not write was told, and is tried again */
  gboolean minds_gone;       /* files of an earlier session that have gone are not fetched again unasked */
  gboolean must_reload;      /* a sync failed: only what the journal still knows counts */
  guint64 unsynced_bytes;
  gint64 unsynced_since_usec; /* 0: nothing unsynced */

  /* Engine thread: swarm */
  MeirMetadata *metadata; /* (nullable): while a magnet's is missing */
  GPtrArray *tiers;       /* (nullable): as asked_tiers */
  MeirCandidates *candidates;
  MeirAnnouncer *announcer;  /* (nullable) */
  GHashTable *tracker_words; /* address shown -> what was last told of it */
  GPtrArray *peers;          /* MeirPeer */
  GPtrArray *slots;          /* MeirPeer by MeirPeerSlot, with holes */
  GPtrArray *dropping;       /* MeirPeer: while effects are performed */
  GPtrArray *dials;          /* MeirTorrentDial */
  guint8 peer_id[MEIR_PEER_ID_LENGTH];
  gboolean dirty;
  gboolean swarming; /* connections are wanted */
  MeirTorrentThrottle throttles[MEIR_N_DIRECTIONS];

  /* Engine thread: counters */
  MeirRateMeter down, up;
  guint64 encrypted_bytes, clear_bytes;
  guint32 n_bad_pieces;
  MeirBitfield bad_pieces; /* failed the check and are not here yet; n_bits 0: no swarm */
  char *bad_peer;          /* (nullable): address last convicted */
  guint32 n_unavailable;   /* as it was counted last */
  guint n_peers_counted;   /* who was there then */
  gint64 next_count_usec;  /* when it is counted again */
};

/* meir-torrent.c. Engine thread unless said otherwise. */
MeirTorrent *meir_torrent_new (MeirEngine *engine, const MeirAddOptions *options); /* front end thread */
/* Runs a command of the front end on the engine thread, with a reference to the torrent. Front end thread. */
void meir_torrent_post (MeirTorrent *torrent, MeirMailFunc func);
/* Where the state of a torrent whose files lie in @folder is kept, without suffix. (transfer full) */
char *meir_torrent_dup_state_path (MeirEngine *engine, const MeirInfoHash *info_hash, const char *folder);
void meir_torrent_set_state (MeirTorrent *torrent, MeirTorrentState state);
/* @reason: (nullable): a sentence that goes with the event */
void meir_torrent_set_state_because (MeirTorrent *torrent, MeirTorrentState state, const char *reason);
void meir_torrent_share_metainfo (MeirTorrent *torrent);

/* meir-torrent-snapshot.c */
void meir_torrent_publish (MeirTorrent *torrent);
/* Whether somebody asked for snapshots of late. */
gboolean meir_torrent_is_watched (MeirTorrent *torrent, gint64 now_usec);

/* meir-torrent-life.c: from loading to stopping */
void meir_torrent_begin (MeirTorrent *torrent);
void meir_torrent_want_metadata (MeirTorrent *torrent); /* loaded, and it is a magnet link still */
void meir_torrent_loaded (MeirTorrent *torrent);        /* loaded and checked */
void meir_torrent_prepared (MeirTorrent *torrent);      /* and the files are made */
void meir_torrent_metadata_found (MeirTorrent *torrent, GBytes *info);
void meir_torrent_set_paused (MeirTorrent *torrent, gboolean paused);
/* Back to the files: the swarm is taken down, and what is on disk is looked at anew; all of it with @recheck.
 */
void meir_torrent_restart (MeirTorrent *torrent, gboolean recheck);
void meir_torrent_fail (MeirTorrent *torrent, const GError *error);
/* Takes the state that fits: paused, queued, downloading or seeding; others may have to wait for it. */
void meir_torrent_settle (MeirTorrent *torrent);
/* The same when the queue has decided already. */
void meir_torrent_take_state (MeirTorrent *torrent);
/* Whether it is paused, with nobody connected and nothing to sync: a second that passes means nothing to it.
 */
gboolean meir_torrent_is_resting (MeirTorrent *torrent);
/* Whether all that is wanted is here. */
gboolean meir_torrent_is_finished (MeirTorrent *torrent);
/* Pauses a torrent that has given enough. */
void meir_torrent_apply_stop_rule (MeirTorrent *torrent, gint64 now_usec);
/* @func runs once, when everything is synced and closed; who asks while it is stopping is told too. */
void meir_torrent_stop (MeirTorrent *torrent, MeirTorrentStoppedFunc func, gpointer user_data);
/* The same, for good: what was kept of it in the state folder is deleted; its data stays. */
void meir_torrent_remove (MeirTorrent *torrent, MeirTorrentStoppedFunc func, gpointer user_data);
/* Something that a stop or a restart waits for is over: goes on with it if that was the last. */
void meir_torrent_quiet (MeirTorrent *torrent);
/* Whether results of jobs still matter, or only that they are over. */
gboolean meir_torrent_is_ending (MeirTorrent *torrent);
/* Jobs that a stop or a restart has to wait for. */
void meir_torrent_submit (MeirTorrent *torrent, MeirDiskJob *job);
void meir_torrent_job_over (MeirTorrent *torrent, MeirDiskJob *job);

/* meir-torrent-load.c: what is on disk */
void meir_torrent_load (MeirTorrent *torrent);
void meir_torrent_check (MeirTorrent *torrent);

/* meir-torrent-folder.c */
void meir_torrent_folder_tick (MeirTorrent *torrent, gint64 now_usec);
/* The files lie in @folder from the next load on; what is kept about them comes along. */
void meir_torrent_take_folder (MeirTorrent *torrent, const char *folder);
/* Tells the front end where the files lie. */
void meir_torrent_tell_folder (MeirTorrent *torrent);
/* Gives what is kept another name. Worker. */
gboolean meir_torrent_move_state_files (const char *from, const char *to, GError **error);

/* meir-torrent-move.c */
void meir_torrent_begin_move (MeirTorrent *torrent);
/* One that has not begun yet is called off. */
void meir_torrent_drop_move (MeirTorrent *torrent);
/* One that waits for its turn on the disk no longer does, and is answered as cancelled; another goes on. */
void meir_torrent_recall_move (MeirTorrent *torrent);
/* 0 to 1; @left_sec is set where it can be told. */
double meir_torrent_get_move_progress (MeirTorrent *torrent, gint64 now_usec, gint64 *left_sec);

/* meir-torrent-queue.c */
void meir_torrent_queue_tick (MeirTorrent *torrent, gint64 now_usec);
/* Whether it may be checked now; if not, meir_torrent_check () is called again in its turn. */
gboolean meir_torrent_begin_check (MeirTorrent *torrent);
/* One of them is over: the next of those that wait begins. */
void meir_engine_end_check (MeirEngine *engine);
/* Deletes the .torrent and the journal, which is closed; meir_torrent_quiet () runs when it is done. */
void meir_torrent_forget_files (MeirTorrent *torrent);

/* meir-torrent-data.c: swarm decisions performed, disk verdicts fed back */
void meir_torrent_open_swarm (MeirTorrent *torrent);
void meir_torrent_close_swarm (MeirTorrent *torrent);
void meir_torrent_forget_start (MeirTorrent *torrent);
void meir_torrent_perform (MeirTorrent *torrent);
/* No new blocks are asked for while a write waits for room or repair, or the disk is stuck. */
void meir_torrent_update_asking (MeirTorrent *torrent);
void meir_torrent_data_tick (MeirTorrent *torrent, gint64 now_usec);
/* Goes on after a failure: writes again what could not be written, or begins anew where that is not enough.
 */
void meir_torrent_try_again (MeirTorrent *torrent);
void meir_torrent_piece_unreadable (MeirTorrent *torrent, guint32 piece, const GError *error);
void meir_torrent_lose_piece (MeirTorrent *torrent, guint32 piece);

/* meir-torrent-files.c: which files are wanted */
/* Any thread: whether every byte is a priority, and there are as many as files; with a NULL @metainfo the
 * number is not looked at. */
gboolean meir_torrent_priorities_fit (GBytes *priorities, MeirMetainfo *metainfo);
/* What the front end said last counts from now on. */
void meir_torrent_take_files (MeirTorrent *torrent);
/* Tells a swarm that has just been opened. */
void meir_torrent_tell_files (MeirTorrent *torrent);
/* Something has changed: tells the swarm, makes files, takes the state that fits. */
void meir_torrent_follow_files (MeirTorrent *torrent);
/* Makes the files that are wanted; without a swarm meir_torrent_prepared () follows. */
void meir_torrent_prepare (MeirTorrent *torrent);
/* Peers learn whether anything is wanted of them, when that has changed. */
void meir_torrent_tell_finished (MeirTorrent *torrent);

/* meir-torrent-journal.c */
void meir_torrent_journal_tick (MeirTorrent *torrent, gint64 now_usec);
void meir_torrent_note_piece (MeirTorrent *torrent, guint32 piece);
void meir_torrent_note_segment (MeirTorrent *torrent, guint32 piece, guint32 begin, guint32 length);
void meir_torrent_note_forgotten (MeirTorrent *torrent, guint32 piece);
/* Clean stop: sync, fold; meir_torrent_check_stopped () runs when it is through, well or not. */
void meir_torrent_journal_close (MeirTorrent *torrent);

/* meir-torrent-peers.c: who is connected */
/* (transfer full) (element-type GStrv): without doubled addresses. @given (nullable): instead of those of
 * @metainfo (nullable) and @extra (nullable). Any thread. */
GPtrArray *meir_torrent_gather_tiers (GPtrArray *given, MeirMetainfo *metainfo, GPtrArray *extra);
void meir_torrent_start_swarming (MeirTorrent *torrent);
/* Closes every connection and dial, and tells the trackers. */
void meir_torrent_stop_swarming (MeirTorrent *torrent);
/* The same for a while, as for a restart: the trackers hear nothing of it. */
void meir_torrent_rest_swarming (MeirTorrent *torrent);
void meir_torrent_peers_tick (MeirTorrent *torrent, gint64 now_usec);
void meir_torrent_dial_more (MeirTorrent *torrent, gint64 now_usec);
void meir_torrent_greeted (MeirTorrent *torrent, MeirGreeting *greeting, const MeirEndpoint *dialled);
gboolean meir_torrent_accepts (MeirTorrent *torrent, gboolean encrypted);
void meir_torrent_fill_handshake (MeirTorrent *torrent, MeirHandshake *handshake);

G_END_DECLS
