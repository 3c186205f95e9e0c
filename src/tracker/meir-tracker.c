/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker.h"

#include "tracker/meir-tracker-allow.h"
#include "tracker/meir-tracker-certificate.h"
#include "tracker/meir-tracker-core.h"
#include "tracker/meir-tracker-http.h"
#include "tracker/meir-tracker-listen.h"
#include "tracker/meir-tracker-udp.h"

#include "base/meir-clock.h"
#include "base/meir-error.h"
#include "base/meir-random.h"
#include "meir-config.h"
#include "net/meir-tls-certificate.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/resource.h>

#define PORT_DEFAULT          6969
#define MIN_INTERVAL_SEC      60u
#define MAX_TORRENTS          1000000u
#define MAX_PEERS_PER_TORRENT 50000u
#define MAX_MEMORY_BYTES      (G_GUINT64_CONSTANT (512) << 20)
#define MEMORY_BYTES_MIN      (1u << 20)
#define MAX_CONNECTIONS       4096u
#define TICK_USEC             G_TIME_SPAN_SECOND
/* How often the interfaces are looked at, while it matters. */
#define NEIGHBOURS_USEC (10 * G_TIME_SPAN_SECOND)
/* Torrents that a look for the list goes through: it is done every second, on the thread that answers. */
#define LIST_LOOKED_AT_MAX 65536u
/* File descriptors left to the rest of the process, and connections had even so. */
#define DESCRIPTORS_LEFT 256u
#define CONNECTIONS_MIN  32u

struct _MeirTracker {
  /* immutable after construction */
  MeirTrackerCore core; /* but its tally, which any thread may read */
  MeirTrackerAllow *allow;
  guint16 http_port;
  guint16 udp_port;
  char *fingerprint; /* NULL without HTTPS */
  gint64 started_usec;
  guint wake_id;
  GMainContext *context;
  GMainLoop *main_loop;
  GThread *thread; /* NULL once stopped */

  /* tracker's thread while there is one */
  MeirTrackerUdp *udp;
  MeirTrackerHttp *http;
  MeirTimer tick;
  gint64 neighbours_usec; /* when the interfaces were last looked at */

  /* any thread, atomically */
  gint stopping;
  gint audience; /* a MeirTrackerAudience: what the core's shall be */
  gint list_wanted;

  /* guarded by list_lock */
  GMutex list_lock;
  GArray *list; /* MeirTrackerListed */
};

void
meir_tracker_config_init (MeirTrackerConfig *config)
{
  *config = (MeirTrackerConfig){
    .http_port = PORT_DEFAULT,
    .udp_port = MEIR_TRACKER_PORT_SAME,
    .https = MEIR_TRACKER_HTTPS_OFF,
    .interval_sec = MEIR_ANNOUNCE_INTERVAL_DEFAULT_SEC,
    .min_interval_sec = MIN_INTERVAL_SEC,
    .max_torrents = MAX_TORRENTS,
    .max_peers_per_torrent = MAX_PEERS_PER_TORRENT,
    .max_memory_bytes = MAX_MEMORY_BYTES,
    .max_connections = MAX_CONNECTIONS,
  };
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_INVALID, message);
  return FALSE;
}

