/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirError:
 * @MEIR_ERROR_FAILED: none of the others
 * @MEIR_ERROR_INVALID: the input (file, link, option, address) is not acceptable; the message names the field
 * @MEIR_ERROR_NOT_FOUND: a file, folder or torrent is not there
 * @MEIR_ERROR_EXISTS: something of that name is already there
 * @MEIR_ERROR_PERMISSION: the system refuses access
 * @MEIR_ERROR_NO_SPACE: the disk (or quota) is full
 * @MEIR_ERROR_IO: the disk or the file system failed
 * @MEIR_ERROR_NETWORK: a connection failed
 * @MEIR_ERROR_TLS: a TLS handshake, certificate or proof failed
 * @MEIR_ERROR_REFUSED: the other side answered, and its answer was no (a tracker's failure reason)
 * @MEIR_ERROR_PROTOCOL: the other side's answer makes no sense
 * @MEIR_ERROR_TIMED_OUT: no answer in time
 * @MEIR_ERROR_INCOMPLETE: pieces are missing where all were asked for
 * @MEIR_ERROR_BUSY: another process or task holds what is needed
 * @MEIR_ERROR_READ_ONLY: the disk cannot be written to: it is mounted, or made, read-only
 *
 * What a person is told. A message is one whole sentence in plain words, in the language of the catalogue. It
 * names the path, field or address, in “…”, and after a semicolon what to do where there is something to do.
 * It begins with a capital letter and ends without a full stop, for it may stand alone, behind "meir: ", or
 * behind a colon as the cause of another one (WHAT: CAUSE). Text from outside is already made safe to show.
 */
typedef enum {
  MEIR_ERROR_FAILED,
  MEIR_ERROR_INVALID,
  MEIR_ERROR_NOT_FOUND,
  MEIR_ERROR_EXISTS,
  MEIR_ERROR_PERMISSION,
  MEIR_ERROR_NO_SPACE,
  MEIR_ERROR_IO,
  MEIR_ERROR_NETWORK,
  MEIR_ERROR_TLS,
  MEIR_ERROR_REFUSED,
  MEIR_ERROR_PROTOCOL,
  MEIR_ERROR_TIMED_OUT,
  MEIR_ERROR_INCOMPLETE,
  MEIR_ERROR_BUSY,
  MEIR_ERROR_READ_ONLY,
} MeirError;

#define MEIR_ERROR (meir_error_quark ())
GQuark meir_error_quark (void);

/**
 * meir_set_error_from_errno:
 * @error: (nullable)
 * @format: what was tried and on what, _("Cannot write “%s”"); bytes from outside may be in it, they are made
 * safe here
 *
 * Sets "WHAT: REASON" with the code of @error_number. Any thread.
 */
void meir_set_error_from_errno (GError **error, int error_number, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* Whether what the user gave is at fault, rather than the network, the disk or us: not acceptable, not there,
 * there already, or not accessible. A command ends with status 2 then. */
gboolean meir_error_is_bad_input (const GError *error);

G_END_DECLS
