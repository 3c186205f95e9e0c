/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-people.h"

#include <glib/gi18n.h>

/* So many separate removals cost more than making the list anew. */
#define RUNS_MAX 32u
/* So many are added in one turn of the main loop. */
#define ADDED_AT_ONCE 1000u

/* One of them. */

struct _MeirUiPerson {
  GObject parent_instance;

  MeirPeerSnapshot peer;
  char address[MEIR_ENDPOINT_TEXT_MAX]; /* empty until somebody asks for it */
  guint seen;                           /* at which update */
};

G_DEFINE_FINAL_TYPE (MeirUiPerson, meir_ui_person, G_TYPE_OBJECT)

static void
meir_ui_person_class_init (MeirUiPersonClass *klass)
{
}

static void
meir_ui_person_init (MeirUiPerson *person)
{
}

const MeirPeerSnapshot *
meir_ui_person_get_peer (MeirUiPerson *person)
{
  return &person->peer;
}

const char *
meir_ui_person_get_address (MeirUiPerson *person)
{
  if (*person->address == '\0')
    meir_endpoint_format (&person->peer.endpoint, person->address);
  return person->address;
}

const char *
meir_ui_person_get_doing (MeirUiPerson *person)
{
  const MeirPeerSnapshot *peer = &person->peer;
  gboolean receives = peer->am_interested && !peer->peer_choking;
  gboolean sends = peer->peer_interested && !peer->am_choking;

  if (receives && sends)
    return _ ("you exchange");
  if (receives)
    return peer->snubbed ? _ ("is slow to send") : _ ("sends to you");
  if (sends)
    return _ ("gets from you");
  if (peer->am_interested)
    return _ ("lets you wait");
  if (peer->peer_interested)
    return _ ("waits for you");
  return _ ("needs nothing");
}

static void
append_line (GString *text, const char *line)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

/* The exact words of the protocol, for who wants to know. */
char *
meir_ui_person_dup_text (MeirUiPerson *person)
{
  const MeirPeerSnapshot *peer = &person->peer;
  g_autofree char *down = g_format_size (peer->downloaded);
  g_autofree char *up = g_format_size (peer->uploaded);
  g_autofree char *moved = g_strdup_printf (_ ("%s received, %s sent"), down, up);
  GString *text = g_string_new (meir_ui_person_get_address (person));

  if (*peer->client != '\0')
    append_line (text, peer->client);
  append_line (text, moved);
  append_line (text, peer->encrypted ? _ ("Encrypted with TLS") : _ ("Not encrypted"));
  append_line (text, peer->incoming ? _ ("They called you") : _ ("You called them"));
  if (peer->seed)
    append_line (text, _ ("Has everything (seed)"));
  append_line (text,
               peer->am_interested ? _ ("Has something you need (interesting)") : _ ("Has nothing you need"));
  append_line (text,
               peer->peer_choking ? _ ("Does not send to you now (choking)") : _ ("Ready to send to you"));
  append_line (text, peer->peer_interested ? _ ("Wants something of yours (interested)")
                                           : _ ("Wants nothing of yours"));
  append_line (text,
               peer->am_choking ? _ ("You do not send to them now (choked)") : _ ("You are ready to send"));
  if (peer->snubbed)
    append_line (text, _ ("Has sent nothing for a while though asked (snubbed)"));
  return g_string_free (text, FALSE);
}

/* All of them. */

struct _MeirUiPeople {
  GObject parent_instance;

  GListStore *store;
  GHashTable *by_endpoint; /* endpoint of the person to MeirUiPerson, which the store owns */
  guint n_updates;

  GArray *coming; /* (nullable) MeirPeerSnapshot: of the last update, while there are new ones among them */
  guint next;     /* of them: all before it are here */
  guint idle;     /* source, while there are */
};

G_DEFINE_FINAL_TYPE (MeirUiPeople, meir_ui_people, G_TYPE_OBJECT)

static guint
hash_endpoint (gconstpointer endpoint)
{
  return meir_endpoint_hash (endpoint);
}

static gboolean
equal_endpoints (gconstpointer one, gconstpointer other)
{
  return meir_endpoint_equal (one, other);
}

GListModel *
meir_ui_people_get_model (MeirUiPeople *people)
{
  return G_LIST_MODEL (people->store);
}

static void
take_figures (MeirUiPeople *people, MeirUiPerson *person, const MeirPeerSnapshot *peer)
{
  person->peer = *peer;
  person->seen = people->n_updates;
}

/* Takes over the figures of who is here, and says whether somebody else has come. */
static gboolean
take_known (MeirUiPeople *people, GArray *peers)
{
  gboolean anybody = FALSE;

  for (guint i = 0; i < peers->len; i++) {
    const MeirPeerSnapshot *peer = &g_array_index (peers, MeirPeerSnapshot, i);
    MeirUiPerson *person = g_hash_table_lookup (people->by_endpoint, &peer->endpoint);

    if (person != NULL)
      take_figures (people, person, peer);
    else
      anybody = TRUE;
  }
  return anybody;
}