static gboolean
check_config (const MeirTrackerConfig *config, GError **error)
{
  if (config->http_port < MEIR_TRACKER_PORT_OFF || config->http_port > G_MAXUINT16 ||
      config->udp_port < MEIR_TRACKER_PORT_SAME || config->udp_port > G_MAXUINT16)
    return refuse (error, _ ("A port of the tracker is not a number from 0 to 65535"));
  if (config->http_port == MEIR_TRACKER_PORT_OFF && config->udp_port == MEIR_TRACKER_PORT_OFF)
    return refuse (error, _ ("The tracker has neither an HTTP nor a UDP port; give it one of them"));
  if (config->interval_sec < MEIR_ANNOUNCE_INTERVAL_MIN_SEC ||
      config->interval_sec > MEIR_ANNOUNCE_INTERVAL_MAX_SEC)
    return refuse (error, _ ("The tracker's interval is not from 60 to 86400 seconds"));
  if (config->min_interval_sec < 1 || config->min_interval_sec > config->interval_sec)
    return refuse (error, _ ("The tracker's shortest interval is not from 1 second to its interval"));
  if (config->max_torrents < 1 || config->max_peers_per_torrent < 1 || config->max_connections < 1)
    return refuse (error, _ ("The tracker's limits of torrents, peers and connections cannot be 0"));
  if (config->max_memory_bytes < MEMORY_BYTES_MIN)
    return refuse (error, _ ("The tracker cannot do with less than 1 MiB of memory"));
  if (config->https == MEIR_TRACKER_HTTPS_AUTO && config->state_folder == NULL)
    return refuse (error, _ ("The tracker has no folder to keep its HTTPS key in"));
  if (config->https == MEIR_TRACKER_HTTPS_FILES &&
      (config->certificate_file == NULL || config->key_file == NULL))
    return refuse (error, _ ("HTTPS needs both a certificate file and a key file"));
  return TRUE;
}

static gboolean
get_certificate (const MeirTrackerConfig *config, GTlsCertificate **certificate, GError **error)
{
  *certificate = NULL;
  if (config->http_port == MEIR_TRACKER_PORT_OFF)
    return TRUE;
  switch (config->https) {
  case MEIR_TRACKER_HTTPS_AUTO:
    *certificate = meir_tracker_certificate_keep (config->state_folder, config->names, error);
    break;
  case MEIR_TRACKER_HTTPS_FILES:
    *certificate = meir_tracker_certificate_load (config->certificate_file, config->key_file, error);
    break;
  case MEIR_TRACKER_HTTPS_OFF:
  default:
    return TRUE;
  }
  return *certificate != NULL;
}

static gboolean
is_allowed (const MeirInfoHash *info_hash, gpointer user_data)
{
  return meir_tracker_allow_has (user_data, info_hash);
}

static void
publish (MeirTrackerCore *core)
{
  meir_tracker_tally_set (&core->tally.torrents, meir_tracker_store_get_torrents (core->store));
  meir_tracker_tally_set (&core->tally.peers, meir_tracker_store_get_peers (core->store));
  meir_tracker_tally_set (&core->tally.seeds, meir_tracker_store_get_seeds (core->store));
  meir_tracker_tally_set (&core->tally.memory_bytes, meir_tracker_store_get_bytes (core->store));
}

static void
on_after (gpointer user_data)
{
  publish (user_data);
}

static void
read_neighbours (MeirTracker *tracker, gint64 now_usec)
{
  tracker->neighbours_usec = now_usec;
  meir_tracker_neighbours_read (tracker->core.neighbours);
}

static void
list_torrents (MeirTracker *tracker)
{
  GArray *list = g_array_sized_new (FALSE, FALSE, sizeof (MeirTrackerListed), MEIR_TRACKER_LIST_MAX), *old;

  g_array_set_size (list, MEIR_TRACKER_LIST_MAX);
  g_array_set_size (list, meir_tracker_store_list (tracker->core.store, LIST_LOOKED_AT_MAX,
                                                   (MeirTrackerListed *) (gpointer) list->data, list->len));
  g_mutex_lock (&tracker->list_lock);
  old = tracker->list;
  tracker->list = list;
  g_mutex_unlock (&tracker->list_lock);
  g_array_unref (old);
}

