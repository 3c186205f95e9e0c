/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-rules.h"

#include "app-support.h"
#include "app/meir-ui-settings.h"
#include "fake-monitor.h"

/* What the session is told when a setting, or the network, changes. */

static struct {
  MeirRateLimits limits;
  MeirStopRule stop_rule;
  guint max_downloads;
  guint max_peers;
  MeirTlsPolicy tls;
  guint16 port;
  guint n_calls;
} told;

void __wrap_meir_session_set_limits (MeirSession *session, const MeirRateLimits *limits);
void __wrap_meir_session_set_stop_rule (MeirSession *session, const MeirStopRule *rule);
void __wrap_meir_session_set_max_downloads (MeirSession *session, guint max_downloads);
void __wrap_meir_session_set_max_peers (MeirSession *session, guint max_peers);
void __wrap_meir_session_set_tls_policy (MeirSession *session, MeirTlsPolicy tls);
void __wrap_meir_session_set_port (MeirSession *session, guint16 port);

void
__wrap_meir_session_set_limits (MeirSession *session, const MeirRateLimits *limits)
{
  told.limits = *limits;
  told.n_calls++;
}

void
__wrap_meir_session_set_stop_rule (MeirSession *session, const MeirStopRule *rule)
{
  told.stop_rule = *rule;
  told.n_calls++;
}

void
__wrap_meir_session_set_max_downloads (MeirSession *session, guint max_downloads)
{
  told.max_downloads = max_downloads;
  told.n_calls++;
}

void
__wrap_meir_session_set_max_peers (MeirSession *session, guint max_peers)
{
  told.max_peers = max_peers;
  told.n_calls++;
}

void
__wrap_meir_session_set_tls_policy (MeirSession *session, MeirTlsPolicy tls)
{
  told.tls = tls;
  told.n_calls++;
}

void
__wrap_meir_session_set_port (MeirSession *session, guint16 port)
{
  told.port = port;
  told.n_calls++;
}

