/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-tracker-client.h"

#include "base/meir-error.h"
#include "discover/meir-announce-url.h"
#include "tracker-fixture.h"

#include <string.h>

#define PIN "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void
test_options (void)
{
  static const struct {
    const char *bind_address;
    const char *pins[3];
    gboolean accepted;
  } cases[] = {
    { NULL, { NULL }, TRUE },
    { "127.0.0.1", { PIN, PIN, NULL }, TRUE },
    { "::1", { NULL }, TRUE },
    { "localhost", { NULL }, FALSE },
    { "127.0.0.1:80", { NULL }, FALSE },
    { "", { NULL }, FALSE },
    { NULL, { PIN, "sha256:12", NULL }, FALSE },
  };
  g_autoptr (World) world = world_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    MeirTrackerClientOptions options = { .bind_address = cases[i].bind_address, .pins = cases[i].pins };
    g_autoptr (GError) error = NULL;
    g_autoptr (MeirTrackerClient) client = meir_tracker_client_new (world->loop, &options, &error);

    g_assert_true ((client != NULL) == cases[i].accepted);
    if (client == NULL)
      g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  }
}

/* BEP 15 and the patience promised to users. */
static void
test_deadlines (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (MeirTrackerClient) client = meir_tracker_client_new (world->loop, NULL, NULL);
  const MeirTrackerDeadlines *deadlines = meir_tracker_client_get_deadlines (client);

  g_assert_cmpuint (deadlines->http_first_byte_msec, ==, 10000);
  g_assert_cmpuint (deadlines->http_total_msec, ==, 30000);
  g_assert_cmpuint (deadlines->udp_wait_msec, ==, 15000);
  g_assert_cmpuint (deadlines->udp_repetitions, ==, 4);
  g_assert_true (meir_tracker_client_get_loop (client) == world->loop);
}

static void
count_cb (gpointer user_data, const MeirAnnounceReply *reply, const GError *error)
{
  g_assert_no_error (error);
  g_assert_null (reply->failure);
  (*(guint *) user_data)++;
}

static void
good_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  answer_ok (answer, "d8:intervali1800e5:peers0:e");
}

/* Both kinds of trackers get the same key, which another client does not have, and the tracker id goes back.
 */
static void
test_key (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) http = http_fixture_new (good_script, NULL, NULL);
  g_autoptr (UdpFixture) udp = udp_fixture_new (NULL, NULL);
  g_autofree char *http_text = http_fixture_dup_url (http, "/announce?passkey=1");
  g_autofree char *udp_text = udp_fixture_dup_url (udp);
  g_autoptr (MeirAnnounceUrl) http_url = meir_announce_url_parse (http_text, NULL);
  g_autoptr (MeirAnnounceUrl) udp_url = meir_announce_url_parse (udp_text, NULL);
  MeirAnnounceRequest request = { .num_want = -1, .port = 1 };
  guint32 keys[2];
  guint n_answers = 0;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (MeirTrackerClient) client = meir_tracker_client_new (world->loop, NULL, NULL);
    const char *line;

    meir_tracker_client_announce (client, http_url, &request, (const guint8 *) "id&", 3, count_cb,
                                  &n_answers);
    meir_tracker_client_announce (client, udp_url, &request, NULL, 0, count_cb, &n_answers);
    world_run_until_count (world, &n_answers, 2 * (i + 1));
    line = http->requests->pdata[i];
    keys[i] = udp->last.key;
    g_assert_true (g_str_has_prefix (line, "GET /announce?passkey=1&"));
    g_assert_nonnull (strstr (line, "trackerid=id%26"));
    g_assert_nonnull (strstr (line, "&key="));
    g_assert_cmpuint (g_ascii_strtoull (strstr (line, "&key=") + strlen ("&key="), NULL, 16), ==, keys[i]);
  }
  g_assert_cmpuint (keys[0], !=, keys[1]);
}

static void
silent_script (HttpFixture *fixture, const char *target, Answer *answer)
{
}

