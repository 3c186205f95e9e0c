/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "disk/meir-file-cache.h"
#include "disk/meir-storage.h"

#include <sys/stat.h>

G_BEGIN_DECLS

/* What the files of the storage share: meir-storage.c (opening), -bytes, -prepare (making), -parts (what is
 * kept of skipped files), -sync (keeping). */
struct _MeirStorage {
  /* immutable */
  gatomicrefcount ref_count;
  MeirMetainfo *metainfo;
  char *folder;
  char *display_folder; /* safe to show */
  char *parts_folder;   /* relative to @folder */
  MeirAllocation allocation;
  dev_t device; /* of the folder when the storage was made, */
  ino_t inode;  /* so that another disk mounted there, or none, is noticed */

  MeirFileTable files;

  GMutex sync_lock; /* one sync at a time */
  GMutex lock;
  GHashTable *grown_folders; /* guarded by @lock: (element-type filename): with entries fsync has not seen */
  GBytes *wanted;            /* guarded by @lock; (nullable): a MeirPriority byte per file */

  gint generation; /* atomic */
  /* Engine thread: the generation whose failed sync was dispatched. What is submitted is stamped with it, so
   * that nothing verified before the submitter heard of the failure gets into the journal after. */
  guint known_generation;
};

/* The folder's descriptor, held; NULL with @error when it is not the folder it was. */
MeirOpenFile *meir_storage_acquire_folder (MeirStorage *storage, GError **error);
/* The file's descriptor, held, opened if it is not; NULL with @error and errno. */
MeirOpenFile *meir_storage_acquire (MeirStorage *storage, guint file, gboolean for_writing, GError **error);

/**
 * MeirStoragePlan:
 * @files: (nullable): a MeirPriority byte per file; NULL: all are wanted
 * @pieces: the same per piece; NULL when @files is
 *
 * Which files are wanted, as one walk over them sees it.
 */
typedef struct {
  GBytes *files;
  guint8 *pieces;
} MeirStoragePlan;

void meir_storage_take_plan (MeirStorage *storage, MeirStoragePlan *plan);
void meir_storage_plan_clear (MeirStoragePlan *plan);
gboolean meir_storage_plan_wants (const MeirStoragePlan *plan, guint file);
/* How many bytes of the file the pieces that are wanted hold: all, of a file that is wanted. */
guint64 meir_storage_plan_needs (MeirStorage *storage, const MeirStoragePlan *plan, guint file);

/* Looks at a file where it is kept: at its name, or else among the parts. 0, or -1 with errno. */
int meir_storage_locate (MeirStorage *storage, int folder, guint file, struct stat *status,
                         gboolean *is_part);
/* (transfer full): where a file is kept while it is skipped, relative. */
char *meir_storage_dup_part_path (MeirStorage *storage, guint file);
/* Makes an empty part. */
gboolean meir_storage_make_part (MeirStorage *storage, guint file, GError **error);
/* Gives a part its file's name, whose folders exist. */
gboolean meir_storage_show_part (MeirStorage *storage, guint file, GError **error);
/* The folder of the parts goes with the last of them. */
void meir_storage_tidy_parts (MeirStorage *storage);

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
