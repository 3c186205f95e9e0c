/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-input.h"

#include <string.h>

#define PATH_CHARS_MAX 4096u

char *
meir_cli_dup_shown_path (const char *path)
{
  return meir_text_dup_safe (path, strlen (path), PATH_CHARS_MAX);
}

MeirMetainfo *
meir_cli_load_metainfo (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return meir_metainfo_load (file, TRUE, NULL, error);
}
