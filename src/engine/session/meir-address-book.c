/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-address-book.h"

/* Entries of each table; beyond that new ones are not remembered until a sweep makes room. */
#define ADDRESS_BOOK_MAX 20000u
#define DIALS_PER_MINUTE 3u

typedef struct {
  MeirEndpoint key;
  gint64 until_usec;
  guint count;
} MeirAddressEntry;

struct _MeirAddressBook {
  GHashTable *bans;
  GHashTable *tls;
  GHashTable *connections;
  GHashTable *dials;
};

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full ((GHashFunc) meir_endpoint_hash, (GEqualFunc) meir_endpoint_equal, NULL,
                                g_free);
}

MeirAddressBook *
meir_address_book_new (void)
{
  MeirAddressBook *book = g_new0 (MeirAddressBook, 1);

  book->bans = new_table ();
  book->tls = new_table ();
  book->connections = new_table ();
  book->dials = new_table ();
  return book;
}

void
meir_address_book_free (MeirAddressBook *book)
{
  g_hash_table_unref (book->bans);
  g_hash_table_unref (book->tls);
  g_hash_table_unref (book->connections);
  g_hash_table_unref (book->dials);
  g_free (book);
}

/* The address cut to its prefix, without the port. */
static MeirEndpoint
prefix_of (const MeirEndpoint *endpoint, guint v4_bytes, guint v6_bytes)
{
  MeirEndpoint prefix = { .family = endpoint->family };

  memcpy (prefix.bytes, endpoint->bytes, endpoint->family == 4 ? v4_bytes : v6_bytes);
  return prefix;
}

static MeirEndpoint
address_of (const MeirEndpoint *endpoint)
{
  return prefix_of (endpoint, 4, 8);
}

static MeirAddressEntry *
ensure_entry (GHashTable *table, const MeirEndpoint *key)
{
  MeirAddressEntry *entry = g_hash_table_lookup (table, key);

  if (entry == NULL && g_hash_table_size (table) < ADDRESS_BOOK_MAX) {
    entry = g_new0 (MeirAddressEntry, 1);
    entry->key = *key;
    g_hash_table_insert (table, &entry->key, entry);
  }
  return entry;
}

static gboolean
is_current (GHashTable *table, const MeirEndpoint *key, gint64 now_usec)
{
  MeirAddressEntry *entry = g_hash_table_lookup (table, key);

  return entry != NULL && entry->until_usec > now_usec;
}

void
meir_address_book_ban (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 until_usec)
{
  MeirEndpoint key = address_of (endpoint);
  MeirAddressEntry *entry = ensure_entry (book->bans, &key);

  if (entry != NULL)
    entry->until_usec = MAX (entry->until_usec, until_usec);
}

gboolean
meir_address_book_is_banned (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 now_usec)
{
  MeirEndpoint key = address_of (endpoint);

  return is_current (book->bans, &key, now_usec);
}

void
meir_address_book_remember_tls (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 until_usec)
{
  MeirAddressEntry *entry = ensure_entry (book->tls, endpoint);

  if (entry != NULL)
    entry->until_usec = MAX (entry->until_usec, until_usec);
}

gboolean
meir_address_book_speaks_tls (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 now_usec)
{
  return is_current (book->tls, endpoint, now_usec);
}

guint
meir_address_book_count (MeirAddressBook *book, const MeirEndpoint *endpoint)
{
  MeirEndpoint key = address_of (endpoint);
  MeirAddressEntry *entry = g_hash_table_lookup (book->connections, &key);

  return entry != NULL ? entry->count : 0;
}

void
meir_address_book_connected (MeirAddressBook *book, const MeirEndpoint *endpoint)
{
  MeirEndpoint key = address_of (endpoint);
  MeirAddressEntry *entry = ensure_entry (book->connections, &key);

  if (entry != NULL)
    entry->count++;
}

void
meir_address_book_disconnected (MeirAddressBook *book, const MeirEndpoint *endpoint)
{
  MeirEndpoint key = address_of (endpoint);
  MeirAddressEntry *entry = g_hash_table_lookup (book->connections, &key);

  if (entry != NULL && --entry->count == 0)
    g_hash_table_remove (book->connections, &key);
}

gboolean
meir_address_book_may_dial (MeirAddressBook *book, const MeirEndpoint *endpoint, gint64 now_usec)
{
  MeirEndpoint key = prefix_of (endpoint, 3, 6);
  MeirAddressEntry *entry;

  if (meir_endpoint_is_local_network (endpoint) || meir_endpoint_is_loopback (endpoint))
    return TRUE;
  entry = ensure_entry (book->dials, &key);
  if (entry == NULL)
    return FALSE;
  if (entry->until_usec <= now_usec) {
    entry->until_usec = now_usec + 60 * G_USEC_PER_SEC;
    entry->count = 0;
  }
  if (entry->count >= DIALS_PER_MINUTE)
    return FALSE;
  entry->count++;
  return TRUE;
}

static gboolean
has_run_out (gpointer key, gpointer value, gpointer user_data)
{
  const MeirAddressEntry *entry = value;
  const gint64 *now_usec = user_data;

  return entry->until_usec <= *now_usec;
}

void
meir_address_book_sweep (MeirAddressBook *book, gint64 now_usec)
{
  g_hash_table_foreach_remove (book->bans, has_run_out, &now_usec);
  g_hash_table_foreach_remove (book->tls, has_run_out, &now_usec);
  g_hash_table_foreach_remove (book->dials, has_run_out, &now_usec);
}
