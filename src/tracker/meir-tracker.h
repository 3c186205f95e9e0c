/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/meir-digest.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The one header of the in-process tracker. Everything here may be called from any thread. */

/* Value of a port in MeirTrackerConfig: this front end is off. */
#define MEIR_TRACKER_PORT_OFF (-1)
/* Value of MeirTrackerConfig.udp_port: the same number as the HTTP port; any free one where HTTP is off. */
#define MEIR_TRACKER_PORT_SAME (-2)

/**
 * MeirTrackerHttps:
 * @MEIR_TRACKER_HTTPS_OFF: the HTTP port speaks plain HTTP (the default)
 * @MEIR_TRACKER_HTTPS_AUTO: the HTTP port speaks HTTPS only, with a self-signed key made at the first start
 * and kept in the state folder
 * @MEIR_TRACKER_HTTPS_FILES: the HTTP port speaks HTTPS only, with a certificate and key of the user's
 */
typedef enum {
  MEIR_TRACKER_HTTPS_OFF,
  MEIR_TRACKER_HTTPS_AUTO,
  MEIR_TRACKER_HTTPS_FILES,
} MeirTrackerHttps;

/**
 * MeirTrackerAudience:
 * @MEIR_TRACKER_ANYONE: whoever reaches this computer (the default)
 * @MEIR_TRACKER_NEIGHBOURS: this computer, and those on its own network: private addresses, and the subnets
 *   of its interfaces. Others find a closed door: nothing that they send is read.
 */
typedef enum {
  MEIR_TRACKER_ANYONE,
  MEIR_TRACKER_NEIGHBOURS,
} MeirTrackerAudience;

/**
 * MeirTrackerConfig:
 * @bind_address: (nullable): numeric IPv4 or IPv6 address to listen on; NULL: every address of both families
 * @http_port: TCP port; 0: any free one; %MEIR_TRACKER_PORT_OFF
 * @udp_port: UDP port (BEP 15); 0: any free one; %MEIR_TRACKER_PORT_OFF; %MEIR_TRACKER_PORT_SAME (the
 * default)
 * @https: what the HTTP port speaks
 * @state_folder: (nullable): folder that keeps tracker-key.pem and tracker-cert.pem; needed for
 *   %MEIR_TRACKER_HTTPS_AUTO, made when missing
 * @names: (nullable) (array zero-terminated=1): host names and addresses, besides those of this computer,
 * that a self-signed certificate is made for
 * @certificate_file: (nullable): PEM certificate (chain), for %MEIR_TRACKER_HTTPS_FILES
 * @key_file: (nullable): PEM private key without a password, mode 0600 or narrower, for
 * %MEIR_TRACKER_HTTPS_FILES
 * @allowed: (nullable): the only info-hashes that are tracked; NULL: any
 * @n_allowed: how many; 0 with a non-NULL @allowed tracks nothing until meir_tracker_allow ()
 * @audience: who is answered
 * @interval_sec: what peers are told to wait between announces, 60 .. 86400; a peer is forgotten after twice
 * that
 * @min_interval_sec: what peers are told to wait at least, 1 .. @interval_sec
 * @max_torrents: most torrents kept; above that the quietest one gives way
 * @max_peers_per_torrent: most peers kept of one torrent, of each address family
 * @max_memory_bytes: most memory that torrents and peers take, 1 MiB at least; above that the quietest
 * torrent gives way
 * @max_connections: most TCP connections at once; above that the longest idle one is closed
 *
 * How a tracker is to run. Set the defaults with meir_tracker_config_init (), then change fields;
 * meir_tracker_new () copies what it needs.
 */
typedef struct {
  const char *bind_address;
  int http_port;
  int udp_port;
  MeirTrackerHttps https;
  const char *state_folder;
  const char *const *names;
  const char *certificate_file;
  const char *key_file;
  const MeirInfoHash *allowed;
  gsize n_allowed;
  MeirTrackerAudience audience;
  guint interval_sec;
  guint min_interval_sec;
  guint max_torrents;
  guint max_peers_per_torrent;
  guint64 max_memory_bytes;
  guint max_connections;
} MeirTrackerConfig;

/* Fills in the defaults: all addresses, port 6969 for HTTP and UDP, no HTTPS, any torrent, anyone. */
void meir_tracker_config_init (MeirTrackerConfig *config);

/**
 * MeirTrackerCounters:
 * @torrents: torrents known now
 * @peers: peers known now, seeds included
 * @seeds: peers of which nothing is left to download
 * @memory_bytes: what torrents and peers take now
 * @announces_http: good announces over plain HTTP since the start
 * @announces_https: good announces over HTTPS
 * @announces_udp: good announces over UDP
 * @scrapes: scrape requests answered, by any way
 * @errors: requests refused or not understood
 * @bytes_in: payload bytes received
 * @bytes_out: payload bytes sent
 * @connections: TCP connections open now
 * @uptime_usec: since meir_tracker_new ()
 *
 * A snapshot; each figure is exact at a moment within the last milliseconds, not all at the same one.
 */
