/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-items.h"

#include "app-support.h"
#include "fake-snapshot.h"

#include <string.h>

/* The model of the list: order, filter, search, totals; and that none of it holds the main loop up. */

typedef struct {
  char *folder;
  MeirSession *session;
  MeirUiItems *items;
  guint n_rounds;
  guint n_refreshed;
} Fixture;

static void
on_round (MeirUiItems *items, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_rounds++;
}

static void
on_refreshed (MeirUiItems *items, MeirUiItem *item, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_refreshed++;
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
  fixture->items = meir_ui_items_new (NULL);
  meir_ui_items_set_torrents (fixture->items, G_LIST_MODEL (fixture->session));
  g_signal_connect (fixture->items, "round", G_CALLBACK (on_round), fixture);
  g_signal_connect (fixture->items, "refreshed", G_CALLBACK (on_refreshed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  /* Names that are still being gathered are for nobody. */
  meir_ui_items_search (fixture->items, NULL);
  app_wait_until (G_OBJECT (fixture->items)->ref_count == 1);
  g_assert_finalize_object (fixture->items);
  app_session_close (fixture->session);
  fake_snapshot_clear ();
  app_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static char *
dup_names (Fixture *fixture)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->items)); i++) {
    g_autoptr (MeirUiItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->items), i);

    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", meir_ui_item_get_name (item));
  }
  return g_string_free (names, FALSE);
}

static gboolean
shows (Fixture *fixture, const char *expected)
{
  g_autofree char *names = dup_names (fixture);

  return strcmp (names, expected) == 0;
}

static const MeirTorrentSnapshot downloading = { .state = MEIR_TORRENT_DOWNLOADING,
                                                 .has_metainfo = TRUE,
                                                 .n_peers = 2,
                                                 .n_sending = 1,
                                                 .left_sec = -1,
                                                 .down_per_sec = 1000,
                                                 .up_per_sec = 10 };
static const MeirTorrentSnapshot sharing = {
  .state = MEIR_TORRENT_SEEDING, .has_metainfo = TRUE, .finished = TRUE, .n_peers = 1, .up_per_sec = 500
};
static const MeirTorrentSnapshot failed = { .state = MEIR_TORRENT_FAILED, .has_metainfo = TRUE };

static MeirTorrent *
add (Fixture *fixture, const char *name, const MeirTorrentSnapshot *state)
{
  fake_snapshot_set (name, state, NULL);
  return app_add (fixture->session, fixture->folder, name, 1);
}

static void
run_round (Fixture *fixture)
{
  guint before = fixture->n_rounds;

  meir_ui_items_begin_round (fixture->items);
  app_wait_until (fixture->n_rounds > before);
}

/* Whatever the clock says: rounds go on until the order has followed. */
static void
run_until_shown (Fixture *fixture, const char *expected)
{
  gint64 deadline = g_get_monotonic_time () + APP_PATIENCE_SEC * G_USEC_PER_SEC;

  while (!shows (fixture, expected)) {
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    run_round (fixture);
  }
}

/* What needs attention comes first; the others as they are in the queue. */
static void
test_order (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *third;

  add (fixture, "a", &downloading);
  add (fixture, "b", &failed);
  third = add (fixture, "c", &sharing);
  app_wait_until (shows (fixture, "b a c"));
  meir_session_move_in_queue (fixture->session, third, 0);
  app_wait_until (shows (fixture, "b c a"));
  fake_snapshot_set ("b", &downloading, NULL);
  fake_snapshot_set ("a", &failed, NULL);
  run_until_shown (fixture, "a c b");
}

/* Nothing moves while it is held, but what is new comes. */
static void
test_held (Fixture *fixture, gconstpointer user_data)
{
  add (fixture, "a", &downloading);
  add (fixture, "b", &downloading);
  app_wait_until (shows (fixture, "a b"));
  meir_ui_items_set_held (fixture->items, TRUE);
  fake_snapshot_set ("b", &failed, NULL);
  for (guint i = 0; i < 5; i++) {
    g_usleep (500000);
    run_round (fixture);
    g_assert_true (shows (fixture, "a b"));
  }
  add (fixture, "c", &downloading);
  app_wait_until (shows (fixture, "a b c"));
  meir_ui_items_set_held (fixture->items, FALSE);
  run_until_shown (fixture, "b a c");
}

