/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker/meir-tracker-certificate.h"

#include "base/meir-digest.h"
#include "base/meir-error.h"
#include "base/meir-text.h"
#include "meir-config.h"
#include "net/meir-tls-certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DAY_SEC   ((time_t) 24 * 3600)
#define VALID_SEC (3650 * DAY_SEC)
/* A certificate with less than this left is made anew. */
#define RENEW_DAYS 90
#define PEM_MAX    (256u << 10)

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)

static void
fail (GError **error, MeirError code, const char *path, const char *what)
{
  g_autofree char *safe = meir_text_dup_safe (path, strlen (path), 4096);

  g_set_error (error, MEIR_ERROR, (gint) code, _ ("“%s”: %s"), safe, what);
}

static void
wipe (char *text, gsize length)
{
  if (text != NULL)
    gnutls_memset (text, 0, length);
  g_free (text);
}

/* Reads a whole small file, and of a secret one demands that its owner alone may read it. The mode is asked
 * of what was opened, so that nobody can exchange it in between. */
static char *
read_pem (const char *path, gboolean secret, gsize *length, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), error_number = 0;
  struct stat status;
  char *text = NULL;
  gssize n = 0;

  *length = 0;
  if (fd < 0 || fstat (fd, &status) < 0) {
    error_number = errno;
    meir_set_error_from_errno (error, error_number, _ ("Cannot read “%s”"), path);
  } else if (!S_ISREG (status.st_mode) || status.st_size > PEM_MAX) {
    fail (error, MEIR_ERROR_INVALID, path, _ ("This is not a PEM file"));
  } else if (secret && (status.st_mode & 077) != 0) {
    fail (error, MEIR_ERROR_INVALID, path,
          _ ("Other users may read this private key; allow it to its owner alone (chmod 600)"));
  } else {
    text = g_malloc ((gsize) status.st_size + 1);
    while (*length < (gsize) status.st_size &&
           (n = read (fd, text + *length, (gsize) status.st_size - *length)) > 0)
      *length += (gsize) n;
    text[*length] = '\0';
    if (n < 0) {
      meir_set_error_from_errno (error, errno, _ ("Cannot read “%s”"), path);
      g_clear_pointer (&text, g_free);
    }
  }
  if (fd >= 0)
    close (fd);
  return text;
}

static GTlsCertificate *
combine (const char *certificate_pem, const char *key_pem, const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *what = NULL;
  gsize length = strlen (certificate_pem) + strlen (key_pem) + 2;
  char *both;
  GTlsCertificate *certificate;

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ())) {
    g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_TLS,
                         _ ("HTTPS needs GIO's support for TLS; install the package glib-networking"));
    return NULL;
  }
  both = g_strconcat (certificate_pem, "\n", key_pem, NULL);
  certificate = g_tls_certificate_new_from_pem (both, -1, &reason);
  wipe (both, length);
  if (certificate != NULL)
    return certificate;
  what = g_strdup_printf (_ ("This certificate cannot be used with its key: %s"), reason->message);
  fail (error, MEIR_ERROR_INVALID, path, what);
  return NULL;
}

/* GnuTLS takes the key only in its own kind of object; @path names it in errors. */
static gnutls_x509_privkey_t
import_key (const char *pem, gsize length, const char *path, GError **error)
{
  gnutls_datum_t datum = { (unsigned char *) pem, (unsigned) length };
  gnutls_x509_privkey_t key = NULL;
  int result;

  gnutls_x509_privkey_init (&key);
  result = gnutls_x509_privkey_import2 (key, &datum, GNUTLS_X509_FMT_PEM, NULL, 0);
  if (result >= 0)
    return key;
  gnutls_x509_privkey_deinit (key);
  fail (error, MEIR_ERROR_INVALID, path,
        _ ("This is not a usable private key; restore it, or remove it together with its certificate"));
  return NULL;
}

