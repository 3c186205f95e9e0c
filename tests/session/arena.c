/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "arena.h"

#include "session/meir-torrent-private.h"

#include <string.h>
#include <unistd.h>

#define FILE_NAME "data.bin"
/* More memory than this in use at the end than at the beginning is an attack that worked. The sanitizers keep
 * what is freed. */
#define RESIDENT_GROWTH_MAX (64u << 20)
#if defined __SANITIZE_ADDRESS__
#define COUNTS_MEMORY FALSE
#else
#define COUNTS_MEMORY TRUE
#endif

gsize
arena_get_resident_bytes (void)
{
  g_autofree char *contents = NULL;
  g_auto (GStrv) fields = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &contents, NULL, NULL));
  fields = g_strsplit (contents, " ", 3);
  return g_ascii_strtoull (fields[1], NULL, 10) * (gsize) sysconf (_SC_PAGESIZE);
}

static gboolean
has_friend (gpointer data)
{
  Arena *arena = data;
  g_autofree char *line = g_strdup_printf ("127.0.0.1:%u\n", meir_session_get_port (arena->friend_session));

  return strstr (arena->fixture->log->str, line) != NULL;
}

static char *
half_folder (Arena *arena, const char *name)
{
  char *folder = session_fixture_folder (arena->fixture, name);

  session_fixture_write (folder, FILE_NAME, ARENA_LENGTH, 1);
  for (guint piece = ARENA_HALF; piece < ARENA_PIECES; piece++)
    session_fixture_flip (folder, FILE_NAME, piece * ARENA_PIECE + 7);
  return folder;
}

void
arena_init (Arena *arena, MeirTlsPolicy tls)
{
  g_autofree char *path = NULL;
  gsize length;

  *arena = (Arena){ .fixture = session_fixture_new () };
  arena->whole_folder = session_fixture_folder (arena->fixture, "whole");
  session_fixture_write (arena->whole_folder, FILE_NAME, ARENA_LENGTH, 1);
  path = g_build_filename (arena->whole_folder, FILE_NAME, NULL);
  g_assert_true (g_file_get_contents (path, (char **) &arena->content, &length, NULL));
  arena->metainfo = session_fixture_create (arena->whole_folder, FILE_NAME, ARENA_PIECE);
  arena->info_hash = meir_metainfo_get_info_hash (arena->metainfo);
  arena->victim_folder = half_folder (arena, "victim");
  arena->friend_folder = half_folder (arena, "friend");
  arena->victim = session_fixture_session (arena->fixture, "victim", tls);
  arena->friend_session = session_fixture_session (arena->fixture, "friend", tls);
  arena->friend_torrent =
      session_fixture_add (arena->friend_session, arena->metainfo, arena->friend_folder, NULL);
  session_wait_state (arena->friend_torrent, MEIR_TORRENT_DOWNLOADING);
  arena->torrent =
      session_fixture_add (arena->victim, arena->metainfo, arena->victim_folder, arena->friend_session);
  session_wait_state (arena->torrent, MEIR_TORRENT_DOWNLOADING);
  session_wait (has_friend, arena);
  arena->resident_bytes = arena_get_resident_bytes ();
}

/* That the victim has never closed its connection to the friend. */
static void
assert_friendship (Arena *arena)
{
  g_autofree char *parting =
      g_strdup_printf ("127.0.0.1:%u: ", meir_session_get_port (arena->friend_session));

  g_assert_null (strstr (arena->fixture->log->str, parting));
}

void
arena_clear (Arena *arena)
{
  MeirEndpoint endpoint;
  MeirSession *seeder;

  assert_friendship (arena);
  if (COUNTS_MEMORY)
    g_assert_cmpuint (arena_get_resident_bytes (), <, arena->resident_bytes + RESIDENT_GROWTH_MAX);
  seeder = session_fixture_session (arena->fixture, "seeder", MEIR_TLS_PREFER);
  session_wait_state (session_fixture_add (seeder, arena->metainfo, arena->whole_folder, NULL),
                      MEIR_TORRENT_SEEDING);
  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  endpoint.port = meir_session_get_port (seeder);
  meir_torrent_add_peer (arena->torrent, &endpoint);
  session_wait_state (arena->torrent, MEIR_TORRENT_SEEDING);
  session_wait_state (arena->friend_torrent, MEIR_TORRENT_SEEDING);
  session_fixture_assert_same (arena->whole_folder, arena->victim_folder, FILE_NAME);
  session_fixture_assert_same (arena->whole_folder, arena->friend_folder, FILE_NAME);
  arena_free (arena);
}