static void
test_filter (Fixture *fixture, gconstpointer user_data)
{
  guint64 down, up;

  add (fixture, "a", &downloading);
  add (fixture, "b", &failed);
  add (fixture, "c", &sharing);
  add (fixture, "d", &downloading);
  run_round (fixture);
  g_assert_cmpuint (meir_ui_items_get_n_torrents (fixture->items), ==, 4);
  g_assert_cmpuint (meir_ui_items_get_count (fixture->items, MEIR_UI_FILTER_ALL), ==, 4);
  g_assert_cmpuint (meir_ui_items_get_count (fixture->items, MEIR_UI_FILTER_DOWNLOADING), ==, 2);
  g_assert_cmpuint (meir_ui_items_get_count (fixture->items, MEIR_UI_FILTER_SHARING), ==, 1);
  g_assert_cmpuint (meir_ui_items_get_count (fixture->items, MEIR_UI_FILTER_ATTENTION), ==, 1);
  g_assert_cmpuint (meir_ui_items_get_n_finished (fixture->items), ==, 1);
  meir_ui_items_get_rates (fixture->items, &down, &up);
  g_assert_cmpuint (down, ==, 2000);
  g_assert_cmpuint (up, ==, 520);
  meir_ui_items_set_filter (fixture->items, MEIR_UI_FILTER_DOWNLOADING);
  g_assert_true (shows (fixture, "a d"));
  meir_ui_items_set_filter (fixture->items, MEIR_UI_FILTER_ATTENTION);
  g_assert_true (shows (fixture, "b"));
  meir_ui_items_set_filter (fixture->items, MEIR_UI_FILTER_ALL);
  g_assert_true (shows (fixture, "b a c d"));
}

static void
test_parked (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *first = add (fixture, "a", &downloading);

  add (fixture, "b", &downloading);
  app_wait_until (shows (fixture, "a b"));
  meir_ui_items_set_parked (fixture->items, first, TRUE);
  app_wait_until (shows (fixture, "b"));
  g_assert_true (meir_ui_items_is_parked (fixture->items, first));
  g_assert_cmpuint (meir_ui_items_get_n_torrents (fixture->items), ==, 1);
  run_round (fixture);
  g_assert_cmpuint (meir_ui_items_get_count (fixture->items, MEIR_UI_FILTER_ALL), ==, 1);
  /* It may move in the queue meanwhile, and is still parked. */
  meir_session_move_in_queue (fixture->session, first, 1);
  g_assert_true (meir_ui_items_is_parked (fixture->items, first));
  g_assert_cmpuint (meir_ui_items_get_n_torrents (fixture->items), ==, 1);
  meir_ui_items_set_parked (fixture->items, first, FALSE);
  app_wait_until (shows (fixture, "b a"));
}

static MeirMetainfo *
dup_metainfo (const char *name, const char *file)
{
  g_autofree char *text =
      g_strdup_printf ("d4:infod5:filesld6:lengthi5e4:pathl%zu:%seee4:name%zu:%s12:piece lengthi16384e6:"
                       "pieces20:aaaaaaaaaaaaaaaaaaaaee",
                       strlen (file), file, strlen (name), name);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  MeirMetainfo *metainfo = meir_metainfo_parse (bytes, NULL);

  g_assert_nonnull (metainfo);
  return metainfo;
}

static MeirTorrent *
add_folder (Fixture *fixture, const char *name, const char *file)
{
  g_autoptr (MeirMetainfo) metainfo = dup_metainfo (name, file);
  MeirAddOptions options = { .metainfo = metainfo, .folder = fixture->folder, .paused = TRUE };

  return meir_session_add (fixture->session, &options, NULL);
}

/* In names and in names of files, whatever the case; what comes meanwhile is looked at too. */
static void
test_search (Fixture *fixture, gconstpointer user_data)
{
  add_folder (fixture, "Holiday", "Z\303\274rich.jpg");
  add_folder (fixture, "Films", "one.mkv");
  add_folder (fixture, "Zur\303\274ck", "b.txt");
  app_wait_until (shows (fixture, "Holiday Films Zur\303\274ck"));
  meir_ui_items_search (fixture->items, "ZU\314\210RICH");
  app_wait_until (shows (fixture, "Holiday"));
  meir_ui_items_search (fixture->items, "\303\274");
  app_wait_until (shows (fixture, "Holiday Zur\303\274ck"));
  meir_ui_items_search (fixture->items, ".mkv");
  app_wait_until (shows (fixture, "Films"));
  add_folder (fixture, "more.mkv", "c.txt");
  app_wait_until (shows (fixture, "Films more.mkv"));
  meir_ui_items_search (fixture->items, "no such thing");
  app_wait_until (shows (fixture, ""));
  g_assert_cmpuint (meir_ui_items_get_n_torrents (fixture->items), ==, 4);
  meir_ui_items_search (fixture->items, "");
  app_wait_until (shows (fixture, "Holiday Films Zur\303\274ck more.mkv"));
}