static void
on_tick (MeirTimer *timer, gint64 now_usec)
{
  MeirTracker *tracker = MEIR_OWNER_OF (timer, MeirTracker, tick);

  meir_tracker_store_tick (tracker->core.store, now_usec);
  if (tracker->core.audience == MEIR_TRACKER_NEIGHBOURS &&
      now_usec - tracker->neighbours_usec >= NEIGHBOURS_USEC)
    read_neighbours (tracker, now_usec);
  if (g_atomic_int_compare_and_exchange (&tracker->list_wanted, TRUE, FALSE))
    list_torrents (tracker);
  meir_loop_set_timer (tracker->core.loop, timer, now_usec + TICK_USEC, on_tick);
}

/* Before anybody is asked for: the neighbours are known first. */
static void
take_audience (MeirTracker *tracker)
{
  MeirTrackerAudience audience = (MeirTrackerAudience) g_atomic_int_get (&tracker->audience);

  if (audience == tracker->core.audience)
    return;
  if (audience == MEIR_TRACKER_NEIGHBOURS)
    read_neighbours (tracker, meir_loop_now_usec (tracker->core.loop));
  tracker->core.audience = audience;
  if (tracker->http != NULL)
    meir_tracker_http_recheck (tracker->http);
}

static void
on_wake (gpointer user_data)
{
  MeirTracker *tracker = user_data;
  g_autoptr (GArray) removed = g_array_new (FALSE, FALSE, sizeof (MeirInfoHash));

  if (g_atomic_int_get (&tracker->stopping)) {
    g_main_loop_quit (tracker->main_loop);
    return;
  }
  take_audience (tracker);
  if (!meir_tracker_allow_take_removed (tracker->allow, removed))
    meir_tracker_store_recheck_allowed (tracker->core.store);
  for (guint i = 0; i < removed->len; i++) {
    const MeirInfoHash *info_hash = &g_array_index (removed, MeirInfoHash, i);

    if (!meir_tracker_allow_has (tracker->allow, info_hash))
      meir_tracker_store_forget (tracker->core.store, info_hash);
  }
  publish (&tracker->core);
}

static gpointer
tracker_thread (gpointer data)
{
  MeirTracker *tracker = data;

  g_main_context_push_thread_default (tracker->context);
  g_main_loop_run (tracker->main_loop);
  g_clear_pointer (&tracker->udp, meir_tracker_udp_free);
  g_clear_pointer (&tracker->http, meir_tracker_http_free);
  meir_loop_clear_timer (tracker->core.loop, &tracker->tick);
  g_main_context_pop_thread_default (tracker->context);
  return NULL;
}

/* Never more than the process may open, or the first victim of a crowd of connections would be somebody's
 * disk. */
static guint
limit_connections (guint wanted)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
    return wanted;
  if (limit.rlim_cur < DESCRIPTORS_LEFT + CONNECTIONS_MIN)
    return MIN (wanted, CONNECTIONS_MIN);
  return (guint) MIN ((rlim_t) wanted, limit.rlim_cur - DESCRIPTORS_LEFT);
}

static void
make_store (MeirTracker *tracker, const MeirTrackerConfig *config)
{
  MeirTrackerStoreLimits limits = {
    .interval_sec = config->interval_sec,
    .max_torrents = config->max_torrents,
    .max_peers_per_torrent = config->max_peers_per_torrent,
    .max_bytes = config->max_memory_bytes,
  };
  guint8 secret[32];

  meir_random_bytes (secret, sizeof secret);
  meir_random_bytes (&tracker->core.connection_key, sizeof tracker->core.connection_key);
  tracker->core.store = meir_tracker_store_new (&limits, secret, is_allowed, tracker->allow);
  tracker->core.interval_sec = config->interval_sec;
  tracker->core.min_interval_sec = config->min_interval_sec;
}

static void
make_audience (MeirTracker *tracker, MeirTrackerAudience audience)
{
  tracker->core.neighbours = meir_tracker_neighbours_new ();
  tracker->core.audience = audience;
  tracker->audience = (gint) audience;
  if (audience == MEIR_TRACKER_NEIGHBOURS)
    read_neighbours (tracker, tracker->started_usec);
}

