/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-tracker-pin.h"

#include "base/meir-error.h"
#include "discover/meir-http-announce.h"
#include "net/meir-tls-certificate.h"
#include "tracker-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define HEX_64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void
test_text (void)
{
  static const char *const refused[] = {
    "",
    "sha256:",
    HEX_64,
    "sha1:" HEX_64,
    "sha256:" HEX_64 "0",
    "sha256:" HEX_64 " ",
    "sha256:0x112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
  };
  MeirTrackerPin pin;
  g_autofree char *hex = NULL;

  g_assert_true (meir_tracker_pin_parse (&pin, "SHA256:" HEX_64, NULL));
  g_assert_cmphex (pin.digest[1], ==, 0x11);
  hex = meir_hex_encode (pin.digest, sizeof pin.digest);
  g_assert_cmpstr (hex, ==, HEX_64);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (meir_tracker_pin_parse (&pin, refused[i], &error));
    g_assert_error (error, MEIR_ERROR, MEIR_ERROR_INVALID);
  }
}

static void
test_judge (void)
{
  g_autoptr (GTlsCertificate) certificate = certificate_new (&(CertificateOrder){ .name = "a.test" });
  g_autoptr (GTlsCertificate) other = certificate_new (&(CertificateOrder){ .name = "a.test" });
  MeirTrackerPin pins[2];

  g_assert_true (meir_tls_certificate_get_key_digest (other, pins[0].digest));
  g_assert_true (meir_tls_certificate_get_key_digest (certificate, pins[1].digest));
  g_assert_true (meir_tracker_pin_judge (pins, 2, certificate, G_TLS_CERTIFICATE_UNKNOWN_CA));
  g_assert_true (meir_tracker_pin_judge (pins, 2, certificate,
                                         G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_BAD_IDENTITY));
  g_assert_false (meir_tracker_pin_judge (pins, 1, certificate, G_TLS_CERTIFICATE_UNKNOWN_CA));
  g_assert_false (meir_tracker_pin_judge (NULL, 0, certificate, G_TLS_CERTIFICATE_UNKNOWN_CA));
  for (guint bit = 0; bit < 7; bit++) {
    GTlsCertificateFlags flaw = (GTlsCertificateFlags) (1u << bit);
    gboolean covered = flaw == G_TLS_CERTIFICATE_UNKNOWN_CA || flaw == G_TLS_CERTIFICATE_BAD_IDENTITY;
    g_assert_cmpint (meir_tracker_pin_judge (pins, 2, certificate, flaw), ==, covered);
    g_assert_cmpint (meir_tracker_pin_judge (pins, 2, certificate, G_TLS_CERTIFICATE_UNKNOWN_CA | flaw), ==,
                     covered);
  }
}

typedef struct {
  gboolean done;
  GError *error;
} Try;

static void
answered_cb (gpointer user_data, const MeirAnnounceReply *reply, const GError *error)
{
  Try *try = user_data;

  try->done = TRUE;
  try->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
good_script (HttpFixture *fixture, const char *target, Answer *answer)
{
  if (fixture->data != NULL)
    answer_redirect (answer, fixture->data);
  else
    answer_ok (answer, "d8:intervali1800e5:peers0:e");
}

/* An announce to an https tracker that shows @certificate; NULL when it went well. */
static GError *
ask (World *world, GTlsCertificate *certificate, MeirTrackerPin *pins, guint n_pins)
{
  g_autoptr (HttpFixture) tracker = http_fixture_new (good_script, NULL, certificate);
  g_autofree char *text = http_fixture_dup_url (tracker, "/announce");
  g_autofree char *request = g_strconcat (text, "?a=b", NULL);
  g_autoptr (MeirAnnounceUrl) url = meir_announce_url_parse (text, NULL);
  MeirTrackerSetup setup = { .loop = world->loop, .names = world->names, .pins = pins, .n_pins = n_pins };
  Try try = { 0 };

  setup.deadlines = (MeirTrackerDeadlines){ .http_first_byte_msec = 20000, .http_total_msec = 25000 };
  meir_http_announce_start (&setup, url, request, answered_cb, &try);
  world_run_until (world, &try.done);
  /* Who is not trusted is not told what we share. */
  g_assert_cmpuint (tracker->n_requests, ==, try.error == NULL ? 1 : 0);
  return try.error;
}

static void
assert_refused (GError *error, const char *words)
{
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_TLS);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
  g_error_free (error);
}

/* S27: no certificate with a flaw is accepted, but for a key the user has named, and for that only what a key
 * can make up for. */
