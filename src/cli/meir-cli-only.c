/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-only.h"

#include "meir-config.h"

#include <glib/gi18n.h>
#include <string.h>

#define PATTERN_CHARS_MAX 200u

/* As it is shown, for that is what a person has read. */
static gboolean
fits (GPatternSpec *pattern, MeirMetainfo *metainfo, const MeirMetainfoFile *file)
{
  const char *path = file->display_path;
  const char *name = strrchr (path, '/');
  const char *below = meir_metainfo_is_folder (metainfo) ? strchr (path, '/') : NULL;

  return g_pattern_spec_match_string (pattern, name != NULL ? name + 1 : path) ||
         g_pattern_spec_match_string (pattern, below != NULL ? below + 1 : path);
}

GBytes *
meir_cli_only_choose (const char *const *patterns, MeirMetainfo *metainfo, GError **error)
{
  guint n_files = meir_metainfo_get_n_files (metainfo);
  g_autofree guint8 *priorities = g_malloc0 (n_files);

  for (guint i = 0; patterns[i] != NULL; i++) {
    GPatternSpec *pattern = g_pattern_spec_new (patterns[i]);
    gboolean fits_any = FALSE;

    for (guint file = 0; file < n_files; file++) {
      const MeirMetainfoFile *info = meir_metainfo_get_file (metainfo, file);

      if (info->is_pad || !fits (pattern, metainfo, info))
        continue;
      priorities[file] = MEIR_PRIORITY_NORMAL;
      fits_any = TRUE;
    }
    g_pattern_spec_free (pattern);
    if (!fits_any) {
      g_autofree char *shown = meir_text_dup_safe (patterns[i], strlen (patterns[i]), PATTERN_CHARS_MAX);

      g_set_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND,
                   _ ("--only “%s” fits no file of the torrent; “meir info” lists them"), shown);
      return NULL;
    }
  }
  return g_bytes_new_take (g_steal_pointer (&priorities), n_files);
}
