/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-file-cache.h"

#include "disk/meir-disk-faults.h"

#include <sys/resource.h>
#include <sys/stat.h>

/* A quarter of what the process may open is for files; the rest is for sockets and whoever else lives here.
 */
#define LIMIT_SHARE 4u
#define LIMIT_MIN   8u
#define LIMIT_MAX   1024u
/* How far from the end of the list a descriptor that needs no sync is looked for. */
#define CLEAN_SEARCH 16u
/* Most descriptors closed by one call. */
#define SHRINK_MAX 64u

static GMutex lock;
static GCond closed;
static GQueue used = G_QUEUE_INIT; /* of MeirOpenFile in a table, most recently used first */

static guint
get_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return LIMIT_MAX;
  return (guint) CLAMP (limit.rlim_cur / LIMIT_SHARE, LIMIT_MIN, LIMIT_MAX);
}

static gboolean
is_dirty_locked (const MeirOpenFile *open_file)
{
  /* A sync under way has cleared the bits of files it has not come to yet. */
  return open_file->is_writable && open_file->file != MEIR_FILE_FOLDER &&
         (open_file->table->is_syncing || meir_bitfield_get (&open_file->table->dirty, open_file->file));
}

static void
detach_locked (MeirOpenFile *open_file)
{
  g_queue_unlink (&used, &open_file->link);
  open_file->is_in_table = FALSE;
  g_hash_table_remove (open_file->table->open, GUINT_TO_POINTER (open_file->file));
}

static void
close_file (MeirOpenFile *open_file)
{
  close (open_file->fd);
  g_free (open_file);
}

/* The idle file to close next: old, and if possible without anything to sync. */
static MeirOpenFile *
find_idle_locked (void)
{
  MeirOpenFile *oldest = NULL;
  guint n_seen = 0;

  for (GList *link = used.tail; link != NULL && n_seen < CLEAN_SEARCH; link = link->prev) {
    MeirOpenFile *open_file = link->data;

    if (open_file->n_users > 0)
      continue;
    if (!is_dirty_locked (open_file))
      return open_file;
    if (oldest == NULL)
      oldest = open_file;
    n_seen++;
  }
  return oldest;
}

gboolean
meir_file_is_deleted (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 && status.st_nlink == 0;
}

static void
note_sync_error_locked (MeirOpenFile *open_file, int error_number)
{
  open_file->table->sync_error = error_number;
  open_file->table->sync_error_file = open_file->file;
}

/* The kernel tells a failed write-back to the descriptors that were open then: one with unsynced bytes is not
 * closed before it was asked. */
static void
close_victims (MeirOpenFile *const *victims, guint n_victims)
{
  for (guint i = 0; i < n_victims; i++) {
    MeirOpenFile *victim = victims[i];
    MeirFileTable *table = victim->table;
    int error_number = 0;

    if (table != NULL) {
      if (meir_disk_fdatasync (victim->fd) != 0)
        error_number = errno;
      else if (meir_file_is_deleted (victim->fd))
        error_number = ENOENT;
      g_mutex_lock (&lock);
      if (error_number != 0)
        note_sync_error_locked (victim, error_number);
      table->n_closing--;
      g_cond_broadcast (&closed);
      g_mutex_unlock (&lock);
    }
    close_file (victim);
  }
}

/* Detaches idle files until no more than @keep are left; the caller closes them without the lock. */
static guint
take_victims_locked (guint keep, MeirOpenFile **victims)
{
  guint n_victims = 0;

  while (used.length > keep && n_victims < SHRINK_MAX) {
    MeirOpenFile *victim = find_idle_locked ();

    if (victim == NULL)
      break;
    detach_locked (victim);
    if (is_dirty_locked (victim))
      victim->table->n_closing++;
    else
      victim->table = NULL;
    victims[n_victims++] = victim;
  }
  return n_victims;
}

void
meir_file_table_init (MeirFileTable *table, guint n_files)
{
  *table = (MeirFileTable){ .open = g_hash_table_new (NULL, NULL) };
  meir_bitfield_init (&table->dirty, n_files);
}

void
meir_file_table_clear (MeirFileTable *table)
{
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&lock);
  while (table->n_closing > 0)
    g_cond_wait (&closed, &lock);
  g_hash_table_iter_init (&iter, table->open);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    MeirOpenFile *open_file = value;

    g_assert (open_file->n_users == 0);
    g_queue_unlink (&used, &open_file->link);
  }
  g_mutex_unlock (&lock);

  g_hash_table_iter_init (&iter, table->open);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    close_file (value);
  g_clear_pointer (&table->open, g_hash_table_unref);
  meir_bitfield_clear (&table->dirty);
}

