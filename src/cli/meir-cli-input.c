/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/meir-cli-input.h"

#include "meir-config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_CHARS_MAX 4096u
#define READ_LENGTH    (256u << 10)

char *
meir_cli_dup_shown_path (const char *path)
{
  return meir_text_dup_safe (path, strlen (path), PATH_CHARS_MAX);
}

/* All of @fd, unless that is more than MEIR_METAINFO_FILE_MAX: what is no file has no size to ask for. */
static GBytes *
read_capped (int fd, const char *shown, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  struct stat status;
  gboolean too_large;
  gssize n;

  too_large = fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_size > MEIR_METAINFO_FILE_MAX;
  do {
    guint length = bytes->len;

    if (too_large || length > MEIR_METAINFO_FILE_MAX) {
      g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("%s is too large for a .torrent file"), shown);
      return NULL;
    }
    g_byte_array_set_size (bytes, length + READ_LENGTH);
    n = TEMP_FAILURE_RETRY (read (fd, bytes->data + length, READ_LENGTH));
    if (n < 0) {
      meir_set_error_from_errno (error, errno, "%s", shown);
      return NULL;
    }
    g_byte_array_set_size (bytes, length + (guint) n);
  } while (n != 0);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

MeirMetainfo *
meir_cli_load_metainfo (const char *path, GError **error)
{
  g_autofree char *shown = meir_cli_dup_shown_path (path);
  g_autoptr (GBytes) file = NULL;
  MeirMetainfo *metainfo;
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);

  if (fd < 0) {
    meir_set_error_from_errno (error, errno, "%s", shown);
    return NULL;
  }
  file = read_capped (fd, shown, error);
  close (fd);
  if (file == NULL)
    return NULL;
  metainfo = meir_metainfo_parse (file, error);
  if (metainfo == NULL)
    g_prefix_error (error, "%s: ", shown);
  return metainfo;
}
