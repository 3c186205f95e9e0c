/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The trackers of a torrent, tier by tier, and what a person may do to them. A tier list is a GPtrArray of
 * GStrv that owns them, as meir_torrent_dup_trackers () gives it; a tracker is named by its place. All
 * functions give a new list, without empty tiers. */

typedef struct {
  guint tier;
  guint index;
} MeirUiTierPlace;

/**
 * meir_ui_tiers_check:
 * @text: an address as somebody typed it; blanks around it do not count
 *
 * Returns: (transfer full) (nullable): the address; NULL with MEIR_ERROR_INVALID and a sentence for people.
 */
char *meir_ui_tiers_check (const char *text, GError **error);
/* The address at @place, NULL where there is none. (transfer none) */
const char *meir_ui_tiers_get (GPtrArray *tiers, MeirUiTierPlace place);
/* Whether it is in any tier. */
gboolean meir_ui_tiers_has (GPtrArray *tiers, const char *url);
/* With @url as a tier of its own, the last. (transfer full) */
GPtrArray *meir_ui_tiers_add (GPtrArray *tiers, const char *url);
/* With @url in its place; NULL takes it out. (transfer full) */
GPtrArray *meir_ui_tiers_replace (GPtrArray *tiers, MeirUiTierPlace place, const char *url);
/**
 * meir_ui_tiers_move:
 * @down: towards the end
 * @moved: (out): where it is then
 *
 * With the tracker one place further: within its tier; at its edge, into the tier beyond; and at the edge of
 * the list into a tier of its own, unless it is that already.
 *
 * Returns: (transfer full)
 */
GPtrArray *meir_ui_tiers_move (GPtrArray *tiers, MeirUiTierPlace place, gboolean down,
                               MeirUiTierPlace *moved);
/* Whether both are the same, in the same order. */
gboolean meir_ui_tiers_equal (GPtrArray *one, GPtrArray *other);

G_END_DECLS
