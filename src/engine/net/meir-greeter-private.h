/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/meir-exchange.h"
#include "net/meir-greeting.h"
#include "net/meir-tls-gate.h"

G_BEGIN_DECLS

/* Incoming connections that have not greeted yet, at once. When there are more, the oldest is dropped, which
 * under a flood is the flood's. */
#define MEIR_INTAKES_MAX 512u

typedef struct _MeirListener MeirListener;
typedef struct _MeirIntake MeirIntake;

/* What the parts of the front door share. They unlink themselves from its lists as they end. */
struct _MeirGreeter {
  MeirLoop *loop;
  MeirGreeterHooks hooks;
  gpointer user_data;
  MeirTlsGate *gate;

  GList *listeners; /* of MeirListener, owned */
  guint16 port;
  MeirEndpoint bind_address; /* family 0: any */

  GQueue intakes; /* oldest first */
  GQueue dials;
  GQueue upgrades;
};

/* Listens on @endpoint and hands what comes in to meir_intake_new (). NULL with errno set. */
MeirListener *meir_listener_new (MeirGreeter *greeter, const MeirEndpoint *endpoint);
guint16 meir_listener_get_port (MeirListener *listener);
void meir_listener_free (MeirListener *listener);

/* @fd: (transfer full): just accepted. The intake frees itself when it is through, has failed or is out of
 *   time. */
void meir_intake_new (MeirGreeter *greeter, int fd, const MeirEndpoint *endpoint);
void meir_intake_free (MeirIntake *intake);

/* Tells the dial that came out of @local, if there is one, that it has reached this very session. */
void meir_dial_found_self (MeirGreeter *greeter, const MeirEndpoint *local);

G_END_DECLS