/* What is added during a search is found by its files, too, however soon one follows the other. */
static void
test_search_added (Fixture *fixture, gconstpointer user_data)
{
  add_folder (fixture, "a", "one.mkv");
  meir_ui_items_search (fixture->items, "mkv");
  app_wait_until (shows (fixture, "a"));
  add_folder (fixture, "b", "two.mkv");
  add_folder (fixture, "c", "three.txt");
  add_folder (fixture, "d", "four.mkv");
  app_wait_until (shows (fixture, "a b d"));
}

static void
on_event (MeirSession *session, const MeirEvent *event, gpointer user_data)
{
  Fixture *fixture = user_data;

  if (event->kind == MEIR_EVENT_METADATA)
    meir_ui_items_refresh (fixture->items, event->torrent);
}

/* So is a link whose list of files comes meanwhile, from somebody who has it. */
static void
test_search_link (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *folder = app_make_folder ();
  MeirSession *other = app_session_new (folder);
  g_autoptr (MeirMetainfo) metainfo = dup_metainfo ("a", "one.mkv");
  g_autoptr (MeirMagnet) magnet = meir_magnet_new_from_metainfo (metainfo);
  MeirAddOptions options = { .metainfo = metainfo, .folder = folder };
  MeirEndpoint endpoint;

  g_assert_nonnull (meir_session_add (other, &options, NULL));
  g_assert_true (meir_endpoint_parse (&endpoint, "127.0.0.1:1", NULL));
  endpoint.port = meir_session_get_port (other);
  options = (MeirAddOptions){ .magnet = magnet, .folder = fixture->folder, .peers = &endpoint, .n_peers = 1 };
  g_signal_connect (fixture->session, "event", G_CALLBACK (on_event), fixture);
  meir_ui_items_search (fixture->items, "mkv");
  g_assert_nonnull (meir_session_add (fixture->session, &options, NULL));
  app_wait_until (shows (fixture, "a"));
  g_signal_handlers_disconnect_by_data (fixture->session, fixture);
  app_session_close (other);
  app_remove_folder (folder);
}

/* Typed and given up at once, with the names still being gathered. */
static void
test_search_abandoned (Fixture *fixture, gconstpointer user_data)
{
  add_folder (fixture, "a", "one.mkv");
  for (guint i = 0; i < 50; i++) {
    meir_ui_items_search (fixture->items, "mkv");
    meir_ui_items_search (fixture->items, NULL);
  }
  app_wait_until (shows (fixture, "a"));
  meir_ui_items_search (fixture->items, "mkv");
}

/* A state shows at once, once. */
static void
test_refresh (Fixture *fixture, gconstpointer user_data)
{
  MeirTorrent *torrent = add (fixture, "a", &downloading);
  MeirUiItem *item;
  guint version;

  app_wait_until (shows (fixture, "a"));
  item = meir_ui_items_find (fixture->items, torrent);
  version = meir_ui_item_get_version (item);
  meir_ui_items_refresh (fixture->items, torrent);
  g_assert_cmpuint (fixture->n_refreshed, ==, 0);
  fake_snapshot_set ("a", &failed, NULL);
  meir_ui_items_refresh (fixture->items, torrent);
  g_assert_cmpuint (fixture->n_refreshed, ==, 1);
  g_assert_cmpuint (meir_ui_item_get_version (item), !=, version);
  g_assert_cmpint (meir_ui_item_get_group (item), ==, MEIR_UI_GROUP_ATTENTION);
}

