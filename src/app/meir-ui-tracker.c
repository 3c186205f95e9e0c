/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tracker.h"

#include "app/meir-ui-link.h"
#include "app/meir-ui-settings.h"

#include <glib/gi18n.h>

#define KEY_ACTIVE   "tracker-active"
#define KEY_AUDIENCE "tracker-audience"
#define KEY_TORRENTS "tracker-torrents"

/* The values of the schema's enumerations. */
enum { AUDIENCE_LOCAL, AUDIENCE_ANYONE };
enum { TORRENTS_MINE, TORRENTS_ANY };

struct _MeirUiTracker {
  GObject parent_instance;

  MeirTracker *tracker; /* NULL while it is off */
  GHashTable *allowed;  /* MeirInfoHash: a set */
  char *host;           /* where others reach it, NULL while it is off */
  char *address;
  char *problem;
};

G_DEFINE_FINAL_TYPE (MeirUiTracker, meir_ui_tracker, G_TYPE_OBJECT)

enum {
  PROP_ACTIVE = 1,
  PROP_ADDRESS,
  PROP_PROBLEM,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* Never NULL: to the tracker that would mean any torrent, where none is meant. */
static MeirInfoHash *
dup_allowed (MeirUiTracker *self)
{
  MeirInfoHash *allowed = g_new0 (MeirInfoHash, g_hash_table_size (self->allowed) + 1);
  GHashTableIter iter;
  gpointer info_hash;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->allowed);
  while (g_hash_table_iter_next (&iter, &info_hash, NULL))
    allowed[n++] = *(MeirInfoHash *) info_hash;
  return allowed;
}

static gboolean
tracks_any (void)
{
  return g_settings_get_enum (meir_ui_settings_get (), KEY_TORRENTS) == TORRENTS_ANY;
}

static MeirTrackerAudience
get_audience (void)
{
  return g_settings_get_enum (meir_ui_settings_get (), KEY_AUDIENCE) == AUDIENCE_ANYONE
             ? MEIR_TRACKER_ANYONE
             : MEIR_TRACKER_NEIGHBOURS;
}

/* TRUE: it is another one. */
static gboolean
find_address (MeirUiTracker *self)
{
  g_autofree char *host = meir_ui_link_dup_local_host ();
  g_auto (GStrv) urls = meir_tracker_dup_announce_urls (self->tracker, host);

  if (g_strcmp0 (urls[0], self->address) == 0)
    return FALSE;
  g_free (self->host);
  self->host = g_steal_pointer (&host);
  g_free (self->address);
  self->address = g_strdup (urls[0]);
  return TRUE;
}

static void
start (MeirUiTracker *self)
{
  g_autofree MeirInfoHash *allowed = dup_allowed (self);
  g_autoptr (GError) error = NULL;
  MeirTrackerConfig config;

  meir_tracker_config_init (&config);
  config.allowed = tracks_any () ? NULL : allowed;
  config.n_allowed = g_hash_table_size (self->allowed);
  config.audience = get_audience ();
  self->tracker = meir_tracker_new (&config, &error);
  if (self->tracker == NULL)
    self->problem = g_strdup (error->message);
  else
    find_address (self);
}