/* Hands the sockets over to the front ends, which close them whatever happens. */
static gboolean
make_front_ends (MeirTracker *tracker, const MeirTrackerConfig *config, MeirTrackerSockets *sockets,
                 GTlsCertificate *certificate, GError **error)
{
  if (sockets->n_udp > 0) {
    guint n = sockets->n_udp;

    sockets->n_udp = 0;
    tracker->udp = meir_tracker_udp_new (&tracker->core, sockets->udp, n, error);
    if (tracker->udp == NULL)
      return FALSE;
  }
  if (sockets->n_tcp > 0) {
    guint n = sockets->n_tcp;

    sockets->n_tcp = 0;
    tracker->http = meir_tracker_http_new (&tracker->core, sockets->tcp, n, certificate,
                                           limit_connections (config->max_connections), error);
    if (tracker->http == NULL)
      return FALSE;
  }
  return TRUE;
}

MeirTracker *
meir_tracker_new (const MeirTrackerConfig *config, GError **error)
{
  g_autoptr (MeirTracker) tracker = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  MeirTrackerSockets sockets;
  gboolean made;

  if (!check_config (config, error) || !get_certificate (config, &certificate, error) ||
      !meir_tracker_listen (config, &sockets, error))
    return NULL;

  tracker = g_new0 (MeirTracker, 1);
  tracker->http_port = sockets.http_port;
  tracker->udp_port = sockets.udp_port;
  tracker->allow = meir_tracker_allow_new (config->allowed, config->n_allowed);
  tracker->fingerprint = certificate != NULL ? meir_tls_certificate_dup_fingerprint (certificate) : NULL;
  tracker->started_usec = meir_clock_now_usec ();
  g_mutex_init (&tracker->list_lock);
  tracker->list = g_array_new (FALSE, FALSE, sizeof (MeirTrackerListed));
  tracker->context = g_main_context_new ();
  tracker->main_loop = g_main_loop_new (tracker->context, FALSE);
  tracker->core.loop = meir_loop_new (tracker->context);
  tracker->wake_id = meir_loop_add_wake (tracker->core.loop, on_wake, tracker);
  meir_loop_set_after (tracker->core.loop, on_after, &tracker->core);
  make_store (tracker, config);
  make_audience (tracker, config->audience);
  made = make_front_ends (tracker, config, &sockets, certificate, error);
  meir_tracker_sockets_clear (&sockets);
  if (!made)
    return NULL;
  meir_loop_set_timer (tracker->core.loop, &tracker->tick, tracker->started_usec + TICK_USEC, on_tick);
  tracker->thread = g_thread_try_new ("meir-tracker", tracker_thread, tracker, NULL);
  if (tracker->thread != NULL)
    return g_steal_pointer (&tracker);
  g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_FAILED,
                       _ ("The system gives the tracker no thread to run on"));
  return NULL;
}

void
meir_tracker_stop (MeirTracker *tracker)
{
  if (tracker->thread == NULL)
    return;
  g_atomic_int_set (&tracker->stopping, 1);
  meir_loop_wake (tracker->core.loop, tracker->wake_id);
  g_thread_join (g_steal_pointer (&tracker->thread));
}

void
meir_tracker_free (MeirTracker *tracker)
{
  meir_tracker_stop (tracker);
  /* Left only when the thread never started. */
  g_clear_pointer (&tracker->udp, meir_tracker_udp_free);
  g_clear_pointer (&tracker->http, meir_tracker_http_free);
  meir_loop_clear_timer (tracker->core.loop, &tracker->tick);
  meir_loop_free (tracker->core.loop);
  g_main_loop_unref (tracker->main_loop);
  g_main_context_unref (tracker->context);
  meir_tracker_store_free (tracker->core.store);
  meir_tracker_allow_free (tracker->allow);
  meir_tracker_neighbours_free (tracker->core.neighbours);
  g_array_unref (tracker->list);
  g_mutex_clear (&tracker->list_lock);
  g_free (tracker->fingerprint);
  g_free (tracker);
}

