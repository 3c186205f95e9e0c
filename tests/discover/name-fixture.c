/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-fixture.h"

typedef struct {
  char *addresses;
  guint n_lookups;
} Name;

#define TYPE_TEST_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver {
  GResolver parent_instance;
  GHashTable *names;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static TestResolver *installed;
static GResolver *before;

static void
name_free (Name *name)
{
  g_free (name->addresses);
  g_free (name);
}

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
lookup_async (GResolver *resolver, const char *hostname, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  Name *name = g_hash_table_lookup (TEST_RESOLVER (resolver)->names, hostname);
  g_auto (GStrv) addresses = NULL;
  GList *list = NULL;

  if (name == NULL) {
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "No such name: %s",
                             hostname);
    return;
  }
  name->n_lookups++;
  addresses = g_strsplit (name->addresses, " ", -1);
  for (guint i = 0; addresses[i] != NULL; i++)
    list = g_list_append (list, g_inet_address_new_from_string (addresses[i]));
  g_task_return_pointer (task, list, free_addresses);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_finalize (GObject *object)
{
  g_hash_table_unref (TEST_RESOLVER (object)->names);
  G_OBJECT_CLASS (test_resolver_parent_class)->finalize (object);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_resolver_finalize;
  G_RESOLVER_CLASS (klass)->lookup_by_name_async = lookup_async;
  G_RESOLVER_CLASS (klass)->lookup_by_name_finish = lookup_finish;
}

static void
test_resolver_init (TestResolver *self)
{
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) name_free);
}

void
names_install (void)
{
  before = g_resolver_get_default ();
  installed = g_object_new (TYPE_TEST_RESOLVER, NULL);
  g_resolver_set_default (G_RESOLVER (installed));
}

void
names_set (const char *name, const char *addresses)
{
  Name *entry = g_new0 (Name, 1);

  entry->addresses = g_strdup (addresses);
  g_hash_table_replace (installed->names, g_strdup (name), entry);
}

guint
names_get_count (const char *name)
{
  return ((Name *) g_hash_table_lookup (installed->names, name))->n_lookups;
}

void
names_uninstall (void)
{
  g_resolver_set_default (before);
  g_clear_object (&installed);
  g_clear_object (&before);
}