static void
set_active (MeirUiTracker *self, gboolean active)
{
  if (active == (self->tracker != NULL))
    return;
  g_clear_pointer (&self->tracker, meir_tracker_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->problem, g_free);
  if (active)
    start (self);
  /* One that could not be started once is tried again at the next start of the program. */
  if (!active || self->tracker != NULL)
    g_settings_set_boolean (meir_ui_settings_get (), KEY_ACTIVE, active);
  for (guint i = PROP_ACTIVE; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
on_active_changed (MeirUiTracker *self)
{
  set_active (self, g_settings_get_boolean (meir_ui_settings_get (), KEY_ACTIVE));
}

static void
on_audience_changed (MeirUiTracker *self)
{
  if (self->tracker != NULL)
    meir_tracker_set_audience (self->tracker, get_audience ());
}

static void
on_torrents_changed (MeirUiTracker *self)
{
  g_autofree MeirInfoHash *allowed = dup_allowed (self);

  if (self->tracker != NULL)
    meir_tracker_set_allowed (self->tracker, tracks_any () ? NULL : allowed,
                              g_hash_table_size (self->allowed));
}

/* This computer may have got another address. */
static void
on_network_changed (MeirUiTracker *self)
{
  if (self->tracker != NULL && find_address (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
}

static void
meir_ui_tracker_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MeirUiTracker *self = MEIR_UI_TRACKER (object);

  switch (id) {
  case PROP_ACTIVE:
    g_value_set_boolean (value, self->tracker != NULL);
    break;
  case PROP_ADDRESS:
    g_value_set_string (value, self->address);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, self->problem);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
meir_ui_tracker_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ACTIVE)
    set_active (MEIR_UI_TRACKER (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
meir_ui_tracker_finalize (GObject *object)
{
  MeirUiTracker *self = MEIR_UI_TRACKER (object);

  g_clear_pointer (&self->tracker, meir_tracker_free);
  g_hash_table_unref (self->allowed);
  g_free (self->host);
  g_free (self->address);
  g_free (self->problem);
  G_OBJECT_CLASS (meir_ui_tracker_parent_class)->finalize (object);
}

static void
meir_ui_tracker_class_init (MeirUiTrackerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = meir_ui_tracker_get_property;
  object_class->set_property = meir_ui_tracker_set_property;
  object_class->finalize = meir_ui_tracker_finalize;
  properties[PROP_ACTIVE] = g_param_spec_boolean (
      "active", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_ADDRESS] =
      g_param_spec_string ("address", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PROBLEM] =
      g_param_spec_string ("problem", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
meir_ui_tracker_init (MeirUiTracker *self)
{
  GSettings *settings = meir_ui_settings_get ();

  self->allowed = g_hash_table_new_full (meir_info_hash_hash, meir_info_hash_equal, g_free, NULL);
  g_signal_connect_object (settings, "changed::" KEY_ACTIVE, G_CALLBACK (on_active_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" KEY_AUDIENCE, G_CALLBACK (on_audience_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" KEY_TORRENTS, G_CALLBACK (on_torrents_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (on_network_changed), self, G_CONNECT_SWAPPED);
}

MeirUiTracker *
meir_ui_tracker_new (void)
{
  return g_object_new (MEIR_UI_TYPE_TRACKER, NULL);
}

void
meir_ui_tracker_restore (MeirUiTracker *tracker)
{
  on_active_changed (tracker);
}

gboolean
meir_ui_tracker_get_active (MeirUiTracker *tracker)
{
  return tracker->tracker != NULL;
}

const char *
meir_ui_tracker_get_address (MeirUiTracker *tracker)
{
  return tracker->address;
}

char *
meir_ui_tracker_dup_warning (MeirUiTracker *tracker)
{
  MeirEndpoint endpoint;

  if (tracker->host == NULL || !meir_endpoint_parse_address (&endpoint, tracker->host, NULL))
    return NULL;
  if (meir_endpoint_is_loopback (&endpoint))
    return g_strdup (_ ("There is no network: only this computer can use it"));
  if (get_audience () == MEIR_TRACKER_ANYONE && meir_endpoint_is_local_network (&endpoint))
    return g_strdup (_ ("People outside your network cannot use this address"));
  return NULL;
}

void
meir_ui_tracker_allow (MeirUiTracker *tracker, const MeirInfoHash *info_hash)
{
  g_hash_table_add (tracker->allowed, g_memdup2 (info_hash, sizeof *info_hash));
  if (tracker->tracker != NULL)
    meir_tracker_allow (tracker->tracker, info_hash);
}

void
meir_ui_tracker_disallow (MeirUiTracker *tracker, const MeirInfoHash *info_hash)
{
  g_hash_table_remove (tracker->allowed, info_hash);
  if (tracker->tracker != NULL)
    meir_tracker_disallow (tracker->tracker, info_hash);
}

void
meir_ui_tracker_get_counters (MeirUiTracker *tracker, MeirTrackerCounters *counters)
{
  *counters = (MeirTrackerCounters){ 0 };
  if (tracker->tracker != NULL)
    meir_tracker_get_counters (tracker->tracker, counters);
}

GArray *
meir_ui_tracker_ref_torrents (MeirUiTracker *tracker)
{
  return tracker->tracker != NULL ? meir_tracker_ref_torrents (tracker->tracker) : NULL;
}
