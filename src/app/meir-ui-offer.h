/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/meir-ui-application.h"

G_BEGIN_DECLS

/**
 * MeirUiOffer:
 *
 * Something that may be downloaded, before anybody has decided to: a torrent, a magnet link, or an address on
 * the web. Main thread.
 *
 * ::changed (MeirUiOffer *): more is known of it, or why no more will be.
 */
#define MEIR_UI_TYPE_OFFER (meir_ui_offer_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiOffer, meir_ui_offer, MEIR_UI, OFFER, GObject)

MeirUiOffer *meir_ui_offer_new_metainfo (MeirMetainfo *metainfo);
/* (nullable): NULL with MEIR_ERROR_INVALID */
MeirUiOffer *meir_ui_offer_new_link (const char *link, GError **error);
/* @address: as meir_ui_fetch_is_address () has it */
MeirUiOffer *meir_ui_offer_new_address (const char *address);

/* Begins to look what it is, where that is not known: in the swarm, or on the web. Ends with the offer. */
void meir_ui_offer_look (MeirUiOffer *offer, MeirUiApplication *application);
void meir_ui_offer_stop (MeirUiOffer *offer);
/* Whether it is being looked at. */
gboolean meir_ui_offer_is_looking (MeirUiOffer *offer);
/* (nullable): why looking has come to nothing */
const char *meir_ui_offer_get_problem (MeirUiOffer *offer);

/* Safe to show. (transfer full) */
char *meir_ui_offer_dup_name (MeirUiOffer *offer);
/* "3 files · 276 MB", or what is known instead. (transfer full) */
char *meir_ui_offer_dup_description (MeirUiOffer *offer);
/* (nullable) (transfer none): NULL while that is not known */
MeirMetainfo *meir_ui_offer_get_metainfo (MeirUiOffer *offer);
/* (nullable): NULL of an address that has not answered: it cannot be added yet */
const MeirInfoHash *meir_ui_offer_get_info_hash (MeirUiOffer *offer);
/* Tiers of it that @torrent, which is the same torrent, does not ask yet. (transfer full) (element-type
 * GStrv) */
GPtrArray *meir_ui_offer_dup_new_tiers (MeirUiOffer *offer, MeirTorrent *torrent);

/**
 * meir_ui_offer_add:
 * @priorities: (nullable): a MeirPriority byte per file
 *
 * Downloads it, and stops looking.
 *
 * Returns: (transfer none) (nullable): NULL with an error of meir_ui_application_add ()
 */
MeirTorrent *meir_ui_offer_add (MeirUiOffer *offer, MeirUiApplication *application, const char *folder,
                                gboolean start, GBytes *priorities, GError **error);

G_END_DECLS
