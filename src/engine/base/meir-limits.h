/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every protocol limit of the engine, in one place: value, unit, and the BEP or reason it stands on. */

/* BEP 3: the unit in which data is requested, bytes. */
#define MEIR_BLOCK_LENGTH 16384u
/* Blocks of one segment; a segment is the unit of buffering, hashing and writing. */
#define MEIR_SEGMENT_BLOCKS 16u
/* Bytes of one segment (256 KiB): sits in an L2 cache, one vectored write. */
#define MEIR_SEGMENT_LENGTH (MEIR_BLOCK_LENGTH * MEIR_SEGMENT_BLOCKS)

/* Piece lengths we create, bytes; powers of two. */
#define MEIR_PIECE_LENGTH_MIN (16u << 10)
#define MEIR_PIECE_LENGTH_MAX (64u << 20)
/* Largest piece length accepted from a foreign .torrent, bytes. */
#define MEIR_PIECE_LENGTH_ACCEPT_MAX (256u << 20)
/* Most pieces of a torrent (a .torrent of 10 M pieces is 200 MB of hashes). */
#define MEIR_PIECES_MAX 10000000u
/* Most files of a torrent. */
#define MEIR_FILES_MAX 1000000u
/* Largest total length of a torrent, bytes (8 EiB is the file offset limit; this leaves room for sums). */
#define MEIR_TOTAL_LENGTH_MAX (G_GINT64_CONSTANT (1) << 60)
/* Largest .torrent file read, bytes. */
#define MEIR_METAINFO_FILE_MAX (256u << 20)
/* Largest info dictionary taken from the swarm, bytes (BEP 9). */
#define MEIR_METADATA_MAX (32u << 20)
/* Metadata block, bytes (BEP 9). */
#define MEIR_METADATA_BLOCK_LENGTH 16384u
/* Longest path component on Linux file systems, bytes. */
#define MEIR_NAME_MAX 255u
/* Deepest folder nesting accepted in a torrent. */
#define MEIR_PATH_DEPTH_MAX 64u

/* Bencode: deepest nesting of a metainfo file, and of a message from a peer or tracker. */
#define MEIR_BENCODE_DEPTH_FILE 64u
#define MEIR_BENCODE_DEPTH_WIRE 32u

/* Handshake length, bytes (BEP 3). */
#define MEIR_HANDSHAKE_LENGTH 68u
/* Largest block a peer may ask of us, bytes (common practice; BEP 3 speaks of 2^14 and 2^15). */
#define MEIR_REQUEST_LENGTH_MAX (128u << 10)
/* Largest extension handshake, bytes (BEP 10). */
#define MEIR_EXTENSION_HANDSHAKE_MAX (64u << 10)
/* Largest message of any other extension, bytes. */
#define MEIR_EXTENSION_MESSAGE_MAX (128u << 10)
/* Largest bitfield kept before the metadata is known (magnet), bytes. */
#define MEIR_EARLY_BITFIELD_MAX (256u << 10)
/* Outstanding requests we accept of one peer; advertised as reqq (BEP 10). */
#define MEIR_REQUEST_QUEUE_MAX 2048u
/* Assumed reqq of a peer that does not say. */
#define MEIR_REQUEST_QUEUE_ASSUMED 250u

/* Seconds. */
#define MEIR_HANDSHAKE_TIMEOUT_SEC     10
#define MEIR_TLS_HANDSHAKE_TIMEOUT_SEC 5
#define MEIR_CONNECT_TIMEOUT_SEC       10
#define MEIR_KEEP_ALIVE_SEC            100
#define MEIR_SILENCE_TIMEOUT_SEC       120
/* A peer that does not read what we upload. */
#define MEIR_SEND_STALL_SEC 60
/* How long an address that sent bad data stays refused. */
#define MEIR_BAN_SEC 3600
/* TLS handshakes in flight at once: they run in the shared GTask pool. */
#define MEIR_TLS_HANDSHAKES_MAX 8u
/* A peer seen with TLS is not spoken to in clear for this long. */
#define MEIR_TLS_MEMORY_SEC (24 * 3600)

/* Connections, defaults. */
#define MEIR_CONNECTIONS_PER_ADDRESS 3u
#define MEIR_CONNECTIONS_PER_TORRENT 80u
#define MEIR_CONNECTIONS_PER_SESSION 500u
#define MEIR_HALF_OPEN_MAX           32u

/* Trackers: announce interval bounds, seconds; sizes in bytes; peers of one reply. */
#define MEIR_ANNOUNCE_INTERVAL_MIN_SEC     60
#define MEIR_ANNOUNCE_INTERVAL_MAX_SEC     (24 * 3600)
#define MEIR_ANNOUNCE_INTERVAL_DEFAULT_SEC 1800
#define MEIR_TRACKER_REPLY_MAX             (2u << 20)
#define MEIR_TRACKER_PEERS_MAX             200u
#define MEIR_TRACKER_TEXT_MAX              300u
#define MEIR_TRACKER_REDIRECTS_MAX         5u

/* Bytes buffered between network and disk before reading from peers pauses. */
#define MEIR_DISK_QUEUE_BYTES_MAX (16u << 20)
/* How long closing a session waits for the disk. */
#define MEIR_CLOSE_SEC 4
/* Unsynced work that a crash may cost: bytes, or seconds, whichever comes first. */
#define MEIR_SYNC_BYTES (16u << 20)
#define MEIR_SYNC_USEC  G_USEC_PER_SEC