static void
test_cancel (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) http = http_fixture_new (silent_script, NULL, NULL);
  g_autoptr (UdpFixture) udp = udp_fixture_new (NULL, NULL);
  g_autofree char *http_text = http_fixture_dup_url (http, "/announce");
  g_autofree char *udp_text = udp_fixture_dup_url (udp);
  g_autoptr (MeirAnnounceUrl) http_url = meir_announce_url_parse (http_text, NULL);
  g_autoptr (MeirAnnounceUrl) udp_url = meir_announce_url_parse (udp_text, NULL);
  MeirAnnounceRequest request = { .num_want = -1, .port = 1 };
  MeirTrackerClient *client = meir_tracker_client_new (world->loop, NULL, NULL);
  MeirTrackerCall *http_call, *udp_call;
  guint n_answers = 0;

  udp->n_connects_ignored = 1;
  http_call = meir_tracker_client_announce (client, http_url, &request, NULL, 0, count_cb, &n_answers);
  udp_call = meir_tracker_client_announce (client, udp_url, &request, NULL, 0, count_cb, &n_answers);
  world_run_until_count (world, &http->n_requests, 1);
  world_run_until_count (world, &udp->n_connects, 1);
  meir_tracker_call_cancel (http_call);
  meir_tracker_call_cancel (udp_call);
  meir_tracker_client_free (client);
  world_run_msec (world, 20);
  g_assert_cmpuint (n_answers, ==, 0);
}

/* Held back until the test opens the gate: a tracker that keeps everybody waiting. */
static void
gate_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  if (strstr (target, "event=stopped") != NULL)
    good_script (fixture, target, answer);
}

/* Only so many at once, in order; goodbyes pass them by; a place that becomes free is taken. */
static void
test_queue (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) gate = http_fixture_new (gate_script, NULL, NULL);
  g_autoptr (HttpFixture) good = http_fixture_new (good_script, NULL, NULL);
  g_autofree char *gate_text = http_fixture_dup_url (gate, "/announce");
  g_autofree char *good_text = http_fixture_dup_url (good, "/announce");
  g_autoptr (MeirAnnounceUrl) gate_url = meir_announce_url_parse (gate_text, NULL);
  g_autoptr (MeirAnnounceUrl) good_url = meir_announce_url_parse (good_text, NULL);
  g_autoptr (MeirTrackerClient) client = meir_tracker_client_new (world->loop, NULL, NULL);
  MeirAnnounceRequest request = { .num_want = -1, .port = 1 };
  MeirTrackerCall *calls[40];
  guint n_answers = 0;

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    calls[i] = meir_tracker_client_announce (client, gate_url, &request, NULL, 0, count_cb, &n_answers);
  meir_tracker_client_announce (client, good_url, &request, NULL, 0, count_cb, &n_answers);
  meir_tracker_client_announce (client, good_url, &request, NULL, 0, count_cb, &n_answers);
  world_run_until_count (world, &gate->n_requests, 32);
  world_run_msec (world, 30);
  g_assert_cmpuint (gate->n_requests, ==, 32);
  g_assert_cmpuint (good->n_requests, ==, 0);

  request.event = MEIR_ANNOUNCE_EVENT_STOPPED;
  meir_tracker_client_announce (client, gate_url, &request, NULL, 0, count_cb, &n_answers);
  world_run_until_count (world, &n_answers, 1);
  g_assert_cmpuint (gate->n_requests, ==, 33);

  /* Of two that give up one had a place: the next in line takes it. */
  meir_tracker_call_cancel (calls[39]);
  meir_tracker_call_cancel (calls[0]);
  world_run_until_count (world, &gate->n_requests, 34);
  for (guint i = 1; i < 39; i++)
    meir_tracker_call_cancel (calls[i]);
  world_run_until_count (world, &n_answers, 3);
  g_assert_cmpuint (good->n_requests, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker-client/options", test_options);
  g_test_add_func ("/tracker-client/deadlines", test_deadlines);
  g_test_add_func ("/tracker-client/key", test_key);
  g_test_add_func ("/tracker-client/cancel", test_cancel);
  g_test_add_func ("/tracker-client/queue", test_queue);
  return g_test_run ();
}
