/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-rules.h"

#include "app/meir-ui-settings.h"

/* The unit of the settings. */
#define KILOBYTE G_GUINT64_CONSTANT (1000)
/* On a network that is paid for by the byte: enough to go on, too little to hurt. */
#define SLOW_DOWN_PER_SEC (100 * KILOBYTE)
#define SLOW_UP_PER_SEC   (20 * KILOBYTE)

struct _MeirUiRules {
  GObject parent_instance;

  MeirSession *session;
  MeirUiNetwork *network;
};

G_DEFINE_FINAL_TYPE (MeirUiRules, meir_ui_rules, G_TYPE_OBJECT)

/* Bytes a second; 0: none. */
static guint64
get_limit (GSettings *settings, const char *on, const char *limit, gboolean slowed, guint64 slow)
{
  guint64 per_sec =
      g_settings_get_boolean (settings, on) ? g_settings_get_uint (settings, limit) * KILOBYTE : 0;

  if (!slowed)
    return per_sec;
  return per_sec != 0 ? MIN (per_sec, slow) : slow;
}

static void
apply_limits (MeirUiRules *self)
{
  GSettings *settings = meir_ui_settings_get ();
  gboolean slowed = meir_ui_network_is_slowed (self->network);
  MeirRateLimits limits = {
    .down_per_sec = get_limit (settings, "limit-download", "download-limit", slowed, SLOW_DOWN_PER_SEC),
    .up_per_sec = get_limit (settings, "limit-upload", "upload-limit", slowed, SLOW_UP_PER_SEC),
  };

  meir_session_set_limits (self->session, &limits);
}

static void
apply_stop_rule (MeirUiRules *self)
{
  GSettings *settings = meir_ui_settings_get ();
  MeirStopRule rule = { 0 };

  if (g_settings_get_boolean (settings, "stop-at-ratio"))
    rule.ratio = g_settings_get_double (settings, "stop-ratio");
  if (g_settings_get_boolean (settings, "stop-after"))
    rule.minutes = g_settings_get_uint (settings, "stop-after-minutes");
  meir_session_set_stop_rule (self->session, &rule);
}

static void
apply_max_downloads (MeirUiRules *self)
{
  meir_session_set_max_downloads (self->session,
                                  g_settings_get_uint (meir_ui_settings_get (), "max-downloads"));
}

/* The values of the schema's enumeration are those of the engine. */
static MeirTlsPolicy
get_tls_policy (void)
{
  return (MeirTlsPolicy) g_settings_get_enum (meir_ui_settings_get (), "encryption");
}

static guint16
get_port (void)
{
  guint16 port;

  g_settings_get (meir_ui_settings_get (), "listen-port", "q", &port);
  return port;
}

/* Only when it changes: what it was when the session began, the session has tried. */
static void
apply_port (MeirUiRules *self)
{
  meir_session_set_port (self->session, get_port ());
}

static void
apply_tls_policy (MeirUiRules *self)
{
  meir_session_set_tls_policy (self->session, get_tls_policy ());
}

static void
apply_max_peers (MeirUiRules *self)
{
  meir_session_set_max_peers (self->session, g_settings_get_uint (meir_ui_settings_get (), "max-peers"));
}

typedef struct {
  const char *key;
  void (*apply) (MeirUiRules *self);
} Rule;

static const Rule rules[] = {
  { "limit-download", apply_limits },       { "download-limit", apply_limits },
  { "limit-upload", apply_limits },         { "upload-limit", apply_limits },
  { "stop-at-ratio", apply_stop_rule },     { "stop-ratio", apply_stop_rule },
  { "stop-after", apply_stop_rule },        { "stop-after-minutes", apply_stop_rule },
  { "max-downloads", apply_max_downloads }, { "encryption", apply_tls_policy },
  { "max-peers", apply_max_peers },         { "listen-port", apply_port },
};

static void
on_setting_changed (MeirUiRules *self, const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].key, key))
      rules[i].apply (self);
}

static void
meir_ui_rules_finalize (GObject *object)
{
  MeirUiRules *self = MEIR_UI_RULES (object);

  g_clear_object (&self->session);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (meir_ui_rules_parent_class)->finalize (object);
}

static void
meir_ui_rules_class_init (MeirUiRulesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_rules_finalize;
}

static void
meir_ui_rules_init (MeirUiRules *self)
{
}

MeirUiRules *
meir_ui_rules_new (MeirSession *session, MeirUiNetwork *network)
{
  MeirUiRules *self = g_object_new (MEIR_UI_TYPE_RULES, NULL);

  self->session = g_object_ref (session);
  self->network = g_object_ref (network);
  g_signal_connect_object (meir_ui_settings_get (), "changed", G_CALLBACK (on_setting_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (network, "notify::slowed", G_CALLBACK (apply_limits), self, G_CONNECT_SWAPPED);
  apply_limits (self);
  apply_stop_rule (self);
  apply_max_downloads (self);
  apply_tls_policy (self);
  apply_max_peers (self);
  return self;
}

void
meir_ui_rules_init_config (MeirSessionConfig *config)
{
  GSettings *settings = meir_ui_settings_get ();

  *config = (MeirSessionConfig){
    .port = get_port (),
    .tls = get_tls_policy (),
    .max_peers = g_settings_get_uint (settings, "max-peers"),
  };
}
