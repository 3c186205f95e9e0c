/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-http-failure.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-text.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

GError *
meir_http_failure_explain (const char *name, const GError *error)
{
  g_autofree char *detail =
      meir_text_dup_safe (error->message, strlen (error->message), MEIR_TRACKER_TEXT_MAX);

  if (error->domain == G_TLS_ERROR)
    return g_error_new (MEIR_ERROR, MEIR_ERROR_TLS, _ ("TLS with the tracker “%s” failed: %s"), name, detail);
  if (error->domain == SOUP_SESSION_ERROR)
    return g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The answer of the tracker “%s” is not HTTP: %s"),
                        name, detail);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_error_new (MEIR_ERROR, MEIR_ERROR_NETWORK,
                        _ ("Nobody listens at the address of the tracker “%s” (connection refused)"), name);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
    return g_error_new (MEIR_ERROR, MEIR_ERROR_NETWORK,
                        _ ("There is no way to the tracker “%s” (network unreachable)"), name);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE))
    return g_error_new (MEIR_ERROR, MEIR_ERROR_NETWORK,
                        _ ("There is no way to the tracker “%s” (host unreachable)"), name);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_error_new (MEIR_ERROR, MEIR_ERROR_TIMED_OUT, _ ("The tracker “%s” does not answer"), name);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    return g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL, _ ("The tracker “%s” broke off its answer"), name);
  return g_error_new (MEIR_ERROR, MEIR_ERROR_NETWORK, _ ("The exchange with the tracker “%s” failed: %s"),
                      name, detail);
}