static void
test_verification (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GTlsCertificate) authority =
      certificate_new (&(CertificateOrder){ .name = "authority.test", .authority = TRUE });
  g_autoptr (GTlsCertificate) good = certificate_new (&(CertificateOrder){ .signer = authority });
  g_autoptr (GTlsCertificate) other_host =
      certificate_new (&(CertificateOrder){ .name = "other.test", .signer = authority });
  g_autoptr (GTlsCertificate) self_signed = certificate_new (&(CertificateOrder){ 0 });
  g_autoptr (GTlsCertificate) expired = certificate_new (&(CertificateOrder){ .expired = TRUE });
  g_autoptr (GTlsCertificate) expired_signed =
      certificate_new (&(CertificateOrder){ .expired = TRUE, .signer = authority });
  g_autoptr (GTlsDatabase) database = NULL;
  g_autofree char *pem = NULL;
  g_autofree char *file = g_build_filename (g_get_tmp_dir (), "meir-test-authority-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  MeirTrackerPin pin;
  int fd = g_mkstemp (file);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_object_get (authority, "certificate-pem", &pem, NULL);
  g_assert_true (g_file_set_contents (file, pem, -1, NULL));
  database = g_tls_file_database_new (file, &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);

  g_assert_no_error (ask (world, good, NULL, 0));
  assert_refused (ask (world, other_host, NULL, 0), "another host");
  assert_refused (ask (world, self_signed, NULL, 0), "self-signed");
  assert_refused (ask (world, expired, NULL, 0), "expired");
  assert_refused (ask (world, expired_signed, NULL, 0), "expired");

  g_assert_true (meir_tls_certificate_get_key_digest (self_signed, pin.digest));
  g_assert_no_error (ask (world, self_signed, &pin, 1));
  g_assert_no_error (ask (world, good, &pin, 1));
  assert_refused (ask (world, other_host, &pin, 1), "another host");
  g_assert_true (meir_tls_certificate_get_key_digest (other_host, pin.digest));
  g_assert_no_error (ask (world, other_host, &pin, 1));
  g_assert_true (meir_tls_certificate_get_key_digest (expired, pin.digest));
  assert_refused (ask (world, expired, &pin, 1), "expired");
  g_assert_true (meir_tls_certificate_get_key_digest (expired_signed, pin.digest));
  assert_refused (ask (world, expired_signed, &pin, 1), "expired");
  g_tls_backend_set_default_database (g_tls_backend_get_default (), NULL);
  g_unlink (file);
}

/* What the message offers can be passed back as it stands. */
static void
test_offer (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GTlsCertificate) self_signed = certificate_new (&(CertificateOrder){ 0 });
  g_autoptr (GError) error = ask (world, self_signed, NULL, 0);
  g_autofree char *text = NULL;
  const char *offered;
  MeirTrackerPin pin;

  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_TLS);
  g_assert_nonnull (strstr (error->message, "--tracker-pin"));
  offered = strstr (error->message, "sha256:");
  g_assert_nonnull (offered);
  text = g_strndup (offered, strlen ("sha256:" HEX_64));
  g_assert_true (meir_tracker_pin_parse (&pin, text, NULL));
  g_assert_no_error (ask (world, self_signed, &pin, 1));
}

/* S28: not even a trusted tracker can lead us out of TLS. */
static void
test_downgrade (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GTlsCertificate) certificate = certificate_new (&(CertificateOrder){ 0 });
  g_autoptr (HttpFixture) plain = http_fixture_new (good_script, NULL, NULL);
  g_autofree char *plain_url = http_fixture_dup_url (plain, "/announce");
  g_autoptr (HttpFixture) tracker = http_fixture_new (good_script, plain_url, certificate);
  g_autofree char *text = http_fixture_dup_url (tracker, "/announce");
  g_autofree char *request = g_strconcat (text, "?a=b", NULL);
  g_autoptr (MeirAnnounceUrl) url = meir_announce_url_parse (text, NULL);
  MeirTrackerPin pin;
  MeirTrackerSetup setup = { .loop = world->loop, .names = world->names, .pins = &pin, .n_pins = 1 };
  Try try = { 0 };

  g_assert_true (meir_tls_certificate_get_key_digest (certificate, pin.digest));
  setup.deadlines = (MeirTrackerDeadlines){ .http_first_byte_msec = 20000, .http_total_msec = 25000 };
  meir_http_announce_start (&setup, url, request, answered_cb, &try);
  world_run_until (world, &try.done);
  assert_refused (try.error, "unencrypted");
  g_assert_cmpuint (plain->n_connections, ==, 0);
}

/* A plain server on an https address. */
static void
test_no_tls (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (HttpFixture) plain = http_fixture_new (good_script, NULL, NULL);
  g_autofree char *text = g_strdup_printf ("https://127.0.0.1:%u/announce", plain->port);
  g_autofree char *request = g_strconcat (text, "?a=b", NULL);
  g_autoptr (MeirAnnounceUrl) url = meir_announce_url_parse (text, NULL);
  MeirTrackerSetup setup = { .loop = world->loop, .names = world->names };
  Try try = { 0 };

  setup.deadlines = (MeirTrackerDeadlines){ .http_first_byte_msec = 300, .http_total_msec = 300 };
  meir_http_announce_start (&setup, url, request, answered_cb, &try);
  world_run_until (world, &try.done);
  g_assert_nonnull (try.error);
  g_assert_cmpuint (plain->n_requests, ==, 0);
  g_clear_error (&try.error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker-pin/text", test_text);
  g_test_add_func ("/tracker-pin/judge", test_judge);
  g_test_add_func ("/tracker-pin/verification", test_verification);
  g_test_add_func ("/tracker-pin/offer", test_offer);
  g_test_add_func ("/tracker-pin/downgrade", test_downgrade);
  g_test_add_func ("/tracker-pin/no-tls", test_no_tls);
  return g_test_run ();
}
