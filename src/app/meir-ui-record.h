/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

G_BEGIN_DECLS

/**
 * MeirUiRecord:
 * @folder: (nullable): in the file system's encoding; NULL when what is on record makes no sense
 * @link: (nullable): the magnet link it came from
 * @name: (nullable): what the user calls it, safe to show
 * @priorities: (nullable): as of meir_torrent_set_file_priorities ()
 * @trackers: (nullable) (element-type GStrv): tiers, where they are not those of the metainfo
 * @uploaded: payload bytes of all sessions; likewise the next two
 * @rule_overridden: see MeirAddOptions
 * @added_sec: when it came into the list, seconds since 1970
 *
 * What is kept of a torrent across restarts, as a group of a key file. Whoever may write that file may write
 * anything: all of it is checked when read.
 */
typedef struct {
  char *folder;
  char *link;
  char *name;
  gboolean paused;
  gboolean play_order;
  GBytes *priorities;
  GPtrArray *trackers;
  MeirRateLimits limits;
  guint64 uploaded, downloaded, seeded_sec;
  gboolean rule_overridden;
  gint64 added_sec;
} MeirUiRecord;

/* (transfer full) */
MeirUiRecord *meir_ui_record_read (GKeyFile *keys, const char *group);
/* (transfer full) (nullable): what the torrent's own folder is called on disk, bytes, where that is not its
 * name. */
char *meir_ui_record_dup_folder_name (GKeyFile *keys, const char *group);
void meir_ui_record_free (MeirUiRecord *record);

/* Writes down how @torrent is now. What it cannot tell itself, link, name and paused, stays. */
void meir_ui_record_write (GKeyFile *keys, const char *group, MeirTorrent *torrent);
void meir_ui_record_set_link (GKeyFile *keys, const char *group, const char *link);
void meir_ui_record_set_paused (GKeyFile *keys, const char *group, gboolean paused);
/* @name: (nullable) */
void meir_ui_record_set_name (GKeyFile *keys, const char *group, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirUiRecord, meir_ui_record_free)

G_END_DECLS
