/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tracker.h"

#include "app-support.h"

#include <libsoup/soup.h>
#include <string.h>

/* The tracker behind its switch. It listens on its usual port, so that only one such test runs at a time. */

#define PORT 6969

static const MeirInfoHash shared = { .bytes = { 'a', 'b', 'c' } };
static const MeirInfoHash foreign = { .bytes = { 'x', 'y', 'z' } };

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GBytes **answer = user_data;

  *answer = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  if (*answer == NULL)
    *answer = g_bytes_new_static ("", 0);
}

/* What the tracker answers to an announce, dots for NULs; "" when nobody listens. (transfer full) */
static char *
announce (const MeirInfoHash *info_hash)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autofree char *hash = g_uri_escape_bytes (info_hash->bytes, MEIR_SHA1_LENGTH, NULL);
  g_autofree char *url =
      g_strdup_printf ("http://127.0.0.1:%d/announce?info_hash=%s&peer_id=-XX0000-aaaaaaaaaaaa"
                       "&port=7000&uploaded=0&downloaded=0&left=0&compact=1",
                       PORT, hash);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (GBytes) answer = NULL;
  GString *text;

  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_answer, &answer);
  app_wait_until (answer != NULL);
  text = g_string_new_len (g_bytes_get_data (answer, NULL), (gssize) g_bytes_get_size (answer));
  for (gsize i = 0; i < text->len; i++)
    text->str[i] = text->str[i] != '\0' ? text->str[i] : '.';
  return g_string_free (text, FALSE);
}

static void
assert_tracked (const MeirInfoHash *info_hash)
{
  g_autofree char *answer = announce (info_hash);

  g_assert_nonnull (strstr (answer, "8:interval"));
}

static void
assert_refused (const MeirInfoHash *info_hash)
{
  g_autofree char *answer = announce (info_hash);

  g_assert_nonnull (strstr (answer, "14:failure reason"));
}

static void
assert_nobody_listens (void)
{
  g_autofree char *answer = announce (&shared);

  g_assert_cmpstr (answer, ==, "");
}

static void
set_active (MeirUiTracker *tracker, gboolean active)
{
  g_object_set (tracker, "active", active, NULL);
}

static char *
dup_problem (MeirUiTracker *tracker)
{
  char *problem;

  g_object_get (tracker, "problem", &problem, NULL);
  return problem;
}

static void
count (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
test_switch (void)
{
  g_autoptr (MeirUiTracker) tracker = meir_ui_tracker_new ();
  g_autofree char *problem = NULL;
  guint n_changes = 0;

  g_signal_connect (tracker, "notify::active", G_CALLBACK (count), &n_changes);
  meir_ui_tracker_allow (tracker, &shared);
  /* Nothing is opened to the network before the switch. */
  g_assert_false (meir_ui_tracker_get_active (tracker));
  g_assert_null (meir_ui_tracker_get_address (tracker));
  assert_nobody_listens ();

  set_active (tracker, TRUE);
  g_assert_true (meir_ui_tracker_get_active (tracker));
  g_assert_true (g_str_has_prefix (meir_ui_tracker_get_address (tracker), "http://"));
  g_assert_true (g_str_has_suffix (meir_ui_tracker_get_address (tracker), ":6969/announce"));
  problem = dup_problem (tracker);
  g_assert_null (problem);
  assert_tracked (&shared);
  g_assert_cmpuint (n_changes, ==, 1);

  set_active (tracker, TRUE);
  g_assert_cmpuint (n_changes, ==, 1);
  set_active (tracker, FALSE);
  g_assert_null (meir_ui_tracker_get_address (tracker));
  g_assert_cmpuint (n_changes, ==, 2);
  assert_nobody_listens ();
}

/* Only what is shared here is tracked; an empty list means nothing, not anything. */
static void
test_allowed (void)
{
  g_autoptr (MeirUiTracker) tracker = meir_ui_tracker_new ();

  set_active (tracker, TRUE);
  assert_refused (&shared);
  meir_ui_tracker_allow (tracker, &shared);
  meir_ui_tracker_allow (tracker, &shared);
  assert_tracked (&shared);
  assert_refused (&foreign);
  meir_ui_tracker_disallow (tracker, &shared);
  assert_refused (&shared);
  /* The list is kept while it is off. */
  set_active (tracker, FALSE);
  meir_ui_tracker_allow (tracker, &foreign);
  set_active (tracker, TRUE);
  assert_tracked (&foreign);
  assert_refused (&shared);
}

static void
test_port_taken (void)
{
  g_autoptr (MeirUiTracker) tracker = meir_ui_tracker_new ();
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *problem = NULL;
  g_autofree char *later = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_listener_add_inet_port (listener, PORT, NULL, &error);
  g_assert_no_error (error);
  set_active (tracker, TRUE);
  g_assert_false (meir_ui_tracker_get_active (tracker));
  g_assert_null (meir_ui_tracker_get_address (tracker));
  problem = dup_problem (tracker);
  g_assert_nonnull (strstr (problem, "6969"));

  /* Once the port is free, the switch does what it says. */
  g_socket_listener_close (listener);
  set_active (tracker, TRUE);
  g_assert_true (meir_ui_tracker_get_active (tracker));
  later = dup_problem (tracker);
  g_assert_null (later);
}

int
main (int argc, char **argv)
{
  meir_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/tracker/switch", test_switch);
  g_test_add_func ("/app/tracker/allowed", test_allowed);
  g_test_add_func ("/app/tracker/port-taken", test_port_taken);
  return g_test_run ();
}
