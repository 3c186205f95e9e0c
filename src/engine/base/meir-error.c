/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-error.h"

#include "base/meir-text.h"
#include "meir-config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* Two paths of PATH_MAX fit; nothing else in a message comes near. */
#define MESSAGE_CHARS_MAX 9000u

/* clang-format would take the hyphens of G_DEFINE_QUARK for minus signs. */
GQuark
meir_error_quark (void)
{
  return g_quark_from_static_string ("meir-error-quark");
}

/* The code that says to a user what @error_number means; MEIR_ERROR_FAILED for what has no better one. */
static MeirError
get_code (int error_number)
{
  switch (error_number) {
  case ENOENT:
  case ENOTDIR:
    return MEIR_ERROR_NOT_FOUND;
  case EEXIST:
  case ENOTEMPTY:
    return MEIR_ERROR_EXISTS;
  case EACCES:
  case EPERM:
    return MEIR_ERROR_PERMISSION;
  case EROFS:
    return MEIR_ERROR_READ_ONLY;
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return MEIR_ERROR_NO_SPACE;
  case EIO:
  case ENXIO:
  case ENODEV:
  case ESTALE:
    return MEIR_ERROR_IO;
  case EINVAL:
  case EISDIR:
  case ELOOP:
  case ENAMETOOLONG:
  case EXDEV:
    return MEIR_ERROR_INVALID;
  case ETIMEDOUT:
    return MEIR_ERROR_TIMED_OUT;
  case EADDRINUSE:
  case EBUSY:
  case ETXTBSY:
    return MEIR_ERROR_BUSY;
  case EADDRNOTAVAIL:
  case ECONNABORTED:
  case ECONNREFUSED:
  case ECONNRESET:
  case EHOSTDOWN:
  case EHOSTUNREACH:
  case ENETDOWN:
  case ENETRESET:
  case ENETUNREACH:
  case ENOTCONN:
  case EPIPE:
    return MEIR_ERROR_NETWORK;
  default:
    return MEIR_ERROR_FAILED;
  }
}

void
meir_set_error_from_errno (GError **error, int error_number, const char *format, ...)
{
  g_autofree char *what = NULL;
  g_autofree char *safe = NULL;
  va_list arguments;

  if (error == NULL)
    return;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  /* Paths are bytes; a GError message is UTF-8. */
  safe = meir_text_dup_safe (what, strlen (what), MESSAGE_CHARS_MAX);
  /* Translators: what was tried, and why it failed: "Cannot write “/a/b”: No space left on device" */
  g_set_error (error, MEIR_ERROR, (gint) get_code (error_number), _ ("%s: %s"), safe,
               g_strerror (error_number));
}

gboolean
meir_error_is_bad_input (const GError *error)
{
  return g_error_matches (error, MEIR_ERROR, MEIR_ERROR_INVALID) ||
         g_error_matches (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND) ||
         g_error_matches (error, MEIR_ERROR, MEIR_ERROR_EXISTS) ||
         g_error_matches (error, MEIR_ERROR, MEIR_ERROR_PERMISSION) ||
         g_error_matches (error, MEIR_ERROR, MEIR_ERROR_READ_ONLY);
}
