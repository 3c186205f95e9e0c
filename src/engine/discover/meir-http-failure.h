/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What to tell a user about the failure @error of an exchange with the tracker @name: MEIR_ERROR_NETWORK,
 * _TLS, _TIMED_OUT or _PROTOCOL. (transfer full) */
GError *meir_http_failure_explain (const char *name, const GError *error);

G_END_DECLS
