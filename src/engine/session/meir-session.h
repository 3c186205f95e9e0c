/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"
#include "disk/meir-storage.h"
#include "meta/meir-magnet.h"
#include "net/meir-greeting.h"
#include "session/meir-torrent.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirSessionConfig:
 * @bind_address: (nullable): numeric address to listen on and dial from; NULL for all
 * @port: to listen on; 0 for any free one
 * @tls: between peers
 * @state_folder: (nullable): where torrents and journals are kept; NULL for meirtorrent in the user's state
 * folder
 * @tracker_pins: (nullable): "sha256:HEX" fingerprints of tracker keys that are trusted without a certificate
 *   authority
 * @max_peers: connections of all torrents together; 0 for the default
 * @workers: threads that hash and write; 0 for one a core
 *
 * What a session starts with. Strings are copied.
 */
typedef struct {
  const char *bind_address;
  guint16 port;
  MeirTlsPolicy tls;
  const char *state_folder;
  const char *const *tracker_pins;
  guint max_peers;
  guint workers;
} MeirSessionConfig;

/**
 * MeirAddOptions:
 * @metainfo: (nullable): of a .torrent
 * @magnet: (nullable): instead of @metainfo
 * @folder: where its file or folder lies or shall lie; made if it is not there
 * @folder_was_there: it was in an earlier session: one that is gone is not made anew, for its disk may come
 * back; the torrent is FAILED with MEIR_ERROR_NOT_FOUND until it is resumed, or meir_torrent_set_folder ().
 * Files that have gone out of it are not fetched again unasked: FAILED with MEIR_ERROR_INCOMPLETE, until it
 * is resumed or checked again, or meir_torrent_set_folder ()
 * @trackers: (nullable) (element-type GStrv): more tiers
 * @peers: (nullable): @n_peers endpoints to try at once
 * @seed_only: insists that all of it is there: fails with MEIR_ERROR_INCOMPLETE otherwise
 * @recheck: hashes everything, whatever the journal says
 * @made_of: (nullable): the files of the MeirCreateSummary that came with @metainfo: what they hold is not
 *   hashed once more as long as they are as they were
 * @paused: does not start
 * @file_priorities: (nullable): a MeirPriority byte per file, as of meir_torrent_set_file_priorities ()
 * @choose_files: a magnet link waits with its metadata, in state METADATA, until
 * meir_torrent_set_file_priorities () has said what is wanted of it
 * @play_order: in the order of the files, as of meir_torrent_set_play_order ()
 * @start_now: does not wait in the queue, as meir_torrent_start_now ()
 * @limits: as meir_torrent_set_limits ()
 * @uploaded_before: payload bytes of earlier sessions; as the next three, from the last snapshot then
 * @rule_overridden: the stop rule does not stop it
 */
typedef struct {
  MeirMetainfo *metainfo;
  const MeirMagnet *magnet;
  const char *folder;
  gboolean folder_was_there;
  GPtrArray *trackers;
  const MeirEndpoint *peers;
  guint n_peers;
  MeirAllocation allocation;
  gboolean seed_only;
  gboolean recheck;
  GArray *made_of;
  gboolean paused;
  GBytes *file_priorities;
  gboolean choose_files;
  gboolean play_order;
  gboolean start_now;
  MeirRateLimits limits;
  guint64 uploaded_before;
  guint64 downloaded_before;
  guint64 seeded_before_sec;
  gboolean rule_overridden;
} MeirAddOptions;

/**
 * MeirStopRule:
 * @ratio: bytes uploaded, earlier sessions included, to bytes wanted; 0: no such rule
 * @minutes: spent seeding, earlier sessions included; 0: no such rule
 *
 * When a finished torrent has given enough: either one pauses it.
 */
typedef struct {
  double ratio;
  guint minutes;
} MeirStopRule;

/**
 * MeirEventKind:
 * @MEIR_EVENT_STATE: the state changed; the snapshot is already the new one. Text says why where nobody asked
 * for it: by the stop rule
 * @MEIR_EVENT_METADATA: the metainfo of a magnet is here
 * @MEIR_EVENT_COMPLETE: the last piece was verified (not sent when it was complete from the start)
 * @MEIR_EVENT_PEER: a peer came or went: text says who and why
 * @MEIR_EVENT_BAD_PIECE: a piece failed the check: piece; who is to blame follows in a warning, once it is
 * known
 * @MEIR_EVENT_TRACKER: a tracker answered or failed: text
 * @MEIR_EVENT_WARNING: something the user should know: text
 */
typedef enum {
  MEIR_EVENT_STATE,
  MEIR_EVENT_METADATA,
  MEIR_EVENT_COMPLETE,
  MEIR_EVENT_PEER,
  MEIR_EVENT_BAD_PIECE,
  MEIR_EVENT_TRACKER,
  MEIR_EVENT_WARNING,
} MeirEventKind;

/* (transfer none) to the receiver; texts are safe to show. A front end that does not run its main context for
 * long misses older PEER, BAD_PIECE and TRACKER events, and STATE events before the last of a torrent. */
typedef struct {
  MeirEventKind kind;
  MeirTorrent *torrent;
  const char *text; /* (nullable) */
  guint32 piece;
} MeirEvent;

