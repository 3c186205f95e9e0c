/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "raw-peer.h"
#include "session-fixture.h"
#include "session/meir-engine.h"

G_BEGIN_DECLS

#define ARENA_PIECES 20u
#define ARENA_HALF   10u
#define ARENA_PIECE  32768u
#define ARENA_LENGTH (ARENA_PIECES * ARENA_PIECE - 1000u)

/**
 * Arena:
 *
 * A session with the first half of a torrent, its friend with the same half, connected, and room for whoever
 * comes to harm them. What comes in the middle must not keep them from finishing in the end.
 */
typedef struct {
  SessionFixture *fixture;
  char *whole_folder, *victim_folder, *friend_folder;
  guint8 *content;
  MeirMetainfo *metainfo;
  const MeirInfoHash *info_hash;
  MeirSession *victim, *friend_session;
  MeirTorrent *torrent, *friend_torrent;
  guint n_sources;
  gsize resident_bytes;
} Arena;

void arena_init (Arena *arena, MeirTlsPolicy tls);
/* Lets a seeder in: both finish, byte for byte, still connected, and no memory was lost to anybody. */
void arena_clear (Arena *arena);
/* Without that: where the victim or the friend came to its end on purpose. */
void arena_free (Arena *arena);

/* Runs @func on the victim's engine thread, and waits for it. */
void arena_tighten (Arena *arena, void (*func) (MeirPeerLimits *limits));
/* An address of its own for everybody, so that nobody suffers for another. */
const char *arena_new_source (Arena *arena, char *buffer);
/* Connects from a new address, through the handshakes. */
RawPeer *arena_enter (Arena *arena, RawBits bits);
/* Has the victim dial one, which then greets. */
RawPeer *arena_be_dialled (Arena *arena, RawBits bits);
/* The victim unchokes it. */
void arena_get_unchoked (RawPeer *peer);
/* Closed by the victim, which said why; frees @peer. */
void arena_assert_expelled (Arena *arena, RawPeer *peer, const char *reason);
/* Whether the victim has said why it closed. */
gboolean arena_has_parted (Arena *arena, RawPeer *peer, const char *reason);
/* Still answered; frees @peer. */
void arena_assert_welcome (Arena *arena, RawPeer *peer);
const guint8 *arena_bytes (Arena *arena, guint32 piece, guint32 begin);

/* Bytes of memory this process has in use. */
gsize arena_get_resident_bytes (void);

G_END_DECLS
