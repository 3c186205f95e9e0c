/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"
#include "session-fixture.h"

#include "wire/meir-ut-metadata.h"

#include <string.h>

/* Magnet links: what peers may do while nobody knows yet what the torrent is (BEP 9). */

#define FILE_NAME "data.bin"
#define PIECE     16384u
/* 20 bytes a piece: metadata of five blocks. */
#define N_PIECES 4000u
#define LENGTH   (N_PIECES * PIECE - 99u)

typedef struct {
  SessionFixture *fixture;
  char *whole_folder, *get_folder;
  MeirMetainfo *metainfo;
  MeirInfoHash info_hash;
  GBytes *info;
  guint size;
  MeirSession *session;
  MeirTorrent *torrent;
  guint n_peers;
} Case;

static void
add_magnet (Case *c)
{
  char hex[2 * MEIR_SHA1_LENGTH + 1];
  g_autofree char *uri =
      g_strconcat ("magnet:?xt=urn:btih:", meir_info_hash_to_hex (&c->info_hash, hex), NULL);
  g_autoptr (MeirMagnet) magnet = meir_magnet_parse (uri, NULL);

  g_assert_nonnull (magnet);
  c->session = session_fixture_session (c->fixture, "one", MEIR_TLS_OFF);
  c->torrent =
      meir_session_add (c->session, &(MeirAddOptions){ .magnet = magnet, .folder = c->get_folder }, NULL);
  session_wait_state (c->torrent, MEIR_TORRENT_METADATA);
}

static void
case_init (Case *c)
{
  *c = (Case){ .fixture = session_fixture_new () };
  c->whole_folder = session_fixture_folder (c->fixture, "whole");
  c->get_folder = session_fixture_folder (c->fixture, "get");
  session_fixture_write (c->whole_folder, FILE_NAME, LENGTH, 1);
  c->metainfo = session_fixture_create (c->whole_folder, FILE_NAME, PIECE);
  c->info_hash = *meir_metainfo_get_info_hash (c->metainfo);
  c->info = g_bytes_ref (meir_metainfo_get_info_bytes (c->metainfo));
  c->size = (guint) g_bytes_get_size (c->info);
  add_magnet (c);
}

/* A magnet link to these bytes. */
static void
case_init_with_info (Case *c, const char *info, gsize length)
{
  *c = (Case){ .fixture = session_fixture_new () };
  c->get_folder = session_fixture_folder (c->fixture, "get");
  c->info = g_bytes_new (info, length);
  c->size = (guint) length;
  meir_sha1 (info, length, c->info_hash.bytes);
  add_magnet (c);
}

static void
case_clear (Case *c)
{
  g_clear_pointer (&c->metainfo, meir_metainfo_unref);
  g_bytes_unref (c->info);
  g_free (c->whole_folder);
  g_free (c->get_folder);
  session_fixture_free (c->fixture);
}

static RawPeer *
enter (Case *c)
{
  g_autofree char *source = g_strdup_printf ("127.0.3.%u", ++c->n_peers);
  RawPeer *peer = raw_peer_connect (source, NULL, meir_session_get_port (c->session));

  raw_peer_greet (peer, &c->info_hash, RAW_FAST | RAW_EXTENDED, source);
  return peer;
}

/* One that says it has metadata of @size bytes. */
static RawPeer *
enter_with_metadata (Case *c, guint size)
{
  g_autofree char *handshake = g_strdup_printf ("d1:md11:ut_metadatai3ee13:metadata_sizei%uee", size);
  RawPeer *peer = enter (c);

  raw_peer_extended (peer, 0, handshake, strlen (handshake));
  return peer;
}

/* The block that the session asks for next, or -1 when it closes. */
static gint
next_request (RawPeer *peer)
{
  for (;;) {
    g_autoptr (GBytes) message = raw_peer_next (peer);
    const guint8 *bytes;
    MeirUtMetadata request;
    const char *fault;
    gsize length;

    if (message == NULL)
      return -1;
    bytes = g_bytes_get_data (message, &length);
    if (bytes[0] == MEIR_MESSAGE_EXTENDED && bytes[1] == 3 &&
        meir_ut_metadata_decode (&request, bytes + 2, length - 2, 0, &fault) == MEIR_UT_METADATA_OK &&
        request.type == MEIR_UT_METADATA_REQUEST)
      return (gint) request.block;
  }
}

static void
send_block (Case *c, RawPeer *peer, guint block, gboolean lie)
{
  MeirUtMetadata data = { .type = MEIR_UT_METADATA_DATA, .block = block, .total_size = c->size };
  g_autofree guint8 *bytes = g_malloc (MEIR_UT_METADATA_ENCODED_MAX + MEIR_METADATA_BLOCK_LENGTH);
  gsize header;

  data.data_length = meir_ut_metadata_get_block_length (c->size, block);
  header = meir_ut_metadata_encode (&data, 1, bytes);
  memcpy (bytes + header,
          (const guint8 *) g_bytes_get_data (c->info, NULL) + block * MEIR_METADATA_BLOCK_LENGTH,
          data.data_length);
  bytes[header] ^= lie;
  raw_peer_send (peer, bytes, header + data.data_length);
}