typedef struct {
  char *folder;
  MeirSession *session;
  FakeMonitor *monitor;
  MeirUiNetwork *network;
  MeirUiRules *rules;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = app_make_folder ();
  fixture->session = app_session_new (fixture->folder);
  fixture->monitor = fake_monitor_new ();
  fixture->network = meir_ui_network_new (G_NETWORK_MONITOR (fixture->monitor), NULL);
  told.n_calls = 0;
  fixture->rules = meir_ui_rules_new (fixture->session, fixture->network);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  static const char *const keys[] = { "limit-download", "download-limit",     "limit-upload",
                                      "upload-limit",   "stop-at-ratio",      "stop-ratio",
                                      "stop-after",     "stop-after-minutes", "max-downloads",
                                      "max-peers",      "encryption",         "listen-port",
                                      "notify" };

  g_assert_finalize_object (fixture->rules);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (meir_ui_settings_get (), keys[i]);
  g_object_unref (fixture->network);
  g_object_unref (fixture->monitor);
  app_session_close (fixture->session);
  app_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

/* From the start on everything is as the settings say. */
static void
test_start (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpuint (told.n_calls, ==, 5);
  g_assert_cmpuint (told.limits.down_per_sec, ==, 0);
  g_assert_cmpuint (told.limits.up_per_sec, ==, 0);
  g_assert_cmpfloat (told.stop_rule.ratio, ==, 0);
  g_assert_cmpuint (told.stop_rule.minutes, ==, 0);
  g_assert_cmpuint (told.max_downloads, ==, 5);
  g_assert_cmpuint (told.max_peers, ==, 500);
  g_assert_cmpint (told.tls, ==, MEIR_TLS_PREFER);
}

/* A number counts only while its switch is on; other people's settings are none of our business. */
static void
test_changes (Fixture *fixture, gconstpointer unused)
{
  GSettings *settings = meir_ui_settings_get ();

  g_settings_set_uint (settings, "download-limit", 250);
  g_assert_cmpuint (told.limits.down_per_sec, ==, 0);
  g_settings_set_boolean (settings, "limit-download", TRUE);
  g_assert_cmpuint (told.limits.down_per_sec, ==, 250000);
  g_assert_cmpuint (told.limits.up_per_sec, ==, 0);
  g_settings_set_uint (settings, "upload-limit", 10000000);
  g_settings_set_boolean (settings, "limit-upload", TRUE);
  g_assert_cmpuint (told.limits.up_per_sec, ==, G_GUINT64_CONSTANT (10000000000));
  g_settings_set_double (settings, "stop-ratio", 1.5);
  g_settings_set_boolean (settings, "stop-at-ratio", TRUE);
  g_assert_cmpfloat (told.stop_rule.ratio, ==, 1.5);
  g_settings_set_boolean (settings, "stop-after", TRUE);
  g_settings_set_uint (settings, "stop-after-minutes", 90);
  g_assert_cmpuint (told.stop_rule.minutes, ==, 90);
  g_settings_set_boolean (settings, "stop-at-ratio", FALSE);
  g_assert_cmpfloat (told.stop_rule.ratio, ==, 0);
  g_assert_cmpuint (told.stop_rule.minutes, ==, 90);
  g_settings_set_uint (settings, "max-downloads", 0);
  g_assert_cmpuint (told.max_downloads, ==, 0);
  g_settings_set_uint (settings, "max-peers", 77);
  g_assert_cmpuint (told.max_peers, ==, 77);
  g_settings_set (settings, "listen-port", "q", 50001);
  g_assert_cmpuint (told.port, ==, 50001);
  told.n_calls = 0;
  g_settings_set_boolean (settings, "notify", FALSE);
  g_assert_cmpuint (told.n_calls, ==, 0);
}

static void
test_encryption (Fixture *fixture, gconstpointer unused)
{
  GSettings *settings = meir_ui_settings_get ();

  g_settings_set_string (settings, "encryption", "require");
  g_assert_cmpint (told.tls, ==, MEIR_TLS_REQUIRE);
  g_settings_set_string (settings, "encryption", "off");
  g_assert_cmpint (told.tls, ==, MEIR_TLS_OFF);
  g_settings_set_string (settings, "encryption", "prefer");
  g_assert_cmpint (told.tls, ==, MEIR_TLS_PREFER);
}

/* On a metered network there is a limit, the lower of the two; "Use Anyway" takes it away. */
static void
test_metered (Fixture *fixture, gconstpointer unused)
{
  GSettings *settings = meir_ui_settings_get ();

  fake_monitor_set (fixture->monitor, TRUE, TRUE);
  g_assert_cmpuint (told.limits.down_per_sec, ==, 100000);
  g_assert_cmpuint (told.limits.up_per_sec, ==, 20000);
  g_settings_set_uint (settings, "download-limit", 5);
  g_settings_set_boolean (settings, "limit-download", TRUE);
  g_settings_set_boolean (settings, "limit-upload", TRUE);
  g_assert_cmpuint (told.limits.down_per_sec, ==, 5000);
  g_assert_cmpuint (told.limits.up_per_sec, ==, 20000);
  meir_ui_network_use_anyway (fixture->network);
  g_assert_cmpuint (told.limits.down_per_sec, ==, 5000);
  g_assert_cmpuint (told.limits.up_per_sec, ==, 1000000);
  fake_monitor_set (fixture->monitor, TRUE, FALSE);
  g_assert_cmpuint (told.limits.up_per_sec, ==, 1000000);
}

static void
test_config (Fixture *fixture, gconstpointer unused)
{
  GSettings *settings = meir_ui_settings_get ();
  MeirSessionConfig config;

  g_settings_set (settings, "listen-port", "q", 50000);
  g_settings_set_string (settings, "encryption", "require");
  g_settings_set_uint (settings, "max-peers", 40);
  meir_ui_rules_init_config (&config);
  g_assert_cmpuint (config.port, ==, 50000);
  g_assert_cmpint (config.tls, ==, MEIR_TLS_REQUIRE);
  g_assert_cmpuint (config.max_peers, ==, 40);
  g_assert_null (config.bind_address);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (Fixture *fixture, gconstpointer unused);
  } tests[] = {
    { "/app/rules/start", test_start },           { "/app/rules/changes", test_changes },
    { "/app/rules/encryption", test_encryption }, { "/app/rules/metered", test_metered },
    { "/app/rules/config", test_config },
  };

  meir_init ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
