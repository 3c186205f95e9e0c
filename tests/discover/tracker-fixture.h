/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "discover/meir-name-queue.h"
#include "net/meir-loop.h"
#include "wire/meir-announce.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * World:
 *
 * A loop on a context of its own, which is the thread's default, so that trackers of the test and what is
 * tested run in turn in one thread.
 */
typedef struct {
  GMainContext *context;
  MeirLoop *loop;
  MeirNameQueue *names;
} World;

World *world_new (void);
/* Runs what is left over first, so that nothing may hide there. */
void world_free (World *world);
/* Runs the loop until @flag is set; fails the test after half a minute. */
void world_run_until (World *world, const gboolean *flag);
/* Runs the loop until @count has reached @value. */
void world_run_until_count (World *world, const guint *count, guint value);
void world_run_msec (World *world, guint msec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

/**
 * Answer:
 * @bytes: what is sent, raw, before the connection is closed; NULL: nothing, and it stays open
 * @endless: @bytes once, then @tail over and over
 * @drip_msec: when not 0: a byte at a time, with such pauses
 *
 * How a scripted HTTP tracker treats one request.
 */
typedef struct {
  GBytes *bytes;
  GBytes *tail;
  guint drip_msec;
} Answer;

typedef struct _HttpFixture HttpFixture;
/* @target: of the request line; fills in @answer. */
typedef void (*HttpScript) (HttpFixture *fixture, const char *target, Answer *answer);

struct _HttpFixture {
  GSocketService *service;
  GTlsCertificate *certificate; /* NULL: plain */
  GCancellable *cancellable;
  GPtrArray *requests; /* whole request headers, one string each */
  HttpScript script;
  gpointer data; /* the test's */
  guint16 port;
  guint n_connections;
  guint n_requests;
};

/* Listens on 127.0.0.1. @certificate: (nullable) */
HttpFixture *http_fixture_new (HttpScript script, gpointer data, GTlsCertificate *certificate);
void http_fixture_free (HttpFixture *fixture);
char *http_fixture_dup_url (HttpFixture *fixture, const char *path);

/* An answer of "200 OK" with @body. */
void answer_ok (Answer *answer, const char *body);
void answer_ok_bytes (Answer *answer, const char *headers, const void *body, gsize length);
void answer_raw (Answer *answer, const char *text);
void answer_redirect (Answer *answer, const char *location);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpFixture, http_fixture_free)

typedef struct _UdpFixture UdpFixture;
typedef void (*UdpScript) (UdpFixture *fixture, const guint8 *bytes, gsize length, GSocketAddress *from);

struct _UdpFixture {
  GSocket *socket;
  GSource *source;
  UdpScript script;
  gpointer data;
  guint16 port;
  guint n_connects;
  guint n_announces;
  guint n_connects_ignored; /* how many of the next connects go unanswered */
  guint n_announces_ignored;
  guint64 connection_id;
  MeirAnnounceRequest last;
  char *last_options; /* BEP 41 bytes behind the announce, hex */
};

/* Listens on 127.0.0.1. @script gets announces and whatever else is not a connect, which is answered with
 * connection_id; NULL: a tracker with one peer, 1.2.3.4:5. */
UdpFixture *udp_fixture_new (UdpScript script, gpointer data);
void udp_fixture_free (UdpFixture *fixture);
void udp_fixture_send (UdpFixture *fixture, GSocketAddress *to, const void *bytes, gsize length);
/* Answers the announce @bytes with one peer. */
void udp_fixture_answer (UdpFixture *fixture, const guint8 *bytes, GSocketAddress *to);
char *udp_fixture_dup_url (UdpFixture *fixture);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UdpFixture, udp_fixture_free)

/**
 * CertificateOrder:
 * @name: DNS name; or NULL for the address 127.0.0.1
 * @expired: valid until yesterday
 * @signer: (nullable): a certificate made here as authority; NULL: signs itself
 * @authority: may sign others
 */
typedef struct {
  const char *name;
  gboolean expired;
  gboolean authority;
  GTlsCertificate *signer;
} CertificateOrder;

/* With its private key. (transfer full) */
GTlsCertificate *certificate_new (const CertificateOrder *order);

/* Names the test's DNS knows: takes the place of the system's resolver. @addresses: separated by spaces. */
void names_install (void);
void names_set (const char *name, const char *addresses);
/* @name is not answered from now on; all at once when it is. */
void names_silence (const char *name);
void names_answer (const char *name);
/* How often @name was looked up. */
guint names_get_count (const char *name);
void names_uninstall (void);

G_END_DECLS