static gboolean
has_metadata (gpointer data)
{
  g_autoptr (MeirMetainfo) metainfo = meir_torrent_ref_metainfo (((Case *) data)->torrent);

  return metainfo != NULL;
}

static void
serve_all (Case *c, RawPeer *peer)
{
  for (guint i = 0; i < meir_ut_metadata_count_blocks (c->size); i++)
    send_block (c, peer, (guint) next_request (peer), FALSE);
  session_wait (has_metadata, c);
}

static gboolean
was_told (Case *c, const char *words)
{
  return strstr (c->fixture->log->str, words) != NULL;
}

/* E10: lies, and is sent away; the truth comes from another. */
static void
test_liar (void)
{
  RawPeer *peer;
  Case c;
  gint block;

  case_init (&c);
  peer = enter_with_metadata (&c, c.size);
  while ((block = next_request (peer)) >= 0)
    send_block (&c, peer, (guint) block, TRUE);
  raw_peer_free (peer);
  while (!was_told (&c, "Sent metadata with a wrong hash"))
    session_run_for (10);
  /* And is not let in again. */
  peer = raw_peer_connect ("127.0.3.1", NULL, meir_session_get_port (c.session));
  raw_peer_announce (peer, &c.info_hash, RAW_PLAIN, "again");
  raw_peer_assert_closed_silently (peer);
  raw_peer_free (peer);
  peer = enter_with_metadata (&c, c.size);
  serve_all (&c, peer);
  raw_peer_free (peer);
  session_wait_state (c.torrent, MEIR_TORRENT_DOWNLOADING);
  case_clear (&c);
}

/* Several send the copy, one of them lies, again and again: it is found, and none of the others suffers. */
static void
test_liar_among_others (void)
{
  RawPeer *peers[4];
  Case c;

  case_init (&c);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = enter_with_metadata (&c, c.size);
  while (!has_metadata (&c)) {
    for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
      g_autoptr (GBytes) message = NULL;
      const guint8 *bytes;
      gsize length;
      MeirUtMetadata request;
      const char *fault;

      if (peers[i]->ended)
        continue;
      raw_peer_poll (peers[i]);
      message = raw_peer_take (peers[i]);
      if (message == NULL)
        continue;
      bytes = g_bytes_get_data (message, &length);
      if (bytes[0] == MEIR_MESSAGE_EXTENDED && bytes[1] == 3 &&
          meir_ut_metadata_decode (&request, bytes + 2, length - 2, 0, &fault) == MEIR_UT_METADATA_OK)
        send_block (&c, peers[i], request.block, i == 2);
    }
    session_run_for (1);
  }
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    raw_peer_poll (peers[i]);
    g_assert_false (i != 2 && peers[i]->ended);
    raw_peer_free (peers[i]);
  }
  case_clear (&c);
}

/* E05, E06: any number of sizes that are not true. */
static void
test_sizes (void)
{
  RawPeer *liars[10], *peer;
  Case c;

  case_init (&c);
  for (guint i = 0; i < G_N_ELEMENTS (liars); i++) {
    liars[i] = enter_with_metadata (&c, c.size + 1 + i * 3000000);
    g_assert_cmpint (next_request (liars[i]), ==, 0);
  }
  peer = enter_with_metadata (&c, c.size);
  serve_all (&c, peer);
  raw_peer_free (peer);
  for (guint i = 0; i < G_N_ELEMENTS (liars); i++)
    raw_peer_free (liars[i]);
  case_clear (&c);
}

/* E13: metadata is no better than a file. */
static void
test_hostile_info (void)
{
  static const char *const infos[] = {
    "d6:lengthi10e4:name1:a12:piece lengthi0e6:pieces20:01234567890123456789e",
    "d6:lengthi10e4:name1:a12:piece lengthi16384e6:pieces19:0123456789012345678e",
    "d6:lengthi-1e4:name1:a12:piece lengthi16384e6:pieces20:01234567890123456789e",
    "d5:filesld6:lengthi10e4:pathl2:..1:beee4:name2:..12:piece lengthi16384e6:pieces20:01234567890123456789e",
    "li1ei2ee",
    "zzz",
  };

  for (guint i = 0; i < G_N_ELEMENTS (infos); i++) {
    g_autoptr (GBytes) info = g_bytes_new_static (infos[i], strlen (infos[i]));
    g_autoptr (GError) error = NULL;
    g_autoptr (MeirMetainfo) metainfo = meir_metainfo_new_from_info (info, NULL, NULL, &error);
    RawPeer *peer;
    Case c;

    case_init_with_info (&c, infos[i], strlen (infos[i]));
    peer = enter_with_metadata (&c, c.size);
    g_assert_cmpint (next_request (peer), ==, 0);
    send_block (&c, peer, 0, FALSE);
    if (metainfo == NULL) {
      g_autoptr (MeirTorrentSnapshot) snapshot = NULL;

      session_wait_state (c.torrent, MEIR_TORRENT_FAILED);
      snapshot = session_snapshot (c.torrent);
      g_assert_cmpstr (snapshot->error, ==, error->message);
      raw_peer_assert_closed (peer);
      /* Asking again is all that can be done. */
      meir_torrent_resume (c.torrent);
      session_wait_state (c.torrent, MEIR_TORRENT_METADATA);
    } else {
      session_wait_state (c.torrent, MEIR_TORRENT_DOWNLOADING);
      g_assert_true (i == 3);
    }
    raw_peer_free (peer);
    case_clear (&c);
  }
}