/**
 * MeirSession:
 *
 * An engine on a thread of its own, and the list of its torrents (a GListModel of MeirTorrent). All functions
 * belong to the thread that made it; callbacks and signals run in that thread's main context.
 *
 * :port (uint): as meir_session_get_port (); notified too when another one could not be had.
 *
 * ::event (MeirSession *, const MeirEvent *): something happened, in order.
 */
#define MEIR_TYPE_SESSION (meir_session_get_type ())
G_DECLARE_FINAL_TYPE (MeirSession, meir_session, MEIR, SESSION, GObject)

/**
 * meir_session_new:
 *
 * Starts the engine; returns when it listens.
 *
 * Returns: (transfer full) (nullable): NULL with MEIR_ERROR_BUSY (port taken), _PERMISSION, _INVALID
 * (address, pin), _IO (state folder).
 */
MeirSession *meir_session_new (const MeirSessionConfig *config, GError **error);
/* Where it listens now. */
guint16 meir_session_get_port (MeirSession *session);
/**
 * meir_session_set_port:
 * @port: 0 for any that is free
 *
 * Listens on another port instead, in a moment: :port tells when. Connections stay, and trackers hear of it
 * with the next announce. Where it cannot be had the old one stays, and meir_session_get_port_error () says
 * why.
 */
void meir_session_set_port (MeirSession *session, guint16 port);
/* (transfer none) (nullable): why the port that was asked for last could not be had: as meir_session_new ().
 */
const GError *meir_session_get_port_error (MeirSession *session);

/**
 * meir_session_add:
 *
 * Adds a torrent; what follows shows in its snapshots and events.
 *
 * Returns: (transfer none) (nullable): NULL with MEIR_ERROR_EXISTS when the session has it already, _BUSY
 * when it is closing, _NOT_FOUND, _PERMISSION or _INVALID for the folder, _INVALID for priorities that are
 * none, or not as many as the metainfo has files.
 */
MeirTorrent *meir_session_add (MeirSession *session, const MeirAddOptions *options, GError **error);

/**
 * meir_session_preview_async:
 * @magnet: copied
 * @cancellable: (nullable): cancelled on the thread of the session
 *
 * Gets the metainfo of a magnet link from its swarm (BEP 9), and nothing else: it is not in the list, has no
 * events, takes no folder, and writes nothing. Goes on until somebody has it, or it is cancelled. Whoever
 * decides before that adds the link itself.
 */
void meir_session_preview_async (MeirSession *session, const MeirMagnet *magnet, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (nullable): with the trackers of the link. NULL with MEIR_ERROR_INVALID (what the swarm has
 * cannot be used), _BUSY (closing), or G_IO_ERROR_CANCELLED. */
MeirMetainfo *meir_session_preview_finish (MeirSession *session, GAsyncResult *result, GError **error);

/* Stops a torrent and forgets it: what the state folder has of it is deleted; its data stays. Completes when
 * its files are synced and closed. */
void meir_session_remove_async (MeirSession *session, MeirTorrent *torrent, GAsyncReadyCallback callback,
                                gpointer user_data);
/* FALSE with MEIR_ERROR_NOT_FOUND: it is not in the session; _TIMED_OUT: the disk did not answer before the
 * session was closed. */
gboolean meir_session_remove_finish (MeirSession *session, GAsyncResult *result, GError **error);

/* What all connections may carry together, each way. */
void meir_session_set_limits (MeirSession *session, const MeirRateLimits *limits);
/* Who is resumed by hand after the rule has paused it goes on, whatever the rule says. */
void meir_session_set_stop_rule (MeirSession *session, const MeirStopRule *rule);
/* How many torrents download at once; 0: any number. The others wait, QUEUED, in the order of the list. A
 * finished or paused torrent does not count, nor does one that gets nothing for a minute. */
void meir_session_set_max_downloads (MeirSession *session, guint max_downloads);
/* Connections of all torrents together; 0 for the default. Those above a lower number are closed. */
void meir_session_set_max_peers (MeirSession *session, guint max_peers);
/* Connections that the new policy would not have are closed. */
void meir_session_set_tls_policy (MeirSession *session, MeirTlsPolicy tls);
/* Puts a torrent at @position of the list, which is the order of the queue; the end, if that is further. */
void meir_session_move_in_queue (MeirSession *session, MeirTorrent *torrent, guint position);
/* Moves all of @torrents (element-type MeirTorrent) one place up, or down: who is at that end stays, and so
 * do those of them that stand behind it without a gap. */
void meir_session_step_in_queue (MeirSession *session, GPtrArray *torrents, gboolean up);
/* (transfer full) (nullable) */
MeirTorrent *meir_session_find (MeirSession *session, const MeirInfoHash *info_hash);

/**
 * meir_session_close_async:
 *
 * Says goodbye to trackers (best effort, 1 s), syncs, stops the engine's thread. Every session is closed
 * before its last reference goes. A disk that hangs is waited for MEIR_CLOSE_SEC: then
 * meir_session_close_finish () says FALSE with MEIR_ERROR_TIMED_OUT, and what the disk still holds is left
 * behind for the process to end with.
 */
void meir_session_close_async (MeirSession *session, GAsyncReadyCallback callback, gpointer user_data);
gboolean meir_session_close_finish (MeirSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
