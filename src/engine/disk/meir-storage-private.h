/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/meir-file-cache.h"
#include "disk/meir-storage.h"

#include <sys/stat.h>

G_BEGIN_DECLS

/* What the files of the storage share: meir-storage.c (bytes), -prepare (making), -sync (keeping). */
struct _MeirStorage {
  /* immutable */
  gatomicrefcount ref_count;
  MeirMetainfo *metainfo;
  char *folder;
  char *display_folder; /* safe to show */
  MeirAllocation allocation;
  dev_t device; /* of the folder when the storage was made, */
  ino_t inode;  /* so that another disk mounted there, or none, is noticed */

  MeirFileTable files;

  GMutex sync_lock; /* one sync at a time */
  GMutex lock;
  GHashTable *grown_folders; /* guarded by @lock: (element-type filename): with entries fsync has not seen */

  gint generation; /* atomic */
  /* Engine thread: the generation whose failed sync was dispatched. What is submitted is stamped with it, so
   * that nothing verified before the submitter heard of the failure gets into the journal after. */
  guint known_generation;
};

/* The folder's descriptor, held; NULL with @error when it is not the folder it was. */
MeirOpenFile *meir_storage_acquire_folder (MeirStorage *storage, GError **error);
/* The file's descriptor, held, opened if it is not; NULL with @error and errno. */
MeirOpenFile *meir_storage_acquire (MeirStorage *storage, guint file, gboolean for_writing, GError **error);

/* Opens beneath the folder; when the process is out of descriptors, closes others and tries again. */
int meir_storage_open (MeirStorage *storage, const char *path, int flags, mode_t mode, GError **error);
/* Whether a file may be used: a regular one, and, for writing, one without other names. FALSE with @error and
 * errno. */
gboolean meir_storage_check_status (MeirStorage *storage, const char *path, const struct stat *status,
                                    gboolean for_writing, GError **error);

/* What was tried. */
typedef enum {
  MEIR_STORAGE_OPEN,
  MEIR_STORAGE_LOOK,
  MEIR_STORAGE_READ,
  MEIR_STORAGE_WRITE,
  MEIR_STORAGE_MAKE,
  MEIR_STORAGE_MAKE_FOLDER,
  MEIR_STORAGE_SYNC,
  MEIR_STORAGE_ASK_SPACE,
} MeirStorageAttempt;

/* The sentence that fits @error_number, about the file at @path (relative); else that the @attempt failed.
 * Leaves @error_number in errno. */
void meir_storage_set_error (MeirStorage *storage, GError **error, int error_number,
                             MeirStorageAttempt attempt, const char *path);
/* The folder has an entry that fsync has not seen. @path: of the new entry, relative. */
void meir_storage_mark_grown (MeirStorage *storage, const char *path);

G_END_DECLS
