/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-stop-rule.h"

#include "meir-config.h"

#include <glib/gi18n-lib.h>

char *
meir_stop_rule_dup_reason (const MeirStopRule *rule, guint64 uploaded, guint64 wanted, gint64 seeded_usec)
{
  if (rule->ratio > 0 && (double) uploaded >= rule->ratio * (double) wanted)
    return g_strdup_printf (_ ("It has given %.1f times what it got, and rests now"), rule->ratio);
  if (rule->minutes > 0 && seeded_usec >= (gint64) rule->minutes * 60 * G_USEC_PER_SEC)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "It was shared for %u minute, and rests now",
                                         "It was shared for %u minutes, and rests now", rule->minutes),
                            rule->minutes);
  return NULL;
}
