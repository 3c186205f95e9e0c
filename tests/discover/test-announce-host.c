/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-host.h"

#include "base/meir-error.h"
#include "tracker-fixture.h"

typedef struct {
  MeirAnnounceHost host;
  GError *error;
  gboolean done;
} Try;

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Try *try = user_data;

  try->done = TRUE;
  g_assert_true (meir_announce_host_resolve_finish (result, &try->host, &try->error) == (try->error == NULL));
}

/* The addresses kept for @name, separated by spaces; or NULL and @error. */
static char *
resolve (World *world, const char *name, guint8 family, GError **error)
{
  Try try = { 0 };
  GString *kept = g_string_new (NULL);
  char text[MEIR_ENDPOINT_TEXT_MAX];

  meir_announce_host_resolve_async (world->names, name, 80, family, NULL, resolved_cb, &try);
  world_run_until (world, &try.done);
  if (try.error != NULL) {
    g_propagate_error (error, try.error);
    g_string_free (kept, TRUE);
    return NULL;
  }
  for (guint i = 0; i < try.host.n; i++)
    g_string_append_printf (kept, "%s%s", i > 0 ? " " : "",
                            meir_endpoint_format (&try.host.endpoints[i], text));
  return g_string_free (kept, FALSE);
}

static void
test_choice (void)
{
  static const struct {
    const char *addresses;
    guint8 family;
    const char *kept;
  } cases[] = {
    { "10.0.0.1", 0, "10.0.0.1:80" },
    /* J12: no more than four. */
    { "10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6", 0,
      "10.0.0.1:80 10.0.0.2:80 10.0.0.3:80 10.0.0.4:80" },
    /* Both families in turn, whatever their number. */
    { "fd00::1 fd00::2 fd00::3 fd00::4 fd00::5 10.0.0.1", 0,
      "[fd00::1]:80 10.0.0.1:80 [fd00::2]:80 [fd00::3]:80" },
    { "10.0.0.1 10.0.0.2 fd00::1", 0, "10.0.0.1:80 [fd00::1]:80 10.0.0.2:80" },
    { "10.0.0.1 fd00::1", 6, "[fd00::1]:80" },
    { "fd00::1 10.0.0.1 10.0.0.2", 4, "10.0.0.1:80 10.0.0.2:80" },
    /* Neither multicast, broadcast nor unspecified addresses; none twice. */
    { "224.0.0.1 255.255.255.255 0.0.0.0 ff02::1 :: 10.0.0.1 10.0.0.1 ::ffff:10.0.0.1", 0, "10.0.0.1:80" },
  };
  g_autoptr (World) world = world_new ();

  names_install ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *kept = NULL;

    names_set ("host.test", cases[i].addresses);
    kept = resolve (world, "host.test", cases[i].family, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (kept, ==, cases[i].kept);
  }
  names_uninstall ();
}

static void
test_failures (void)
{
  static const struct {
    const char *addresses; /* NULL: no such name */
    guint8 family;
    MeirError code;
  } cases[] = {
    { NULL, 0, MEIR_ERROR_NETWORK },
    { "224.0.0.1 ff02::1", 0, MEIR_ERROR_INVALID },
    { "fd00::1", 4, MEIR_ERROR_NETWORK },
  };
  g_autoptr (World) world = world_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    names_install ();
    if (cases[i].addresses != NULL)
      names_set ("host.test", cases[i].addresses);
    g_assert_null (resolve (world, "host.test", cases[i].family, &error));
    g_assert_error (error, MEIR_ERROR, (gint) cases[i].code);
    g_assert_nonnull (strstr (error->message, "host.test"));
    names_uninstall ();
  }
}

/* Numeric addresses need no DNS, and are judged like others. */
static void
test_numeric (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *four = resolve (world, "127.0.0.1", 0, NULL);
  g_autofree char *six = resolve (world, "::1", 0, NULL);

  g_assert_cmpstr (four, ==, "127.0.0.1:80");
  g_assert_cmpstr (six, ==, "[::1]:80");
  g_assert_null (resolve (world, "239.1.2.3", 0, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
}

static void
test_cancelled (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Try try = { 0 };

  names_install ();
  names_set ("host.test", "10.0.0.1");
  meir_announce_host_resolve_async (world->names, "host.test", 80, 0, cancellable, resolved_cb, &try);
  g_cancellable_cancel (cancellable);
  world_run_until (world, &try.done);
  g_assert_error (try.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&try.error);
  names_uninstall ();
}

static void
test_private (void)
{
  static const struct {
    const char *endpoint;
    gboolean is_private;
  } cases[] = {
    { "127.0.0.1:1", TRUE },   { "127.9.9.9:1", TRUE },      { "10.1.2.3:1", TRUE },
    { "169.254.1.1:1", TRUE }, { "192.168.1.1:1", TRUE },    { "[::1]:1", TRUE },
    { "[fe80::1]:1", TRUE },   { "[fd00::1]:1", TRUE },      { "1.1.1.1:1", FALSE },
    { "172.32.0.1:1", FALSE }, { "[2001:db8::1]:1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeirEndpoint endpoint;

    g_assert_true (meir_endpoint_parse (&endpoint, cases[i].endpoint, NULL));
    g_assert_cmpint (meir_announce_host_is_private (&endpoint), ==, cases[i].is_private);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announce-host/choice", test_choice);
  g_test_add_func ("/announce-host/failures", test_failures);
  g_test_add_func ("/announce-host/numeric", test_numeric);
  g_test_add_func ("/announce-host/cancelled", test_cancelled);
  g_test_add_func ("/announce-host/private", test_private);
  return g_test_run ();
}
