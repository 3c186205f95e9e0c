/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-fetch.h"

#include "app/meir-ui-text.h"
#include "meir-config.h"
#include "session/meir.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>
#include <string.h>

#define REDIRECTS_MAX  10
#define SILENCE_SEC    30 /* after which a server is given up */
#define READ_LENGTH    (64u << 10)
#define HOST_CHARS_MAX 120
#define ADDRESS_FLAGS  (G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE)

typedef struct {
  GUri *uri;
  char *host; /* safe to show */
  SoupSession *session;
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *body;
  char *link;
  guint n_redirects;
  GTlsCertificateFlags flaws; /* of the certificate that was refused */
} MeirUiFetch;

static void
fetch_free (gpointer data)
{
  MeirUiFetch *fetch = data;

  g_clear_pointer (&fetch->uri, g_uri_unref);
  g_clear_object (&fetch->message);
  g_clear_object (&fetch->stream);
  g_clear_object (&fetch->session);
  g_byte_array_unref (fetch->body);
  g_free (fetch->host);
  g_free (fetch->link);
  g_free (fetch);
}

static gboolean
is_web (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  return (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0) && host != NULL && *host != '\0';
}

gboolean
meir_ui_fetch_is_address (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, ADDRESS_FLAGS, NULL);

  return uri != NULL && is_web (uri);
}

static char *
dup_safe_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);

  return meir_text_dup_safe (host, strlen (host), HOST_CHARS_MAX);
}

char *
meir_ui_fetch_dup_host (const char *address)
{
  g_autoptr (GUri) uri = g_uri_parse (address, ADDRESS_FLAGS, NULL);

  return dup_safe_host (uri);
}

static void G_GNUC_PRINTF (3, 4) fail (GTask *task, MeirError code, const char *format, ...)
{
  va_list arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_task_return_error (task, g_error_new_literal (MEIR_ERROR, code, message));
}

