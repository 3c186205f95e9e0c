/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-people.h"

#include "details-support.h"

#include <string.h>

/* The peers of a torrent as a list. */

typedef struct {
  guint n_changes, n_removed, n_added;
} Changes;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Changes *changes = user_data;

  changes->n_changes++;
  changes->n_removed += removed;
  changes->n_added += added;
}

static MeirUiPerson *
person_at (MeirUiPeople *people, guint i)
{
  g_autoptr (MeirUiPerson) person = g_list_model_get_item (meir_ui_people_get_model (people), i);

  g_assert_nonnull (person);
  return person;
}

static guint
count (MeirUiPeople *people)
{
  return g_list_model_get_n_items (meir_ui_people_get_model (people));
}

/* Everybody of @peers is there once, with their figures. */
static void
assert_all (MeirUiPeople *people, GArray *peers)
{
  g_assert_cmpuint (count (people), ==, peers->len);
  for (guint i = 0; i < peers->len; i++) {
    const MeirPeerSnapshot *peer = &g_array_index (peers, MeirPeerSnapshot, i);
    guint n_found = 0;

    for (guint k = 0; k < peers->len; k++) {
      const MeirPeerSnapshot *shown = meir_ui_person_get_peer (person_at (people, k));

      if (!meir_endpoint_equal (&shown->endpoint, &peer->endpoint))
        continue;
      n_found++;
      g_assert_cmpuint (shown->downloaded, ==, peer->downloaded);
    }
    g_assert_cmpuint (n_found, ==, 1);
  }
}

/* Who stays is the same item, and nothing is said of the list. */
static void
test_stay (void)
{
  g_autoptr (MeirUiPeople) people = meir_ui_people_new ();
  g_autoptr (GArray) peers = details_peers (20);
  Changes changes = { 0 };
  MeirUiPerson *first;

  meir_ui_people_update (people, peers);
  assert_all (people, peers);
  first = person_at (people, 0);
  g_signal_connect (meir_ui_people_get_model (people), "items-changed", G_CALLBACK (on_items_changed),
                    &changes);
  for (guint i = 0; i < peers->len; i++)
    g_array_index (peers, MeirPeerSnapshot, i).downloaded += 1000 + i;
  meir_ui_people_update (people, peers);
  g_assert_cmpuint (changes.n_changes, ==, 0);
  g_assert_true (person_at (people, 0) == first);
  assert_all (people, peers);
}

static void
test_come_and_go (void)
{
  g_autoptr (MeirUiPeople) people = meir_ui_people_new ();
  g_autoptr (GArray) peers = details_peers (20), more = details_peers (25);
  Changes changes = { 0 };

  meir_ui_people_update (people, peers);
  g_signal_connect (meir_ui_people_get_model (people), "items-changed", G_CALLBACK (on_items_changed),
                    &changes);
  g_array_remove_range (more, 3, 4);
  g_array_remove_index (more, 0);
  meir_ui_people_update (people, more);
  assert_all (people, more);
  g_assert_cmpuint (changes.n_changes, ==, 3);
  g_assert_cmpuint (changes.n_removed, ==, 5);
  g_assert_cmpuint (changes.n_added, ==, 5);
  meir_ui_people_update (people, NULL);
  g_assert_cmpuint (count (people), ==, 0);
  meir_ui_people_update (people, more);
  assert_all (people, more);
}

/* Very many separate ones who go are one change. */
static void
test_many_go (void)
{
  g_autoptr (MeirUiPeople) people = meir_ui_people_new ();
  g_autoptr (GArray) peers = details_peers (200);
  Changes changes = { 0 };
  MeirUiPerson *last;

  meir_ui_people_update (people, peers);
  last = person_at (people, 199);
  for (guint i = 100; i-- > 0;)
    g_array_remove_index (peers, 2 * i);
  g_signal_connect (meir_ui_people_get_model (people), "items-changed", G_CALLBACK (on_items_changed),
                    &changes);
  meir_ui_people_update (people, peers);
  assert_all (people, peers);
  g_assert_cmpuint (changes.n_changes, ==, 1);
  g_assert_true (person_at (people, 99) == last);
}

static MeirUiPerson *
show (MeirUiPeople *people, const MeirPeerSnapshot *peer)
{
  g_autoptr (GArray) peers = g_array_new (FALSE, FALSE, sizeof *peer);

  g_array_append_val (peers, *peer);
  meir_ui_people_update (people, peers);
  return person_at (people, 0);
}

