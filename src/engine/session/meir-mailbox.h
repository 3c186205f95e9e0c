/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/meir-loop.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * MeirMailbox:
 *
 * The one place where the front end's thread and the engine's thread meet: a queue of closures each way, each
 * kept in order. Posting never blocks on the other side. Atomically ref-counted: a torrent may outlive its
 * session in the hands of the front end, which can then still post, to nobody.
 */
typedef struct _MeirMailbox MeirMailbox;
typedef void (*MeirMailFunc) (gpointer data);

/* @front: the front end's main context; (transfer none), a reference is kept. */
MeirMailbox *meir_mailbox_new (GMainContext *front);
/* Engine thread, once, before its loop runs. */
void meir_mailbox_attach (MeirMailbox *mailbox, MeirLoop *loop);
/* When the engine thread has ended: what is still queued, and all that is posted later, is destroyed, unrun.
 * Front end thread. */
void meir_mailbox_close (MeirMailbox *mailbox);
MeirMailbox *meir_mailbox_ref (MeirMailbox *mailbox);
/* Closed before the last one. Any thread. */
void meir_mailbox_unref (MeirMailbox *mailbox);

/**
 * meir_mailbox_to_engine:
 * @destroy: (nullable): frees @data after @func has run, or when it will not run any more
 *
 * Runs @func on the engine thread. Any thread.
 */
void meir_mailbox_to_engine (MeirMailbox *mailbox, MeirMailFunc func, gpointer data, GDestroyNotify destroy);
/* How many mails one turn of the front end's main loop delivers at most: thousands of torrents may begin at
 * once, and a window is to be drawn between. */
#define MEIR_MAILS_A_TURN 256u

/* Runs @func in the front end's main context. Any thread. */
void meir_mailbox_to_front (MeirMailbox *mailbox, MeirMailFunc func, gpointer data, GDestroyNotify destroy);

/* Mails that may wait for a front end that does not look, before some of them are left out. */
#define MEIR_MAILS_WAITING_MAX 1024u

/**
 * MeirMailWeight:
 * @MEIR_MAIL_KEPT: always delivered
 * @MEIR_MAIL_LATEST: a later one about the same says all that is to be known
 * @MEIR_MAIL_CHATTER: of many the newest are enough
 *
 * What may be left out, without being run, once more than MEIR_MAILS_WAITING_MAX wait.
 */
typedef enum {
  MEIR_MAIL_KEPT,
  MEIR_MAIL_LATEST,
  MEIR_MAIL_CHATTER,
} MeirMailWeight;

/* The same as meir_mailbox_to_front (), with a weight. @about: (nullable): what it tells of; not looked into,
 * and alive as long as @data is. The last mail about something is always delivered. */
void meir_mailbox_tell_front (MeirMailbox *mailbox, MeirMailWeight weight, gconstpointer about,
                              MeirMailFunc func, gpointer data, GDestroyNotify destroy);

G_END_DECLS
