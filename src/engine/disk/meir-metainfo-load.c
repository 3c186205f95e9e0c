/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "disk/meir-metainfo-load.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Longest name shown, characters. */
#define SHOWN_CHARS_MAX 300u
#define READ_LENGTH     (256u << 10)

/* The path where there is one, else the address; safe to show. */
static char *
dup_shown (GFile *file)
{
  const char *path = g_file_peek_path (file);
  g_autofree char *name = path != NULL ? g_strdup (path) : g_file_get_parse_name (file);

  return meir_text_dup_safe (name, strlen (name), SHOWN_CHARS_MAX);
}

/* What GIO says, in our words; a cancel as it is. Takes @cause. */
static void
explain (GError **error, GError *cause, const char *shown)
{
  g_autoptr (GError) owned = cause;
  g_autofree char *reason = meir_text_dup_safe (cause->message, strlen (cause->message), SHOWN_CHARS_MAX);
  MeirError code = MEIR_ERROR_IO;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_propagate_error (error, g_steal_pointer (&owned));
    return;
  }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
      g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY)) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND, _ ("“%s” is not there"), shown);
    return;
  }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_PERMISSION, _ ("“%s” cannot be read: Access is not allowed"),
                 shown);
    return;
  }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY)) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("“%s” is a folder; choose a .torrent file"),
                 shown);
    return;
  }
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG) ||
      g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TOO_MANY_LINKS) ||
      g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME))
    code = MEIR_ERROR_INVALID;
  g_set_error (error, MEIR_ERROR, (gint) code, _ ("“%s” cannot be read: %s"), shown, reason);
}

static gboolean
refuse_large (GError **error, const char *shown)
{
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("“%s” is too large for a .torrent file"), shown);
  return FALSE;
}

/* Judges the file before it is opened. */
static gboolean
check_kind (GFile *file, gboolean may_wait, const char *shown, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                         G_FILE_QUERY_INFO_NONE, cancellable, &cause);
  GFileType type;

  if (info == NULL) {
    explain (error, cause, shown);
    return FALSE;
  }
  type = g_file_info_get_file_type (info);
  if (type == G_FILE_TYPE_DIRECTORY) {
    explain (error, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, ""), shown);
    return FALSE;
  }
  if (type == G_FILE_TYPE_REGULAR && g_file_info_get_size (info) > (goffset) MEIR_METAINFO_FILE_MAX)
    return refuse_large (error, shown);
  /* GIO calls a link that leads nowhere by its own kind: what is wrong with it is told by opening it. */
  if (type != G_FILE_TYPE_REGULAR && type != G_FILE_TYPE_SYMBOLIC_LINK && !may_wait) {
    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, _ ("“%s” is not a file; choose a .torrent file"),
                 shown);
    return FALSE;
  }
  return TRUE;
}

/* A size that was asked for proves nothing: files grow, and pipes and devices have none. */
static GBytes *
read_capped (GFile *file, const char *shown, GCancellable *cancellable, GError **error)
{
  GError *cause = NULL;
  g_autoptr (GFileInputStream) input = g_file_read (file, cancellable, &cause);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gssize n = input != NULL ? 1 : -1;

  while (n > 0) {
    guint length = bytes->len;

    if (length > MEIR_METAINFO_FILE_MAX) {
      refuse_large (error, shown);
      return NULL;
    }
    g_byte_array_set_size (bytes, length + READ_LENGTH);
    n = g_input_stream_read (G_INPUT_STREAM (input), bytes->data + length, READ_LENGTH, cancellable, &cause);
    g_byte_array_set_size (bytes, length + (guint) MAX (n, 0));
  }
  if (n < 0) {
    explain (error, cause, shown);
    return NULL;
  }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

MeirMetainfo *
meir_metainfo_load (GFile *file, gboolean may_wait, GCancellable *cancellable, GError **error)
{
  g_autofree char *shown = dup_shown (file);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) cause = NULL;
  MeirMetainfo *metainfo;

  if (!check_kind (file, may_wait, shown, cancellable, error))
    return NULL;
  bytes = read_capped (file, shown, cancellable, error);
  if (bytes == NULL)
    return NULL;
  metainfo = meir_metainfo_parse (bytes, &cause);
  if (metainfo == NULL)
    /* Translators: a file, and what is wrong with it: "“/a.torrent”: The field “info” is missing" */
    g_set_error (error, MEIR_ERROR, cause->code, _ ("“%s”: %s"), shown, cause->message);
  return metainfo;
}
