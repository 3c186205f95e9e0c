/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-network.h"

#include "app-support.h"
#include "app/meir-ui-settings.h"
#include "fake-monitor.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

/* What is believed of the network, and when. */

typedef struct {
  FakeMonitor *monitor;
  MeirUiNetwork *network;
  guint n_slowed;
} Fixture;

/* The computer of the test has an address, or it has none: */
static gboolean has_interface;

int __wrap_getifaddrs (struct ifaddrs **interfaces);
void __wrap_freeifaddrs (struct ifaddrs *interfaces);

int
__wrap_getifaddrs (struct ifaddrs **interfaces)
{
  static struct sockaddr_in address = { .sin_family = AF_INET };
  static char name[] = "test0";
  static struct ifaddrs interface = { .ifa_name = name,
                                      .ifa_flags = IFF_UP,
                                      .ifa_addr = (struct sockaddr *) &address };

  address.sin_addr.s_addr = GUINT32_TO_BE (0xc0a80114);
  *interfaces = has_interface ? &interface : NULL;
  return 0;
}

void
__wrap_freeifaddrs (struct ifaddrs *interfaces)
{
}

static void
count (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  has_interface = FALSE;
  fixture->monitor = fake_monitor_new ();
  fixture->network =
      meir_ui_network_new (G_NETWORK_MONITOR (fixture->monitor), G_POWER_PROFILE_MONITOR (fixture->monitor));
  g_signal_connect (fixture->network, "notify::slowed", G_CALLBACK (count), &fixture->n_slowed);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_settings_reset (meir_ui_settings_get (), "slow-on-metered");
  g_assert_finalize_object (fixture->network);
  g_object_unref (fixture->monitor);
}

static gboolean
is_metered (Fixture *fixture)
{
  gboolean metered;

  g_object_get (fixture->network, "metered", &metered, NULL);
  return metered;
}

/* "Not available" is what a portal says before it knows: nobody is told, until it is so for a while. */
static void
test_first_answer (Fixture *fixture, gconstpointer unused)
{
  g_assert_true (meir_ui_network_is_online (fixture->network));
  g_assert_false (meir_ui_network_is_slowed (fixture->network));
  /* A setting that is touched meanwhile is no reason to look. */
  g_settings_set_boolean (meir_ui_settings_get (), "slow-on-metered", FALSE);
  g_assert_true (meir_ui_network_is_online (fixture->network));
  app_wait_until (!meir_ui_network_is_online (fixture->network));
}

/* What is told by a signal counts at once. */
static void
test_signal (Fixture *fixture, gconstpointer unused)
{
  fake_monitor_set (fixture->monitor, TRUE, TRUE);
  g_assert_true (meir_ui_network_is_online (fixture->network));
  g_assert_true (is_metered (fixture));
  g_assert_true (meir_ui_network_is_slowed (fixture->network));
  fake_monitor_set (fixture->monitor, FALSE, FALSE);
  g_assert_false (meir_ui_network_is_online (fixture->network));
  g_assert_false (is_metered (fixture));
  g_assert_false (meir_ui_network_is_slowed (fixture->network));
  g_assert_cmpuint (fixture->n_slowed, ==, 2);
}

/* No way to the internet, but people around. */
static void
test_local (Fixture *fixture, gconstpointer unused)
{
  has_interface = TRUE;
  fake_monitor_set (fixture->monitor, FALSE, FALSE);
  g_assert_true (meir_ui_network_is_online (fixture->network));
}

static void
test_setting (Fixture *fixture, gconstpointer unused)
{
  fake_monitor_set (fixture->monitor, TRUE, TRUE);
  g_settings_set_boolean (meir_ui_settings_get (), "slow-on-metered", FALSE);
  g_assert_false (meir_ui_network_is_slowed (fixture->network));
  g_assert_true (is_metered (fixture));
  g_settings_set_boolean (meir_ui_settings_get (), "slow-on-metered", TRUE);
  g_assert_true (meir_ui_network_is_slowed (fixture->network));
}

/* "Use Anyway" is of this network: the next metered one slows down again. */
static void
test_use_anyway (Fixture *fixture, gconstpointer unused)
{
  fake_monitor_set (fixture->monitor, TRUE, TRUE);
  meir_ui_network_use_anyway (fixture->network);
  g_assert_false (meir_ui_network_is_slowed (fixture->network));
  fake_monitor_set (fixture->monitor, TRUE, TRUE);
  g_assert_false (meir_ui_network_is_slowed (fixture->network));
  fake_monitor_set (fixture->monitor, TRUE, FALSE);
  fake_monitor_set (fixture->monitor, TRUE, TRUE);
  g_assert_true (meir_ui_network_is_slowed (fixture->network));
  g_assert_cmpuint (fixture->n_slowed, ==, 3);
}

static void
test_power (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (MeirUiNetwork) powerless = NULL;

  fake_monitor_set (fixture->monitor, TRUE, FALSE);
  g_assert_false (meir_ui_network_saves_power (fixture->network));
  fake_monitor_set_power_saver (fixture->monitor, TRUE);
  g_assert_true (meir_ui_network_saves_power (fixture->network));
  fake_monitor_set_power_saver (fixture->monitor, FALSE);
  g_assert_false (meir_ui_network_saves_power (fixture->network));
  /* Where nothing tells of power, none is saved. */
  powerless = meir_ui_network_new (G_NETWORK_MONITOR (fixture->monitor), NULL);
  fake_monitor_set_power_saver (fixture->monitor, TRUE);
  fake_monitor_set (fixture->monitor, TRUE, TRUE);
  g_assert_false (meir_ui_network_saves_power (powerless));
}

static void
test_default (void)
{
  g_assert_true (meir_ui_network_get_default () == meir_ui_network_get_default ());
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (Fixture *fixture, gconstpointer unused);
  } tests[] = {
    { "/app/network/first-answer", test_first_answer },
    { "/app/network/signal", test_signal },
    { "/app/network/local", test_local },
    { "/app/network/setting", test_setting },
    { "/app/network/use-anyway", test_use_anyway },
    { "/app/network/power", test_power },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  g_test_add_func ("/app/network/default", test_default);
  return g_test_run ();
}