/* What is said before the metadata is here counts afterwards: what it has, that it unchokes, that it is
 * interested; and the last word is the one that counts. */
static void
test_early_words (void)
{
  RawPeer *early, *fickle, *source;
  Case c;

  case_init (&c);
  early = enter (&c);
  raw_peer_state (early, MEIR_MESSAGE_HAVE_ALL);
  raw_peer_state (early, MEIR_MESSAGE_UNCHOKE);
  raw_peer_state (early, MEIR_MESSAGE_INTERESTED);
  fickle = enter (&c);
  raw_peer_state (fickle, MEIR_MESSAGE_HAVE_ALL);
  raw_peer_state (fickle, MEIR_MESSAGE_UNCHOKE);
  raw_peer_state (fickle, MEIR_MESSAGE_HAVE_NONE);
  raw_peer_numbers (fickle, MEIR_MESSAGE_HAVE, 1, 5);
  source = enter_with_metadata (&c, c.size);
  serve_all (&c, source);
  g_bytes_unref (raw_peer_await (early, MEIR_MESSAGE_INTERESTED));
  g_bytes_unref (raw_peer_await (early, MEIR_MESSAGE_REQUEST));
  session_run_for (100);
  raw_peer_poll (fickle);
  for (GBytes *message; (message = raw_peer_take (fickle)) != NULL; g_bytes_unref (message))
    g_assert_cmpint (raw_message_id (message), !=, MEIR_MESSAGE_REQUEST);
  raw_peer_free (early);
  raw_peer_free (fickle);
  raw_peer_free (source);
  case_clear (&c);
}

/* W24, W37, E11: the limits hold here too. */
static void
test_limits (void)
{
  g_autofree guint8 *field = g_malloc0 (MEIR_EARLY_BITFIELD_MAX + 1);
  RawPeer *peer;
  Case c;

  case_init (&c);
  peer = enter (&c);
  raw_peer_message (peer, MEIR_MESSAGE_BITFIELD, field, MEIR_EARLY_BITFIELD_MAX);
  session_run_for (50);
  raw_peer_poll (peer);
  g_assert_false (peer->ended);
  raw_peer_message (peer, MEIR_MESSAGE_BITFIELD, field, MEIR_EARLY_BITFIELD_MAX + 1);
  raw_peer_assert_closed (peer);
  raw_peer_free (peer);

  peer = enter (&c);
  for (guint i = 0; i < 21; i++)
    raw_peer_block (peer, i, 0, field, MEIR_BLOCK_LENGTH);
  raw_peer_assert_closed (peer);
  raw_peer_free (peer);

  peer = enter_with_metadata (&c, c.size);
  for (guint i = 0; i < 100 && !peer->ended; i++)
    raw_peer_extended (peer, 1, "d8:msg_typei0e5:piecei0ee", 25);
  raw_peer_assert_closed (peer);
  raw_peer_free (peer);

  /* E09 */
  peer = enter_with_metadata (&c, c.size);
  g_assert_cmpint (next_request (peer), ==, 0);
  for (guint i = 0; i < 7 && !peer->ended; i++)
    send_block (&c, peer, 4, FALSE);
  raw_peer_assert_closed (peer);
  raw_peer_free (peer);

  /* A bitfield that turns out not to fit. */
  peer = enter (&c);
  raw_peer_message (peer, MEIR_MESSAGE_BITFIELD, field, 7);
  {
    RawPeer *source = enter_with_metadata (&c, c.size);

    serve_all (&c, source);
    raw_peer_assert_closed (peer);
    raw_peer_poll (source);
    g_assert_false (source->ended);
    raw_peer_free (source);
  }
  raw_peer_free (peer);
  g_assert_true (was_told (&c, "Its bitfield does not fit the torrent"));
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/magnets/liar", test_liar);
  g_test_add_func ("/magnets/liar-among-others", test_liar_among_others);
  g_test_add_func ("/magnets/sizes", test_sizes);
  g_test_add_func ("/magnets/hostile-info", test_hostile_info);
  g_test_add_func ("/magnets/early-words", test_early_words);
  g_test_add_func ("/magnets/limits", test_limits);
  return g_test_run ();
}
