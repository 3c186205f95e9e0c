/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-url.h"

#include "base/meir-error.h"
#include "base/meir-limits.h"
#include "base/meir-url.h"

#include <libsoup/soup.h>
#include <string.h>

/* Longest address, bytes; a redirect's carries the whole announce. */
#define URL_LENGTH_MAX 4096u
#define URL_FLAGS      (G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE)

static gboolean G_GNUC_PRINTF (3, 4) refuse (GError **error, const char *text, const char *format, ...)
{
  g_autofree char *shown = meir_url_dup_safe (text);
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID, "The tracker address “%s” %s.", shown, reason);
  return FALSE;
}

static gboolean
has_only_graphic_characters (const char *text)
{
  for (const char *c = text; *c != '\0'; c++) {
    if ((guchar) *c <= 0x20 || *c == 0x7f)
      return FALSE;
  }
  return g_utf8_validate (text, -1, NULL);
}

static gboolean
read_scheme (const char *name, MeirAnnounceScheme *scheme, int *port)
{
  static const struct {
    const char *name;
    MeirAnnounceScheme scheme;
    int port;
  } known[] = {
    { "http", MEIR_ANNOUNCE_HTTP, 80 },
    { "https", MEIR_ANNOUNCE_HTTPS, 443 },
    /* BEP 15 names no port to fall back on. */
    { "udp", MEIR_ANNOUNCE_UDP, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if (strcmp (name, known[i].name) == 0) {
      *scheme = known[i].scheme;
      *port = known[i].port;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
is_ascii (const char *text)
{
  return text == NULL || g_str_is_ascii (text);
}

/* A name in the form in which it is dialled, punycode, so that a look-alike letter is seen for what it is. */
static char *
dup_ascii_host (const char *host)
{
  g_autofree char *ascii = g_hostname_to_ascii (host);

  if (ascii == NULL || *ascii == '\0' || (strchr (ascii, ':') != NULL && !g_hostname_is_ip_address (ascii)))
    return NULL;
  for (const char *c = ascii; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && strchr ("-._:", *c) == NULL)
      return NULL;
  }
  return g_steal_pointer (&ascii);
}

/* GUri changes the spelling of percent-encodings while it parses; a passkey should arrive as it was given. */
static void
split_target (const char *text, char **path, char **query)
{
  const char *authority = strstr (text, "://") + strlen ("://");
  const char *target = authority + strcspn (authority, "/?#");
  gsize path_length = strcspn (target, "?#");

  *path = path_length > 0 ? g_strndup (target, path_length) : g_strdup ("/");
  *query = NULL;
  if (target[path_length] == '?')
    *query = g_strndup (target + path_length + 1, strcspn (target + path_length + 1, "#"));
}

/* Judges @uri, which was read from the absolute address @text. */
static MeirAnnounceUrl *
announce_url_new (GUri *uri, const char *text, GError **error)
{
  g_autoptr (MeirAnnounceUrl) url = g_rc_box_new0 (MeirAnnounceUrl);
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;
  g_autofree char *query = NULL;
  int default_port, port = g_uri_get_port (uri);

  if (!read_scheme (g_uri_get_scheme (uri), &url->scheme, &default_port)) {
    refuse (error, text, "does not begin with http://, https:// or udp://");
    return NULL;
  }
  if (g_uri_get_host (uri) == NULL || (host = dup_ascii_host (g_uri_get_host (uri))) == NULL) {
    refuse (error, text, "has no valid host name");
    return NULL;
  }
  split_target (text, &path, &query);
  if (!is_ascii (path) || !is_ascii (query)) {
    refuse (error, text, "has a letter behind the host that must be percent-encoded");
    return NULL;
  }
  if (port < 0)
    port = default_port;
  if (port <= 0 || port > G_MAXUINT16) {
    refuse (error, text,
            url->scheme == MEIR_ANNOUNCE_UDP ? "has no port, which a udp:// address needs"
                                             : "has a port that is not a number from 1 to 65535");
    return NULL;
  }
  url->port = (guint16) port;
  url->name = g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%d" : "%s:%d", host, port);
  url->uri =
      g_uri_build (URL_FLAGS, g_uri_get_scheme (uri), NULL, host, g_uri_get_port (uri), path, query, NULL);
  return g_steal_pointer (&url);
}

static MeirAnnounceUrl *
parse (GUri *base, const char *text, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *absolute = NULL;

  if (strlen (text) > URL_LENGTH_MAX) {
    refuse (error, text, "is longer than %u bytes", URL_LENGTH_MAX);
    return NULL;
  }
  if (!has_only_graphic_characters (text)) {
    refuse (error, text, "contains a space, a control character or bytes that are not UTF-8");
    return NULL;
  }
  if (base != NULL && g_uri_peek_scheme (text) == NULL) {
    g_autofree char *base_text = g_uri_to_string (base);
    absolute = g_uri_resolve_relative (base_text, text, URL_FLAGS, NULL);
  } else {
    absolute = g_strdup (text);
  }
  uri = absolute != NULL ? g_uri_parse (absolute, URL_FLAGS, NULL) : NULL;
  if (uri == NULL || strstr (absolute, "://") == NULL) {
    refuse (error, text, "is not a web address");
    return NULL;
  }
  return announce_url_new (uri, absolute, error);
}

MeirAnnounceUrl *
meir_announce_url_parse (const char *text, GError **error)
{
  return parse (NULL, text, error);
}

MeirAnnounceUrl *
meir_announce_url_parse_relative (const MeirAnnounceUrl *base, const char *text, GError **error)
{
  return parse (base->uri, text, error);
}

static void
announce_url_clear (MeirAnnounceUrl *url)
{
  g_clear_pointer (&url->uri, g_uri_unref);
  g_free (url->name);
}

MeirAnnounceUrl *
meir_announce_url_ref (MeirAnnounceUrl *url)
{
  return g_rc_box_acquire (url);
}

void
meir_announce_url_unref (MeirAnnounceUrl *url)
{
  g_rc_box_release_full (url, (GDestroyNotify) announce_url_clear);
}

const char *
meir_announce_url_get_host (const MeirAnnounceUrl *url)
{
  return g_uri_get_host (url->uri);
}

GUri *
meir_announce_url_build (const MeirAnnounceUrl *url, const char *query)
{
  return g_uri_build (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (url->uri), NULL, g_uri_get_host (url->uri),
                      g_uri_get_port (url->uri), g_uri_get_path (url->uri), query, NULL);
}

gboolean
meir_announce_url_is_announce (const MeirAnnounceUrl *url)
{
  const char *slash = strrchr (g_uri_get_path (url->uri), '/');

  return slash != NULL && g_str_has_prefix (slash + 1, "announce");
}
