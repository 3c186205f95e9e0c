/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"
#include "wire/meir-handshake.h"
#include "wire/meir-message.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * RawPeer:
 * @in: what came and was not taken yet
 * @ended: the other side closed
 *
 * A peer that speaks by bytes: what another client, or an enemy, could do. Nothing it does waits for more
 * than ten seconds, and the default context runs meanwhile.
 */
typedef struct {
  int fd;
  GByteArray *in;
  gboolean ended;
  MeirEndpoint local;
  guint8 id[MEIR_PEER_ID_LENGTH];
  MeirHandshake theirs;
} RawPeer;

/* Which of the reserved bits it sets. */
typedef enum {
  RAW_PLAIN = 0,
  RAW_FAST = 1 << 0,
  RAW_EXTENDED = 1 << 1,
} RawBits;

/* Connects to @address (nullable: "127.0.0.1") and @port from @source, "127.0.0.2" or the like. */
RawPeer *raw_peer_connect (const char *source, const char *address, guint16 port);
/* Listens at @source; raw_peer_accept () makes a peer of who connects. */
int raw_peer_listen (const char *source, guint16 *port);
RawPeer *raw_peer_accept (int listener);
void raw_peer_free (RawPeer *peer);
/* As the crash of a machine looks like. */
void raw_peer_reset (RawPeer *peer);

/* All of it, unless the other side closes first. */
void raw_peer_send (RawPeer *peer, const void *bytes, gsize length);
/* As much as goes out until nothing has for a while; how much that was. */
gsize raw_peer_push (RawPeer *peer, const void *bytes, gsize length);
/* The handshakes both ways: the peer id is made of @name. */
void raw_peer_greet (RawPeer *peer, const MeirInfoHash *info_hash, RawBits bits, const char *name);
/* Only says it. */
void raw_peer_announce (RawPeer *peer, const MeirInfoHash *info_hash, RawBits bits, const char *name);
/* The same as who was dialled. */
void raw_peer_greet_back (RawPeer *peer, RawBits bits, const char *name);

void raw_peer_message (RawPeer *peer, guint8 id, const void *payload, gsize length);
/* A message of @n numbers. */
void raw_peer_numbers (RawPeer *peer, guint8 id, guint n, ...);
void raw_peer_state (RawPeer *peer, guint8 id);
void raw_peer_block (RawPeer *peer, guint32 piece, guint32 begin, const void *bytes, gsize length);
void raw_peer_extended (RawPeer *peer, guint8 extended_id, const void *payload, gsize length);

/* Takes in what has come, without waiting. */
void raw_peer_poll (RawPeer *peer);
/* A whole message at the front of @in: its length prefix apart, or NULL; (transfer full). */
GBytes *raw_peer_take (RawPeer *peer);
/* The same, waits for it; NULL when the other side closed. */
GBytes *raw_peer_next (RawPeer *peer);
/* Skips to the next message of this id, or fails the test. */
GBytes *raw_peer_await (RawPeer *peer, guint8 id);
guint8 raw_message_id (GBytes *message);
/* The number at @index, from 0, after the id. */
guint32 raw_message_number (GBytes *message, guint index);

/* Waits for the end, taking all messages; fails the test if it does not come. */
void raw_peer_assert_closed (RawPeer *peer);
/* The same, and not a byte has come. */
void raw_peer_assert_closed_silently (RawPeer *peer);

G_END_DECLS
