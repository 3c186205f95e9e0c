/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/meir.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MeirUiPerson:
 *
 * A peer of a torrent, as the page of people shows it.
 */
#define MEIR_UI_TYPE_PERSON (meir_ui_person_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiPerson, meir_ui_person, MEIR_UI, PERSON, GObject)

/* How they were at the last update. (transfer none) */
const MeirPeerSnapshot *meir_ui_person_get_peer (MeirUiPerson *person);
/* "198.51.100.7:6881". (transfer none) */
const char *meir_ui_person_get_address (MeirUiPerson *person);
/* What goes on between us, in few words: "sends to you". (transfer none) */
const char *meir_ui_person_get_doing (MeirUiPerson *person);
/* All there is to say about them, a line each. (transfer full) */
char *meir_ui_person_dup_text (MeirUiPerson *person);

/**
 * MeirUiPeople:
 *
 * The peers of a torrent as a list that changes as little as it can: who stays, stays the same item.
 */
#define MEIR_UI_TYPE_PEOPLE (meir_ui_people_get_type ())
G_DECLARE_FINAL_TYPE (MeirUiPeople, meir_ui_people, MEIR_UI, PEOPLE, GObject)

MeirUiPeople *meir_ui_people_new (void);
/* (transfer none) (element-type MeirUiPerson) */
GListModel *meir_ui_people_get_model (MeirUiPeople *people);
/* @peers: (nullable) (element-type MeirPeerSnapshot): who is there now; it is not to change any more. Items
 * that stay say nothing when their figures change: who shows them looks at them afterwards. Of very many that
 * come, some are in the list at once, and the others within the next turns of the main loop. */
void meir_ui_people_update (MeirUiPeople *people, GArray *peers);

G_END_DECLS
