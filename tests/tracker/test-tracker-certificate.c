/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-certificate.h"

#include "base/meir-digest.h"
#include "base/meir-error.h"
#include "net/meir-tls-certificate.h"

#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
  char *folder;
  char *key_file;
  char *certificate_file;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("meir-certificate-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->key_file = g_build_filename (fixture->folder, MEIR_TRACKER_KEY_FILE, NULL);
  fixture->certificate_file = g_build_filename (fixture->folder, MEIR_TRACKER_CERTIFICATE_FILE, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->key_file);
  g_unlink (fixture->certificate_file);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->key_file);
  g_free (fixture->certificate_file);
}

static char *
keep (Fixture *fixture, const char *const *names)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = meir_tracker_certificate_keep (fixture->folder, names, &error);

  g_assert_no_error (error);
  return meir_tls_certificate_dup_fingerprint (certificate);
}

static void
keep_fails (Fixture *fixture, MeirError code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = meir_tracker_certificate_keep (fixture->folder, NULL, &error);

  g_assert_null (certificate);
  g_assert_error (error, MEIR_ERROR, (gint) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static gnutls_x509_crt_t
read_certificate (Fixture *fixture)
{
  g_autofree char *pem = NULL;
  gnutls_x509_crt_t certificate;
  gnutls_datum_t datum;

  g_assert_true (g_file_get_contents (fixture->certificate_file, &pem, NULL, NULL));
  datum = (gnutls_datum_t){ (unsigned char *) pem, (unsigned) strlen (pem) };
  gnutls_x509_crt_init (&certificate);
  g_assert_cmpint (gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_PEM), ==, 0);
  return certificate;
}

static void
test_made_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = keep (fixture, NULL), *before = NULL, *after = NULL, *second = NULL;
  struct stat status;

  g_assert_true (g_file_get_contents (fixture->certificate_file, &before, NULL, NULL));
  second = keep (fixture, NULL);
  g_assert_cmpstr (first, ==, second);
  g_assert_true (g_file_get_contents (fixture->certificate_file, &after, NULL, NULL));
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (strlen (first), ==, 7 + 64);
  g_assert_cmpint (g_stat (fixture->key_file, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

/* What the certificate says, by another reader. */
static void
test_contents (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "tracker.example", "192.0.2.7", "2001:db8::7", "localhost", NULL };
  static const char *const all[] = { "tracker.example", "192.0.2.7", "2001:db8::7",
                                     "localhost",       "127.0.0.1", "::1" };
  g_autofree char *fingerprint = keep (fixture, names), *hex = NULL;
  gnutls_x509_crt_t certificate = read_certificate (fixture);
  guint8 key_id[32];
  gsize length = sizeof key_id;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    g_assert_true (gnutls_x509_crt_check_hostname (certificate, all[i]));
  g_assert_true (gnutls_x509_crt_check_hostname (certificate, g_get_host_name ()));
  g_assert_false (gnutls_x509_crt_check_hostname (certificate, "other.example"));
  g_assert_cmpint (gnutls_x509_crt_get_pk_algorithm (certificate, NULL), ==, GNUTLS_PK_ECDSA);
  g_assert_cmpint (gnutls_x509_crt_get_ca_status (certificate, NULL), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_get_expiration_time (certificate), >, time (NULL) + 9 * 365 * 24 * 3600L);
  g_assert_cmpint (gnutls_x509_crt_get_activation_time (certificate), <, time (NULL));
  /* GnuTLS's own digest of the public key info is what a fingerprint is. */
  g_assert_cmpint (gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, key_id, &length), ==, 0);
  hex = meir_hex_encode (key_id, sizeof key_id);
  g_assert_true (g_str_has_prefix (fingerprint, "sha256:"));
  g_assert_cmpstr (fingerprint + 7, ==, hex);
  gnutls_x509_crt_deinit (certificate);
}

/* A new name, or a lost certificate, costs no fingerprint. */
static void
test_renewed (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "new.example", NULL };
  g_autofree char *first = keep (fixture, NULL), *second = keep (fixture, names), *third = NULL,
                  *fourth = NULL;
  gnutls_x509_crt_t certificate = read_certificate (fixture);

  g_assert_true (gnutls_x509_crt_check_hostname (certificate, "new.example"));
  gnutls_x509_crt_deinit (certificate);
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpint (g_unlink (fixture->certificate_file), ==, 0);
  third = keep (fixture, NULL);
  g_assert_cmpstr (first, ==, third);
  g_assert_true (g_file_set_contents (fixture->certificate_file, "garbage", -1, NULL));
  fourth = keep (fixture, NULL);
  g_assert_cmpstr (first, ==, fourth);
}