static void
test_environment (Fixture *fixture, gconstpointer user_data)
{
  const MeirUiEnvironment slowed = { FALSE, TRUE, "not its folder" };
  MeirTorrent *torrent = add (fixture, "a", &downloading);

  app_wait_until (shows (fixture, "a"));
  meir_ui_items_set_environment (fixture->items, &slowed);
  meir_ui_items_refresh (fixture->items, torrent);
  g_assert_cmpint (meir_ui_item_get_status (meir_ui_items_find (fixture->items, torrent))->kind, ==,
                   MEIR_UI_STATUS_METERED);
  g_assert_null (meir_ui_items_get_environment (fixture->items)->folder);
}

/* Ten thousand: measured, and not asserted in seconds, since the machine may be busy; but no single turn of
 * the main loop looks at more than a part of them. */
#define MANY      10000
#define ROUNDS    5
#define LOOK_USEC 2 /* all of them: more than ten turns of the walk */

typedef struct {
  gint64 last_usec, worst_usec;
  guint most_looks;
} Turns;

static gboolean
on_turn (gpointer user_data)
{
  Turns *turns = user_data;
  gint64 now_usec = g_get_monotonic_time ();
  guint n_looks = fake_snapshot_take_n_looks ();

  turns->worst_usec = MAX (turns->worst_usec, now_usec - turns->last_usec);
  turns->last_usec = now_usec;
  turns->most_looks = MAX (turns->most_looks, n_looks);
  return G_SOURCE_CONTINUE;
}

/* The longest turn of a round, and the most torrents that any of its turns looked at. */
static Turns
measure_once (Fixture *fixture)
{
  Turns turns = { .last_usec = g_get_monotonic_time () };
  guint before = fixture->n_rounds;
  guint source = g_idle_add (on_turn, &turns);

  fake_snapshot_take_n_looks ();
  meir_ui_items_begin_round (fixture->items);
  while (fixture->n_rounds == before)
    g_main_context_iteration (NULL, TRUE);
  on_turn (&turns);
  g_source_remove (source);
  return turns;
}

static void
measure (Fixture *fixture, const char *what)
{
  gint64 best_usec = G_MAXINT64;
  guint fewest_looks = G_MAXUINT;

  /* The best of some, since others may bring work of their own: what the engine says of 10,000 newcomers. */
  for (guint i = 0; i < ROUNDS; i++) {
    Turns turns = measure_once (fixture);

    best_usec = MIN (best_usec, turns.worst_usec);
    fewest_looks = MIN (fewest_looks, turns.most_looks);
  }
  g_test_message ("%s: a turn takes at most %" G_GINT64_FORMAT " usec", what, best_usec);
  g_assert_cmpuint (fewest_looks, >, 0);
  g_assert_cmpuint (fewest_looks, <, MANY / 4);
}

static void
test_many (Fixture *fixture, gconstpointer user_data)
{
  fake_snapshot_set ("torrent", &downloading, NULL);
  for (guint i = 0; i < MANY; i++) {
    g_autofree char *link = g_strdup_printf ("magnet:?xt=urn:btih:%040x&dn=torrent", i + 1);
    g_autoptr (MeirMagnet) magnet = meir_magnet_parse (link, NULL);
    MeirAddOptions options = { .magnet = magnet, .folder = fixture->folder, .paused = TRUE };

    g_assert_nonnull (meir_session_add (fixture->session, &options, NULL));
  }
  app_wait_until (g_list_model_get_n_items (G_LIST_MODEL (fixture->items)) == MANY);
  fake_snapshot_set_look_usec (LOOK_USEC);
  measure (fixture, "all download");
  fake_snapshot_set ("torrent", &failed, NULL);
  measure (fixture, "all fail");
  g_assert_cmpuint (meir_ui_items_get_count (fixture->items, MEIR_UI_FILTER_ATTENTION), ==, MANY);
  meir_ui_items_search (fixture->items, "torrents");
  app_wait_until (g_list_model_get_n_items (G_LIST_MODEL (fixture->items)) == 0);
}

static void
add_test (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  add_test ("/app/items/order", test_order);
  add_test ("/app/items/held", test_held);
  add_test ("/app/items/filter", test_filter);
  add_test ("/app/items/parked", test_parked);
  add_test ("/app/items/search", test_search);
  add_test ("/app/items/search-added", test_search_added);
  add_test ("/app/items/search-link", test_search_link);
  add_test ("/app/items/search-abandoned", test_search_abandoned);
  add_test ("/app/items/refresh", test_refresh);
  add_test ("/app/items/environment", test_environment);
  add_test ("/app/items/many", test_many);
  return g_test_run ();
}
