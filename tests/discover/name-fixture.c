/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-fixture.h"

typedef struct {
  char *addresses;
  guint n_lookups;
  gboolean is_silent;
  GPtrArray *asked; /* GTask: not answered yet */
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
  g_ptr_array_unref (name->asked);
  g_free (name);
}

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
answer (const Name *name, GTask *task)
{
  g_auto (GStrv) addresses = NULL;
  GList *list = NULL;

  addresses = g_strsplit (name->addresses, " ", -1);
  for (guint i = 0; addresses[i] != NULL; i++)
    list = g_list_append (list, g_inet_address_new_from_string (addresses[i]));
  g_task_return_pointer (task, list, free_addresses);
}

static void
lookup_async (GResolver *resolver, const char *hostname, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  Name *name = g_hash_table_lookup (TEST_RESOLVER (resolver)->names, hostname);

  if (name == NULL) {
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "No such name: %s",
                             hostname);
    return;
  }
  name->n_lookups++;
  if (name->is_silent)
    g_ptr_array_add (name->asked, g_steal_pointer (&task));
  else
    answer (name, task);
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
  entry->asked = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_replace (installed->names, g_strdup (name), entry);
}

void
names_silence (const char *name)
{
  ((Name *) g_hash_table_lookup (installed->names, name))->is_silent = TRUE;
}

void
names_answer (const char *name)
{
  Name *entry = g_hash_table_lookup (installed->names, name);

  entry->is_silent = FALSE;
  for (guint i = 0; i < entry->asked->len; i++)
    answer (entry, g_ptr_array_index (entry->asked, i));
  g_ptr_array_set_size (entry->asked, 0);
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