guint16
meir_tracker_get_http_port (MeirTracker *tracker)
{
  return tracker->http_port;
}

guint16
meir_tracker_get_udp_port (MeirTracker *tracker)
{
  return tracker->udp_port;
}

gboolean
meir_tracker_is_https (MeirTracker *tracker)
{
  return tracker->fingerprint != NULL;
}

char **
meir_tracker_dup_announce_urls (MeirTracker *tracker, const char *host)
{
  g_autoptr (GStrvBuilder) urls = g_strv_builder_new ();
  const char *left = strchr (host, ':') != NULL ? "[" : "", *right = *left != '\0' ? "]" : "";
  const char *scheme = meir_tracker_is_https (tracker) ? "https" : "http";

  if (tracker->http_port != 0) {
    g_autofree char *url =
        g_strdup_printf ("%s://%s%s%s:%u/announce", scheme, left, host, right, tracker->http_port);

    g_strv_builder_add (urls, url);
  }
  if (tracker->udp_port != 0) {
    g_autofree char *url = g_strdup_printf ("udp://%s%s%s:%u/announce", left, host, right, tracker->udp_port);

    g_strv_builder_add (urls, url);
  }
  return g_strv_builder_end (urls);
}

char *
meir_tracker_dup_fingerprint (MeirTracker *tracker)
{
  return g_strdup (tracker->fingerprint);
}

void
meir_tracker_get_counters (MeirTracker *tracker, MeirTrackerCounters *counters)
{
  const MeirTrackerCounters *tally = &tracker->core.tally;

  *counters = (MeirTrackerCounters){
    .torrents = meir_tracker_tally_get (&tally->torrents),
    .peers = meir_tracker_tally_get (&tally->peers),
    .seeds = meir_tracker_tally_get (&tally->seeds),
    .memory_bytes = meir_tracker_tally_get (&tally->memory_bytes),
    .announces_http = meir_tracker_tally_get (&tally->announces_http),
    .announces_https = meir_tracker_tally_get (&tally->announces_https),
    .announces_udp = meir_tracker_tally_get (&tally->announces_udp),
    .scrapes = meir_tracker_tally_get (&tally->scrapes),
    .errors = meir_tracker_tally_get (&tally->errors),
    .bytes_in = meir_tracker_tally_get (&tally->bytes_in),
    .bytes_out = meir_tracker_tally_get (&tally->bytes_out),
    .connections = meir_tracker_tally_get (&tally->connections),
    .uptime_usec = meir_clock_now_usec () - tracker->started_usec,
  };
}

GArray *
meir_tracker_ref_torrents (MeirTracker *tracker)
{
  GArray *list;

  g_atomic_int_set (&tracker->list_wanted, TRUE);
  g_mutex_lock (&tracker->list_lock);
  list = g_array_ref (tracker->list);
  g_mutex_unlock (&tracker->list_lock);
  return list;
}

void
meir_tracker_set_audience (MeirTracker *tracker, MeirTrackerAudience audience)
{
  g_atomic_int_set (&tracker->audience, (gint) audience);
  meir_loop_wake (tracker->core.loop, tracker->wake_id);
}

void
meir_tracker_set_allowed (MeirTracker *tracker, const MeirInfoHash *allowed, gsize n_allowed)
{
  meir_tracker_allow_set (tracker->allow, allowed, n_allowed);
  meir_loop_wake (tracker->core.loop, tracker->wake_id);
}

void
meir_tracker_allow (MeirTracker *tracker, const MeirInfoHash *info_hash)
{
  meir_tracker_allow_add (tracker->allow, info_hash);
}

void
meir_tracker_disallow (MeirTracker *tracker, const MeirInfoHash *info_hash)
{
  meir_tracker_allow_remove (tracker->allow, info_hash);
  meir_loop_wake (tracker->core.loop, tracker->wake_id);
}