static MeirOpenFile *
acquire_locked (MeirFileTable *table, guint file, gboolean for_writing)
{
  MeirOpenFile *open_file = g_hash_table_lookup (table->open, GUINT_TO_POINTER (file));

  if (open_file == NULL || (for_writing && !open_file->is_writable))
    return NULL;
  open_file->n_users++;
  if (used.head != &open_file->link) {
    g_queue_unlink (&used, &open_file->link);
    g_queue_push_head_link (&used, &open_file->link);
  }
  return open_file;
}

MeirOpenFile *
meir_file_table_acquire (MeirFileTable *table, guint file, gboolean for_writing)
{
  MeirOpenFile *open_file;

  g_mutex_lock (&lock);
  open_file = acquire_locked (table, file, for_writing);
  g_mutex_unlock (&lock);
  return open_file;
}

MeirOpenFile *
meir_file_table_insert (MeirFileTable *table, guint file, int fd, gboolean is_writable)
{
  MeirOpenFile *open_file = g_new0 (MeirOpenFile, 1);
  MeirOpenFile *victims[SHRINK_MAX] = { NULL };
  MeirOpenFile *replaced = NULL;
  MeirOpenFile *faster;
  guint limit = get_limit ();
  guint n_victims = 0;

  *open_file = (MeirOpenFile){
    .fd = fd,
    .is_writable = is_writable,
    .table = table,
    .file = file,
    .n_users = 1,
    .is_in_table = TRUE,
    .link = { .data = open_file },
  };
  g_mutex_lock (&lock);
  faster = acquire_locked (table, file, is_writable);
  if (faster == NULL) {
    replaced = g_hash_table_lookup (table->open, GUINT_TO_POINTER (file));
    if (replaced != NULL) {
      detach_locked (replaced);
      if (replaced->n_users > 0) /* its last user closes it */
        replaced = NULL;
    }
    g_hash_table_insert (table->open, GUINT_TO_POINTER (file), open_file);
    g_queue_push_head_link (&used, &open_file->link);
    n_victims = take_victims_locked (limit, victims);
  }
  g_mutex_unlock (&lock);

  g_clear_pointer (&replaced, close_file);
  close_victims (victims, n_victims);
  if (faster != NULL) {
    close_file (open_file);
    return faster;
  }
  return open_file;
}

void
meir_open_file_release (MeirOpenFile *open_file, gboolean has_written)
{
  gboolean is_last;

  g_mutex_lock (&lock);
  if (has_written)
    meir_bitfield_set (&open_file->table->dirty, open_file->file);
  /* Who writes leaves the table only as deleted; another file may be there by the next sync. */
  if (has_written && !open_file->is_in_table)
    note_sync_error_locked (open_file, ENOENT);
  open_file->n_users--;
  is_last = open_file->n_users == 0 && !open_file->is_in_table;
  g_mutex_unlock (&lock);
  if (is_last)
    close_file (open_file);
}

void
meir_file_table_mark_dirty (MeirFileTable *table, guint file)
{
  g_mutex_lock (&lock);
  meir_bitfield_set (&table->dirty, file);
  g_mutex_unlock (&lock);
}

gboolean
meir_file_table_take_dirty (MeirFileTable *table, MeirBitfield *files)
{
  gboolean is_any;

  g_mutex_lock (&lock);
  is_any = table->dirty.n_set > 0 || table->sync_error != 0 || table->n_closing > 0;
  if (is_any) {
    meir_bitfield_copy (files, &table->dirty);
    meir_bitfield_unset_all (&table->dirty);
    table->is_syncing = TRUE;
  }
  g_mutex_unlock (&lock);
  return is_any;
}

int
meir_file_table_take_sync_error (MeirFileTable *table, guint *file)
{
  int error_number;

  g_mutex_lock (&lock);
  while (table->n_closing > 0)
    g_cond_wait (&closed, &lock);
  error_number = table->sync_error;
  *file = table->sync_error_file;
  table->sync_error = 0;
  table->is_syncing = FALSE;
  g_mutex_unlock (&lock);
  return error_number;
}

void
meir_file_table_drop_deleted (MeirFileTable *table, guint file)
{
  MeirOpenFile *open_file;

  g_mutex_lock (&lock);
  open_file = g_hash_table_lookup (table->open, GUINT_TO_POINTER (file));
  if (open_file != NULL) {
    /* The next sync may find another file of that name, which knows nothing of these bytes. */
    if (is_dirty_locked (open_file))
      note_sync_error_locked (open_file, ENOENT);
    detach_locked (open_file);
    if (open_file->n_users > 0)
      open_file = NULL;
  }
  g_mutex_unlock (&lock);
  g_clear_pointer (&open_file, close_file);
}

guint
meir_file_cache_shrink (void)
{
  MeirOpenFile *victims[SHRINK_MAX] = { NULL };
  guint n_victims;

  g_mutex_lock (&lock);
  n_victims = take_victims_locked (0, victims);
  g_mutex_unlock (&lock);
  close_victims (victims, n_victims);
  return n_victims;
}
