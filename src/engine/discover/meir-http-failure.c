/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-http-failure.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-text.h"

#include <libsoup/soup.h>
#include <string.h>

GError *
meir_http_failure_explain (const char *name, const GError *error)
{
  static const struct {
    int io_code;
    MeirError code;
    const char *before; /* of the name */
    const char *after;
  } known[] = {
    { G_IO_ERROR_CONNECTION_REFUSED, MEIR_ERROR_NETWORK, "Nobody listens at the tracker address ",
      " (connection refused)." },
    { G_IO_ERROR_NETWORK_UNREACHABLE, MEIR_ERROR_NETWORK, "There is no way to the tracker ",
      " (network unreachable)." },
    { G_IO_ERROR_HOST_UNREACHABLE, MEIR_ERROR_NETWORK, "There is no way to the tracker ",
      " (host unreachable)." },
    { G_IO_ERROR_TIMED_OUT, MEIR_ERROR_TIMED_OUT, "The tracker ", " does not answer." },
    { G_IO_ERROR_PARTIAL_INPUT, MEIR_ERROR_PROTOCOL, "The tracker ", " broke off its answer." },
    { G_IO_ERROR_CONNECTION_CLOSED, MEIR_ERROR_PROTOCOL, "The tracker ", " broke off its answer." },
  };
  g_autofree char *detail =
      meir_text_dup_safe (error->message, strlen (error->message), MEIR_TRACKER_TEXT_MAX);

  if (error->domain == G_TLS_ERROR)
    return g_error_new (MEIR_ERROR, MEIR_ERROR_TLS, "TLS with the tracker %s failed: %s.", name, detail);
  if (error->domain == SOUP_SESSION_ERROR)
    return g_error_new (MEIR_ERROR, MEIR_ERROR_PROTOCOL, "The answer of the tracker %s is not HTTP: %s.",
                        name, detail);
  if (error->domain == G_IO_ERROR) {
    for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
      if (error->code == known[i].io_code)
        return g_error_new (MEIR_ERROR, known[i].code, "%s%s%s", known[i].before, name, known[i].after);
    }
  }
  return g_error_new (MEIR_ERROR, MEIR_ERROR_NETWORK, "The exchange with the tracker %s failed: %s.", name,
                      detail);
}