void
arena_free (Arena *arena)
{
  g_free (arena->content);
  g_free (arena->whole_folder);
  g_free (arena->victim_folder);
  g_free (arena->friend_folder);
  meir_metainfo_unref (arena->metainfo);
  session_fixture_free (arena->fixture);
}

typedef struct {
  MeirEngine *engine;
  void (*func) (MeirPeerLimits *limits);
  gint done;
} Tightening;

static void
tighten_cb (gpointer data)
{
  Tightening *tightening = data;

  tightening->func (&tightening->engine->limits);
  g_atomic_int_set (&tightening->done, TRUE);
}

static gboolean
is_tightened (gpointer data)
{
  return g_atomic_int_get (&((Tightening *) data)->done);
}

void
arena_tighten (Arena *arena, void (*func) (MeirPeerLimits *limits))
{
  Tightening tightening = { arena->torrent->engine, func, FALSE };

  meir_mailbox_to_engine (arena->torrent->mailbox, tighten_cb, &tightening, NULL);
  session_wait (is_tightened, &tightening);
}

const char *
arena_new_source (Arena *arena, char *buffer)
{
  arena->n_sources++;
  g_snprintf (buffer, MEIR_ENDPOINT_TEXT_MAX, "127.0.%u.%u", 1 + arena->n_sources / 250,
              1 + arena->n_sources % 250);
  return buffer;
}

RawPeer *
arena_enter (Arena *arena, RawBits bits)
{
  char source[MEIR_ENDPOINT_TEXT_MAX];
  RawPeer *peer =
      raw_peer_connect (arena_new_source (arena, source), NULL, meir_session_get_port (arena->victim));

  raw_peer_greet (peer, arena->info_hash, bits, source);
  return peer;
}

RawPeer *
arena_be_dialled (Arena *arena, RawBits bits)
{
  char source[MEIR_ENDPOINT_TEXT_MAX];
  MeirEndpoint endpoint;
  RawPeer *peer;
  guint16 port;
  int listener = raw_peer_listen (arena_new_source (arena, source), &port);

  g_assert_true (meir_endpoint_parse_address (&endpoint, source, NULL));
  endpoint.port = port;
  meir_torrent_add_peer (arena->torrent, &endpoint);
  peer = raw_peer_accept (listener);
  close (listener);
  raw_peer_greet_back (peer, bits, source);
  return peer;
}

void
arena_get_unchoked (RawPeer *peer)
{
  g_autoptr (GBytes) message = NULL;

  raw_peer_state (peer, MEIR_MESSAGE_INTERESTED);
  message = raw_peer_await (peer, MEIR_MESSAGE_UNCHOKE);
}

gboolean
arena_has_parted (Arena *arena, RawPeer *peer, const char *reason)
{
  char address[MEIR_ENDPOINT_TEXT_MAX];
  g_autofree char *parting = g_strconcat (meir_endpoint_format (&peer->local, address), ": ", NULL);
  const char *found = strstr (arena->fixture->log->str, parting);
  const char *end = found != NULL ? strchr (found, '\n') : NULL;

  if (end == NULL)
    return FALSE;
  if (g_strstr_len (found, end - found, reason) == NULL)
    g_error ("Expected “%s”, and the session said: %.*s", reason, (int) (end - found), found);
  return TRUE;
}

typedef struct {
  Arena *arena;
  RawPeer *peer;
  const char *reason;
} Parting;

static gboolean
has_parted (gpointer data)
{
  Parting *parting = data;

  return arena_has_parted (parting->arena, parting->peer, parting->reason);
}

void
arena_assert_expelled (Arena *arena, RawPeer *peer, const char *reason)
{
  Parting parting = { arena, peer, reason };

  raw_peer_assert_closed (peer);
  session_wait (has_parted, &parting);
  raw_peer_free (peer);
}

void
arena_assert_welcome (Arena *arena, RawPeer *peer)
{
  g_autoptr (GBytes) message = NULL;

  /* What it asks for cannot be served to one that is choked, or that says it wants nothing: so it asks for
   * the metadata, or to be unchoked. */
  if (peer->theirs.extensions) {
    raw_peer_extended (peer, 0, "d1:md11:ut_metadatai7eee", 24);
    raw_peer_extended (peer, 1, "d8:msg_typei0e5:piecei0ee", 25);
    do {
      g_clear_pointer (&message, g_bytes_unref);
      message = raw_peer_await (peer, MEIR_MESSAGE_EXTENDED);
    } while (((const guint8 *) g_bytes_get_data (message, NULL))[1] != 7);
  } else {
    arena_get_unchoked (peer);
  }
  g_assert_false (peer->ended);
  raw_peer_free (peer);
}

const guint8 *
arena_bytes (Arena *arena, guint32 piece, guint32 begin)
{
  return arena->content + piece * ARENA_PIECE + begin;
}