/* Some of those who have come, from the last on that was looked at. (transfer full) */
static GPtrArray *
make_some (MeirUiPeople *people)
{
  GPtrArray *added = g_ptr_array_new_with_free_func (g_object_unref);

  while (people->coming != NULL && people->next < people->coming->len && added->len < ADDED_AT_ONCE) {
    const MeirPeerSnapshot *peer = &g_array_index (people->coming, MeirPeerSnapshot, people->next++);
    MeirUiPerson *person;

    if (g_hash_table_contains (people->by_endpoint, &peer->endpoint))
      continue;
    person = g_object_new (MEIR_UI_TYPE_PERSON, NULL);
    take_figures (people, person, peer);
    g_hash_table_insert (people->by_endpoint, &person->peer.endpoint, person);
    g_ptr_array_add (added, person);
  }
  if (people->coming != NULL && people->next == people->coming->len)
    g_clear_pointer (&people->coming, g_array_unref);
  return added;
}

static void
append (MeirUiPeople *people, GPtrArray *added)
{
  if (added->len > 0)
    g_list_store_splice (people->store, g_list_model_get_n_items (G_LIST_MODEL (people->store)), 0,
                         added->pdata, added->len);
}

static gboolean
on_idle (gpointer user_data)
{
  MeirUiPeople *people = user_data;
  g_autoptr (GPtrArray) added = make_some (people);

  append (people, added);
  if (people->coming != NULL)
    return G_SOURCE_CONTINUE;
  people->idle = 0;
  return G_SOURCE_REMOVE;
}

/* Runs of those who are gone, from the end: pairs of position and length. */
static GArray *
find_gone (MeirUiPeople *people)
{
  GArray *runs = g_array_new (FALSE, FALSE, 2 * sizeof (guint));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (people->store));

  for (guint i = n; i-- > 0;) {
    g_autoptr (MeirUiPerson) person = g_list_model_get_item (G_LIST_MODEL (people->store), i);
    guint run[2] = { i, 1 };
    guint *last = runs->len > 0 ? &((guint *) (gpointer) runs->data)[2 * (runs->len - 1)] : NULL;

    if (person->seen == people->n_updates)
      continue;
    g_hash_table_remove (people->by_endpoint, &person->peer.endpoint);
    if (last != NULL && last[0] == i + 1) {
      last[0]--;
      last[1]++;
    } else {
      g_array_append_val (runs, run);
    }
  }
  return runs;
}

/* Everybody who is still here, as new: one change in place of very many. */
static void
start_over (MeirUiPeople *people, GPtrArray *added)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (people->store));
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++) {
    g_autoptr (MeirUiPerson) person = g_list_model_get_item (G_LIST_MODEL (people->store), i);

    if (person->seen == people->n_updates)
      g_ptr_array_add (all, g_steal_pointer (&person));
  }
  for (guint i = 0; i < added->len; i++)
    g_ptr_array_add (all, g_object_ref (g_ptr_array_index (added, i)));
  g_list_store_splice (people->store, 0, n, all->pdata, all->len);
}

void
meir_ui_people_update (MeirUiPeople *people, GArray *peers)
{
  g_autoptr (GPtrArray) added = NULL;
  g_autoptr (GArray) gone = NULL;

  people->n_updates++;
  people->next = 0;
  g_clear_pointer (&people->coming, g_array_unref);
  if (peers != NULL && take_known (people, peers))
    people->coming = g_array_ref (peers);
  gone = find_gone (people);
  added = make_some (people);
  if (gone->len > RUNS_MAX) {
    start_over (people, added);
  } else {
    for (guint i = 0; i < gone->len; i++) {
      const guint *run = &((const guint *) (gconstpointer) gone->data)[2 * i];

      g_list_store_splice (people->store, run[0], run[1], NULL, 0);
    }
    append (people, added);
  }
  if (people->coming != NULL && people->idle == 0)
    people->idle = g_idle_add (on_idle, people);
  else if (people->coming == NULL)
    g_clear_handle_id (&people->idle, g_source_remove);
}

static void
meir_ui_people_finalize (GObject *object)
{
  MeirUiPeople *people = MEIR_UI_PEOPLE (object);

  g_clear_handle_id (&people->idle, g_source_remove);
  g_clear_pointer (&people->coming, g_array_unref);
  g_hash_table_unref (people->by_endpoint);
  g_object_unref (people->store);
  G_OBJECT_CLASS (meir_ui_people_parent_class)->finalize (object);
}

static void
meir_ui_people_class_init (MeirUiPeopleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_people_finalize;
}

static void
meir_ui_people_init (MeirUiPeople *people)
{
  people->store = g_list_store_new (MEIR_UI_TYPE_PERSON);
  people->by_endpoint = g_hash_table_new (hash_endpoint, equal_endpoints);
}

MeirUiPeople *
meir_ui_people_new (void)
{
  return g_object_new (MEIR_UI_TYPE_PEOPLE, NULL);
}