/* GIO does not say whether a key belongs to a certificate until somebody connects. */
static gboolean
check_pair (const char *certificate_pem, const char *key_pem, gsize key_length, const char *certificate_file,
            const char *key_file, GError **error)
{
  gnutls_datum_t datum = { (unsigned char *) certificate_pem, (unsigned) strlen (certificate_pem) };
  g_auto (gnutls_x509_privkey_t) key = import_key (key_pem, key_length, key_file, error);
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  guint8 key_id[MEIR_SHA256_LENGTH], certificate_id[MEIR_SHA256_LENGTH];
  gsize key_id_length = sizeof key_id, certificate_id_length = sizeof certificate_id;

  if (key == NULL)
    return FALSE;
  gnutls_x509_crt_init (&certificate);
  if (gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_PEM) < 0) {
    fail (error, MEIR_ERROR_INVALID, certificate_file, _ ("This is not a certificate in PEM"));
    return FALSE;
  }
  if (gnutls_x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, key_id, &key_id_length) < 0 ||
      gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, certificate_id,
                                  &certificate_id_length) < 0 ||
      memcmp (key_id, certificate_id, sizeof key_id) != 0) {
    fail (error, MEIR_ERROR_INVALID, certificate_file,
          _ ("The private key does not belong to this certificate"));
    return FALSE;
  }
  return TRUE;
}

GTlsCertificate *
meir_tracker_certificate_load (const char *certificate_file, const char *key_file, GError **error)
{
  gsize certificate_length, key_length = 0;
  g_autofree char *certificate_pem = read_pem (certificate_file, FALSE, &certificate_length, error);
  char *key_pem = certificate_pem != NULL ? read_pem (key_file, TRUE, &key_length, error) : NULL;
  GTlsCertificate *certificate = NULL;

  if (key_pem != NULL && check_pair (certificate_pem, key_pem, key_length, certificate_file, key_file, error))
    certificate = combine (certificate_pem, key_pem, certificate_file, error);
  wipe (key_pem, key_length);
  return certificate;
}

/* What the certificate is for: never empty. */
static GPtrArray *
collect_names (const char *const *names)
{
  static const char *const always[] = { "localhost", "127.0.0.1", "::1" };
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    g_ptr_array_add (all, g_strdup (always[i]));
  g_ptr_array_add (all, g_strdup (g_get_host_name ()));
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (!g_ptr_array_find_with_equal_func (all, names[i], g_str_equal, NULL))
      g_ptr_array_add (all, g_strdup (names[i]));
  return all;
}

static int
add_name (gnutls_x509_crt_t certificate, const char *name)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

  if (address != NULL)
    return gnutls_x509_crt_set_subject_alt_name (
        certificate, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes (address),
        (unsigned) g_inet_address_get_native_size (address), GNUTLS_FSAN_APPEND);
  return gnutls_x509_crt_set_subject_alt_name (certificate, GNUTLS_SAN_DNSNAME, name,
                                               (unsigned) strlen (name), GNUTLS_FSAN_APPEND);
}

static int
fill_in (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key, GPtrArray *names)
{
  int result = meir_tls_certificate_begin (certificate, key, "CN=MeirTorrent tracker", VALID_SEC);

  if (result < 0 || (result = gnutls_x509_crt_set_basic_constraints (certificate, 0, -1)) < 0 ||
      (result = gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE)) < 0 ||
      (result = gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0)
    return result;
  for (guint i = 0; i < names->len; i++)
    if ((result = add_name (certificate, g_ptr_array_index (names, i))) < 0)
      return result;
  return gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
}

static gboolean
write_pem (const char *path, const gnutls_datum_t *pem, int mode, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (g_file_set_contents_full (path, (const char *) pem->data, pem->size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode, &reason))
    return TRUE;
  fail (error,
        g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_ACCES)   ? MEIR_ERROR_PERMISSION
        : g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? MEIR_ERROR_NO_SPACE
                                                                     : MEIR_ERROR_IO,
        path, reason->message);
  return FALSE;
}