/* What is wrong with a certificate, in words: the worst of it. */
static const char *
describe_flaws (GTlsCertificateFlags flaws)
{
  if (flaws & G_TLS_CERTIFICATE_REVOKED)
    return _ ("its certificate was revoked");
  if (flaws & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return _ ("its certificate is for another address");
  if (flaws & G_TLS_CERTIFICATE_EXPIRED)
    return _ ("its certificate has expired");
  if (flaws & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return _ ("its certificate is not valid yet; is the clock of this computer right?");
  if (flaws & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return _ ("nobody vouches for its certificate");
  return _ ("its certificate is not safe");
}

static void
fail_with (GTask *task, const GError *error)
{
  MeirUiFetch *fetch = g_task_get_task_data (task);
  g_autofree char *reason = meir_ui_text_dup_error (error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else if (fetch->flaws != 0)
    fail (task, MEIR_ERROR_TLS, _ ("%s cannot be trusted: %s."), fetch->host, describe_flaws (fetch->flaws));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    fail (task, MEIR_ERROR_TIMED_OUT, _ ("%s does not answer."), fetch->host);
  else if (error->domain == G_RESOLVER_ERROR)
    fail (task, MEIR_ERROR_NETWORK, _ ("%s cannot be found. Is the address right, and is there a network?"),
          fetch->host);
  else
    fail (task, MEIR_ERROR_NETWORK, _ ("Nothing could be fetched from %s: %s."), fetch->host, reason);
}

static void send_request (GTask *task);

static gboolean
is_redirect (guint status)
{
  return status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND ||
         status == SOUP_STATUS_SEE_OTHER || status == SOUP_STATUS_TEMPORARY_REDIRECT ||
         status == SOUP_STATUS_PERMANENT_REDIRECT;
}

/* @task: (transfer full) */
static void
follow (GTask *task, const char *location)
{
  g_autoptr (GTask) owned = task;
  MeirUiFetch *fetch = g_task_get_task_data (task);
  g_autoptr (GUri) next = NULL;

  if (meir_magnet_is_link (location)) {
    fetch->link = g_strdup (location);
    g_task_return_pointer (task, NULL, NULL);
    return;
  }
  next = g_uri_parse_relative (fetch->uri, location, ADDRESS_FLAGS, NULL);
  if (++fetch->n_redirects > REDIRECTS_MAX) {
    fail (task, MEIR_ERROR_REFUSED, _ ("%s sends us round in circles."), fetch->host);
  } else if (next == NULL || !is_web (next)) {
    fail (task, MEIR_ERROR_REFUSED, _ ("%s leads to something that is not on the web."), fetch->host);
  } else if (strcmp (g_uri_get_scheme (fetch->uri), "https") == 0 &&
             strcmp (g_uri_get_scheme (next), "https") != 0) {
    fail (task, MEIR_ERROR_TLS, _ ("%s leads from a protected connection to one that is not."), fetch->host);
  } else {
    g_clear_pointer (&fetch->uri, g_uri_unref);
    g_free (fetch->host);
    fetch->uri = g_steal_pointer (&next);
    fetch->host = dup_safe_host (fetch->uri);
    send_request (g_steal_pointer (&owned));
  }
}

static void on_read (GObject *source, GAsyncResult *result, gpointer user_data);

/* @task: (transfer full) */
static void
read_more (GTask *task)
{
  MeirUiFetch *fetch = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (fetch->stream, READ_LENGTH, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), on_read, task);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeirUiFetch *fetch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL) {
    fail_with (task, error);
  } else if (g_bytes_get_size (bytes) == 0) {
    g_task_return_pointer (task, g_bytes_new (fetch->body->data, fetch->body->len),
                           (GDestroyNotify) g_bytes_unref);
  } else if (fetch->body->len + g_bytes_get_size (bytes) > MEIR_METAINFO_FILE_MAX) {
    /* Counted behind the content decoding, and whatever was announced. */
    fail (task, MEIR_ERROR_INVALID, _ ("What %s sends is too large for a torrent."), fetch->host);
  } else {
    g_byte_array_append (fetch->body, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
    read_more (g_steal_pointer (&task));
  }
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MeirUiFetch *fetch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  guint status = soup_message_get_status (fetch->message);
  SoupMessageHeaders *headers = soup_message_get_response_headers (fetch->message);
  const char *location = soup_message_headers_get_one (headers, "Location");

  if (stream == NULL) {
    fail_with (task, error);
  } else if (is_redirect (status) && location != NULL) {
    g_autofree char *target = g_strdup (location);

    follow (g_steal_pointer (&task), target);
  } else if (status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE) {
    fail (task, MEIR_ERROR_REFUSED, _ ("%s has no torrent at this address."), fetch->host);
  } else if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN) {
    fail (task, MEIR_ERROR_REFUSED,
          _ ("%s does not give this to everyone. Fetch the torrent with your browser, then add it here."),
          fetch->host);
  } else if (status != SOUP_STATUS_OK) {
    fail (task, MEIR_ERROR_REFUSED, _ ("%s answered “%u %s”."), fetch->host, status,
          soup_status_get_phrase (status));
  } else {
    g_set_object (&fetch->stream, stream);
    read_more (g_steal_pointer (&task));
  }
}

static gboolean
on_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags flaws,
                MeirUiFetch *fetch)
{
  fetch->flaws = flaws;
  return FALSE;
}

/* @task: (transfer full) */
static void
send_request (GTask *task)
{
  MeirUiFetch *fetch = g_task_get_task_data (task);

  g_clear_object (&fetch->message);
  fetch->message = soup_message_new_from_uri ("GET", fetch->uri);
  soup_message_add_flags (fetch->message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (fetch->message, "accept-certificate", G_CALLBACK (on_certificate), fetch);
  soup_session_send_async (fetch->session, fetch->message, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                           on_sent, task);
}

void
meir_ui_fetch_async (const char *address, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  MeirUiFetch *fetch = g_new0 (MeirUiFetch, 1);

  g_task_set_task_data (task, fetch, fetch_free);
  fetch->body = g_byte_array_new ();
  fetch->uri = g_uri_parse (address, ADDRESS_FLAGS, NULL);
  if (fetch->uri == NULL || !is_web (fetch->uri)) {
    fail (task, MEIR_ERROR_INVALID, _ ("This is no address on the web."));
    return;
  }
  fetch->host = dup_safe_host (fetch->uri);
  fetch->session =
      soup_session_new_with_options ("user-agent", "MeirTorrent/" MEIR_VERSION, "timeout", SILENCE_SEC, NULL);
  send_request (g_steal_pointer (&task));
}

GBytes *
meir_ui_fetch_finish (GAsyncResult *result, char **link, GError **error)
{
  MeirUiFetch *fetch = g_task_get_task_data (G_TASK (result));
  GBytes *bytes = g_task_propagate_pointer (G_TASK (result), error);

  *link = g_steal_pointer (&fetch->link);
  return bytes;
}