static void
test_words (void)
{
  g_autoptr (MeirUiPeople) people = meir_ui_people_new ();
  MeirPeerSnapshot peer = { .peer_choking = TRUE, .am_choking = TRUE, .client = "Some Program 1.0" };
  g_autofree char *text = NULL;

  g_assert_true (meir_endpoint_parse (&peer.endpoint, "[2001:db8::1]:6881", NULL));
  g_assert_cmpstr (meir_ui_person_get_doing (show (people, &peer)), ==, "needs nothing");
  g_assert_cmpstr (meir_ui_person_get_address (person_at (people, 0)), ==, "[2001:db8::1]:6881");
  peer.am_interested = TRUE;
  g_assert_cmpstr (meir_ui_person_get_doing (show (people, &peer)), ==, "lets you wait");
  peer.peer_choking = FALSE;
  g_assert_cmpstr (meir_ui_person_get_doing (show (people, &peer)), ==, "sends to you");
  peer.snubbed = TRUE;
  g_assert_cmpstr (meir_ui_person_get_doing (show (people, &peer)), ==, "is slow to send");
  peer.peer_interested = TRUE;
  peer.am_choking = FALSE;
  g_assert_cmpstr (meir_ui_person_get_doing (show (people, &peer)), ==, "you exchange");
  peer.am_interested = FALSE;
  g_assert_cmpstr (meir_ui_person_get_doing (show (people, &peer)), ==, "gets from you");
  peer.am_choking = TRUE;
  g_assert_cmpstr (meir_ui_person_get_doing (show (people, &peer)), ==, "waits for you");
  peer.seed = peer.encrypted = TRUE;
  text = meir_ui_person_dup_text (show (people, &peer));
  g_assert_nonnull (strstr (text, "[2001:db8::1]:6881\nSome Program 1.0\n"));
  g_assert_nonnull (strstr (text, "Encrypted with TLS"));
  g_assert_nonnull (strstr (text, "(seed)"));
  g_assert_nonnull (strstr (text, "(snubbed)"));
  g_assert_nonnull (strstr (text, "(choked)"));
}

/* Very many come in parts, and who is in the list already is not in it twice, nor do those who left come. */
static void
test_many_come (void)
{
  g_autoptr (MeirUiPeople) people = meir_ui_people_new ();
  g_autoptr (GArray) peers = details_peers (1500), others = details_peers (1300);
  Changes changes = { 0 };
  guint n;

  g_signal_connect (meir_ui_people_get_model (people), "items-changed", G_CALLBACK (on_items_changed),
                    &changes);
  meir_ui_people_update (people, peers);
  n = count (people);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <, peers->len);
  meir_ui_people_update (people, others);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (changes.n_added, ==, others->len);
  g_assert_cmpuint (changes.n_removed, ==, 0);
  assert_all (people, others);
}

/* Nobody comes any more once everybody is gone. */
static void
test_come_in_vain (void)
{
  g_autoptr (MeirUiPeople) people = meir_ui_people_new ();
  g_autoptr (GArray) peers = details_peers (3500);

  meir_ui_people_update (people, peers);
  meir_ui_people_update (people, NULL);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpuint (count (people), ==, 0);
}

static void
test_speed (void)
{
  g_autoptr (MeirUiPeople) people = meir_ui_people_new ();
  g_autoptr (GArray) peers = details_peers (10000);

  meir_ui_people_update (people, peers);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (count (people), ==, 10000);
  g_array_remove_range (peers, 500, 10);
  g_test_timer_start ();
  meir_ui_people_update (people, peers);
  g_test_message ("10,000 peers: %.2f ms", g_test_timer_elapsed () * 1000);
  g_assert_cmpuint (count (people), ==, 9990);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/people/stay", test_stay);
  g_test_add_func ("/app/people/come-and-go", test_come_and_go);
  g_test_add_func ("/app/people/many-go", test_many_go);
  g_test_add_func ("/app/people/words", test_words);
  g_test_add_func ("/app/people/many-come", test_many_come);
  g_test_add_func ("/app/people/come-in-vain", test_come_in_vain);
  g_test_add_func ("/app/people/speed", test_speed);
  return g_test_run ();
}
