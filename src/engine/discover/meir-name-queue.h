/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/meir-loop.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Names looked up at once. */
#define MEIR_NAME_LOOK_UPS_MAX 4u
/* Those that take long make room for the next, up to as many more: together they leave GIO's threads, which
 * look-ups block, to others. */
#define MEIR_NAME_OVERDUE_MAX  4u
#define MEIR_NAME_OVERDUE_MSEC 2000u

/**
 * MeirNameQueue:
 *
 * Looks up the names of trackers, a few at a time and the rest in order: a session of a thousand torrents
 * with a name server that does not answer holds up neither TLS handshakes, which run on the same threads of
 * GIO, nor for long the names that others know. Numeric addresses do not wait. Engine thread only.
 */
typedef struct _MeirNameQueue MeirNameQueue;

/* @loop: outlives the queue; its context is the thread's default context. */
MeirNameQueue *meir_name_queue_new (MeirLoop *loop);
/* All look-ups were cancelled before, or are done. Threads that still ask the DNS are not waited for. */
void meir_name_queue_free (MeirNameQueue *queue);

/* @name: a host name or numeric address. A look-up that is cancelled ends at once. */
void meir_name_queue_look_up_async (MeirNameQueue *queue, const char *name, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (element-type GInetAddress): for g_resolver_free_addresses (); NULL with the
 * errors of g_resolver_lookup_by_name () */
GList *meir_name_queue_look_up_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MeirNameQueue, meir_name_queue_free)

G_END_DECLS