/* S29 */
static void
test_key_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = keep (fixture, NULL), *key = NULL, *again = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (fixture->key_file, &key, &length, NULL));
  g_chmod (fixture->key_file, 0644);
  keep_fails (fixture, MEIR_ERROR_INVALID, "Other users may read this private key");
  g_chmod (fixture->key_file, 0640);
  keep_fails (fixture, MEIR_ERROR_INVALID, "chmod 600");
  g_chmod (fixture->key_file, 0600);
  g_assert_true (g_file_set_contents_full (fixture->key_file, key, (gssize) length / 2,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  keep_fails (fixture, MEIR_ERROR_INVALID, "not a usable private key");
  g_assert_true (
      g_file_set_contents_full (fixture->key_file, "", 0, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  keep_fails (fixture, MEIR_ERROR_INVALID, "not a usable private key");
  g_unlink (fixture->key_file);
  keep_fails (fixture, MEIR_ERROR_NOT_FOUND, "The private key is gone");
  /* Nothing was replaced on the way: with its key back, all is as it was. */
  g_assert_true (g_file_set_contents_full (fixture->key_file, key, (gssize) length,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  again = keep (fixture, NULL);
  g_assert_cmpstr (first, ==, again);
}

static void
load_fails (const char *certificate_file, const char *key_file, MeirError code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate =
      meir_tracker_certificate_load (certificate_file, key_file, &error);

  g_assert_null (certificate);
  g_assert_error (error, MEIR_ERROR, (gint) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  Fixture other;
  g_autofree char *first = keep (fixture, NULL), *second = NULL, *same = NULL;
  g_autoptr (GTlsCertificate) loaded = NULL;
  g_autoptr (GError) error = NULL;

  loaded = meir_tracker_certificate_load (fixture->certificate_file, fixture->key_file, &error);
  g_assert_no_error (error);
  same = meir_tls_certificate_dup_fingerprint (loaded);
  g_assert_cmpstr (first, ==, same);

  set_up (&other, NULL);
  second = keep (&other, NULL);
  g_assert_cmpstr (first, !=, second);
  load_fails (fixture->certificate_file, other.key_file, MEIR_ERROR_INVALID, "does not belong");
  load_fails ("/nonexistent", fixture->key_file, MEIR_ERROR_NOT_FOUND, "/nonexistent");
  load_fails (fixture->certificate_file, "/nonexistent", MEIR_ERROR_NOT_FOUND, "/nonexistent");
  load_fails (fixture->folder, fixture->key_file, MEIR_ERROR_INVALID, "not a PEM file");
  load_fails ("/dev/zero", fixture->key_file, MEIR_ERROR_INVALID, "not a PEM file");
  load_fails (fixture->key_file, fixture->key_file, MEIR_ERROR_INVALID, "not a certificate");
  g_chmod (fixture->certificate_file, 0600);
  load_fails (fixture->certificate_file, fixture->certificate_file, MEIR_ERROR_INVALID,
              "not a usable private key");
  tear_down (&other, NULL);
}

static void
test_folder (Fixture *fixture, gconstpointer data)
{
  Fixture inside = { .folder = g_build_filename (fixture->folder, "a", "b", NULL) };
  g_autofree char *fingerprint = NULL, *middle = g_build_filename (fixture->folder, "a", NULL), *file = NULL;
  g_autoptr (GError) error = NULL;

  inside.key_file = g_build_filename (inside.folder, MEIR_TRACKER_KEY_FILE, NULL);
  inside.certificate_file = g_build_filename (inside.folder, MEIR_TRACKER_CERTIFICATE_FILE, NULL);
  fingerprint = keep (&inside, NULL);
  g_assert_nonnull (fingerprint);
  file = g_build_filename (inside.key_file, "folder", NULL);
  g_assert_null (meir_tracker_certificate_keep (file, NULL, &error));
  g_assert_error (error, MEIR_ERROR, MEIR_ERROR_NOT_FOUND);
  tear_down (&inside, NULL);
  g_rmdir (middle);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/tracker/certificate/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("made-once", test_made_once);
  ADD ("contents", test_contents);
  ADD ("renewed", test_renewed);
  ADD ("s29-key-file", test_key_file);
  ADD ("load", test_load);
  ADD ("folder", test_folder);
  return g_test_run ();
}