typedef struct {
  guint64 torrents;
  guint64 peers;
  guint64 seeds;
  guint64 memory_bytes;
  guint64 announces_http;
  guint64 announces_https;
  guint64 announces_udp;
  guint64 scrapes;
  guint64 errors;
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 connections;
  gint64 uptime_usec;
} MeirTrackerCounters;

/* Most torrents that meir_tracker_ref_torrents () tells of. */
#define MEIR_TRACKER_LIST_MAX 200u

/**
 * MeirTrackerListed:
 * @seeds: its peers of which nothing is left to download
 * @leechers: the others
 * @downloaded: completions counted since it is known
 *
 * One torrent that is tracked now.
 */
typedef struct {
  MeirInfoHash info_hash;
  guint32 seeds;
  guint32 leechers;
  guint32 downloaded;
} MeirTrackerListed;

/**
 * MeirTracker:
 *
 * A BitTorrent tracker inside this process: announces and scrapes over HTTP or HTTPS (BEP 3, 7, 23, 24, 48)
 * and UDP (BEP 15), on a thread of its own. Torrents and peers live in memory only. Nothing listens before
 * meir_tracker_new ().
 */
typedef struct _MeirTracker MeirTracker;

/**
 * meir_tracker_new:
 * @config: how it is to run; not kept
 * @error: (nullable): return location
 *
 * Binds the ports, reads or makes the certificate, and starts the thread. When it returns the tracker
 * answers.
 *
 * Returns: (transfer full) (nullable): the tracker, or NULL with MEIR_ERROR_BUSY (a port is taken),
 * _PERMISSION (a port below 1024, a key or folder that may not be read), _INVALID (an option, address,
 * certificate or key that cannot be used; a key file that others may read), _NOT_FOUND (a file), _IO or
 * _FAILED. The message is one sentence for the user.
 */
MeirTracker *meir_tracker_new (const MeirTrackerConfig *config, GError **error);

/* Stops answering, closes every socket and joins the thread, within 1 s. Harmless when already stopped. The
 * counters and the fingerprint can still be asked for. Not from two threads at once. */
void meir_tracker_stop (MeirTracker *tracker);
/* Stops and frees. */
void meir_tracker_free (MeirTracker *tracker);

/* The bound ports, 0 for a front end that is off. */
guint16 meir_tracker_get_http_port (MeirTracker *tracker);
guint16 meir_tracker_get_udp_port (MeirTracker *tracker);
/* Whether the HTTP port speaks HTTPS. */
gboolean meir_tracker_is_https (MeirTracker *tracker);

/**
 * meir_tracker_dup_announce_urls:
 * @host: name or numeric address under which others reach this computer; an IPv6 address without brackets
 *
 * Returns: (transfer full) (array zero-terminated=1): "https://host:port/announce" or "http://…" where TCP is
 * on, then "udp://host:port/announce" where UDP is on; free with g_strfreev ()
 */
char **meir_tracker_dup_announce_urls (MeirTracker *tracker, const char *host);

/**
 * meir_tracker_dup_fingerprint:
 *
 * Returns: (transfer full) (nullable): "sha256:" and 64 lower-case hex digits: SHA-256 of the certificate's
 *   SubjectPublicKeyInfo in DER (RFC 5280 4.1; the pin of RFC 7469, in hex), so that a renewed certificate of
 * the same key keeps its fingerprint. NULL without HTTPS.
 */
char *meir_tracker_dup_fingerprint (MeirTracker *tracker);

/* Fills in @counters. */
void meir_tracker_get_counters (MeirTracker *tracker, MeirTrackerCounters *counters);

/**
 * meir_tracker_ref_torrents:
 *
 * The torrents with the most peers, those first, as they were when the tracker last looked: at most
 * %MEIR_TRACKER_LIST_MAX, and not more than 65,536 are looked at. Asking makes it look again, within a second
 * or so; who stops asking costs it nothing.
 *
 * Returns: (transfer full) (element-type MeirTrackerListed): not to be changed; empty at the first time
 */
GArray *meir_tracker_ref_torrents (MeirTracker *tracker);

/* Who is answered from now on. Connections of those who no longer are end within milliseconds; peers that are
 * known are forgotten in their time. */
void meir_tracker_set_audience (MeirTracker *tracker, MeirTrackerAudience audience);

/**
 * meir_tracker_set_allowed:
 * @allowed: (nullable) (array length=n_allowed): the info-hashes to track from now on, NULL for any
 *
 * Replaces the list. Torrents that are known but no longer on it are forgotten, within milliseconds.
 */
void meir_tracker_set_allowed (MeirTracker *tracker, const MeirInfoHash *allowed, gsize n_allowed);
/* Adds one info-hash to the list; no effect while any torrent is allowed. */
void meir_tracker_allow (MeirTracker *tracker, const MeirInfoHash *info_hash);
/* Takes one info-hash off the list and forgets the torrent; no effect while any torrent is allowed. */
void meir_tracker_disallow (MeirTracker *tracker, const MeirInfoHash *info_hash);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirTracker, meir_tracker_free)

G_END_DECLS