static gboolean
make_key (const char *path, GError **error)
{
  g_auto (gnutls_x509_privkey_t) key = NULL;
  gnutls_datum_t pem = { NULL, 0 };
  gboolean written = FALSE;
  int result;

  if ((result = gnutls_x509_privkey_init (&key)) < 0 ||
      (result = gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                              GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0)) < 0 ||
      (result = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem)) <
          0)
    fail (error, MEIR_ERROR_FAILED, path, gnutls_strerror (result));
  else
    written = write_pem (path, &pem, 0600, error);
  if (pem.data != NULL)
    gnutls_memset (pem.data, 0, pem.size);
  gnutls_free (pem.data);
  return written;
}

static gboolean
make_certificate (const char *path, gnutls_x509_privkey_t key, GPtrArray *names, GError **error)
{
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  gnutls_datum_t pem = { NULL, 0 };
  gboolean written = FALSE;
  int result;

  if ((result = gnutls_x509_crt_init (&certificate)) < 0 ||
      (result = fill_in (certificate, key, names)) < 0 ||
      (result = gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem)) < 0)
    fail (error, MEIR_ERROR_FAILED, path, gnutls_strerror (result));
  else
    written = write_pem (path, &pem, 0644, error);
  gnutls_free (pem.data);
  return written;
}

/* Whether the certificate in @path is for all of @names and will last. Whatever else is wrong with it, making
 * it anew mends it. */
static gboolean
still_serves (const char *path, GPtrArray *names)
{
  gsize length;
  g_autofree char *pem = read_pem (path, FALSE, &length, NULL);
  gnutls_datum_t datum = { (unsigned char *) pem, (unsigned) length };
  g_auto (gnutls_x509_crt_t) certificate = NULL;

  if (pem == NULL || gnutls_x509_crt_init (&certificate) < 0 ||
      gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_PEM) < 0 ||
      gnutls_x509_crt_get_expiration_time (certificate) < time (NULL) + RENEW_DAYS * DAY_SEC)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    if (!gnutls_x509_crt_check_hostname (certificate, g_ptr_array_index (names, i)))
      return FALSE;
  return TRUE;
}

GTlsCertificate *
meir_tracker_certificate_keep (const char *folder, const char *const *names, GError **error)
{
  g_autofree char *key_file = g_build_filename (folder, MEIR_TRACKER_KEY_FILE, NULL);
  g_autofree char *certificate_file = g_build_filename (folder, MEIR_TRACKER_CERTIFICATE_FILE, NULL);
  g_autoptr (GPtrArray) all = collect_names (names);
  gboolean has_key, has_certificate;

  if (g_mkdir_with_parents (folder, 0700) < 0) {
    meir_set_error_from_errno (error, errno, _ ("Cannot make the folder “%s”"), folder);
    return NULL;
  }
  has_key = g_file_test (key_file, G_FILE_TEST_EXISTS);
  has_certificate = g_file_test (certificate_file, G_FILE_TEST_EXISTS);
  if (!has_key && has_certificate) {
    fail (error, MEIR_ERROR_NOT_FOUND, key_file,
          _ ("The private key is gone; restore it, or remove the certificate beside it to have both made "
             "anew"));
    return NULL;
  }
  if (!has_key && !make_key (key_file, error))
    return NULL;
  if (!has_certificate || !still_serves (certificate_file, all)) {
    gsize length;
    char *pem = read_pem (key_file, TRUE, &length, error);
    g_auto (gnutls_x509_privkey_t) key = pem != NULL ? import_key (pem, length, key_file, error) : NULL;

    wipe (pem, length);
    if (key == NULL || !make_certificate (certificate_file, key, all, error))
      return NULL;
  }
  return meir_tracker_certificate_load (certificate_file, key_file, error);
}
