/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo.h"

#include "meta/meir-metainfo-private.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
take_array (GPtrArray **to, GPtrArray *from)
{
  g_ptr_array_unref (*to);
  *to = g_ptr_array_ref (from);
}

/* All but the name on disk and the files. */
static void
take_rest (MeirMetainfo *metainfo, const MeirMetainfo *from)
{
  metainfo->torrent_bytes = from->torrent_bytes != NULL ? g_bytes_ref (from->torrent_bytes) : NULL;
  metainfo->info_bytes = g_bytes_ref (from->info_bytes);
  metainfo->info_hash = from->info_hash;
  metainfo->piece_length = from->piece_length;
  metainfo->n_pieces = from->n_pieces;
  metainfo->digests = from->digests;
  metainfo->display_name = g_strdup (from->display_name);
  metainfo->is_folder = from->is_folder;
  metainfo->is_private = from->is_private;
  metainfo->is_hybrid = from->is_hybrid;
  take_array (&metainfo->tiers, from->tiers);
  take_array (&metainfo->web_seeds, from->web_seeds);
  metainfo->n_dropped_urls = from->n_dropped_urls;
  metainfo->comment = g_strdup (from->comment);
  metainfo->created_by = g_strdup (from->created_by);
  metainfo->source = g_strdup (from->source);
  metainfo->creation_date = from->creation_date;
  metainfo->has_creation_date = from->has_creation_date;
}

MeirMetainfo *
meir_metainfo_new_in_folder (MeirMetainfo *metainfo, const char *folder_name, GError **error)
{
  g_autoptr (MeirMetainfo) copy = meir_metainfo_new_empty ();

  take_rest (copy, metainfo);
  copy->name = g_strdup (folder_name);
  copy->has_own_folder = TRUE;
  if (!metainfo->is_folder) {
    meir_metainfo_refuse (error, _ ("“%s” is one file: there is no folder that could be called otherwise"),
                          metainfo->display_name);
    return NULL;
  }
  if (!meir_metainfo_check_component ("folder", (const guint8 *) folder_name, strlen (folder_name), error) ||
      !meir_metainfo_take_files (copy, metainfo, error))
    return NULL;
  return g_steal_pointer (&copy);
}
