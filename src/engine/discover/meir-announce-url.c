/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "discover/meir-announce-url.h"

#include "base/meir-error.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

/* Longest address, bytes; a redirect's carries the whole announce. */
#define URL_LENGTH_MAX 4096u
#define URL_FLAGS      (G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE)

/* GUri with the path and query byte for byte as they came: a passkey should arrive as it was given. */
static GUri *
build_uri (const MeirUrl *parsed)
{
  gsize path_length = strcspn (parsed->path, "?");
  g_autofree char *path = path_length > 0 ? g_strndup (parsed->path, path_length) : g_strdup ("/");
  const char *query = parsed->path[path_length] == '?' ? parsed->path + path_length + 1 : NULL;

  return g_uri_build (URL_FLAGS, meir_url_scheme_to_string (parsed->scheme), NULL, parsed->host,
                      parsed->has_port ? parsed->port : -1, path, query, NULL);
}

/* Whether what follows the host is ASCII: what is not could not be sent as it came. */
static gboolean
has_plain_target (const char *text)
{
  const char *authority = strstr (text, "://");

  return authority == NULL || g_str_is_ascii (authority + 3 + strcspn (authority + 3, "/?#"));
}

static MeirAnnounceUrl *
parse (const char *text, GError **error)
{
  g_autoptr (MeirUrl) parsed = meir_url_parse_long (text, URL_LENGTH_MAX, error);
  g_autoptr (MeirAnnounceUrl) url = NULL;

  if (parsed == NULL)
    return NULL;
  if (!has_plain_target (text)) {
    g_autofree char *shown = meir_url_dup_safe (text);

    g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
                 _ ("The address “%s” has a letter behind the host that has to be percent-encoded"), shown);
    return NULL;
  }
  url = g_rc_box_new0 (MeirAnnounceUrl);
  url->scheme = parsed->scheme;
  url->port = parsed->port;
  url->name = g_strdup_printf (parsed->is_ipv6 ? "[%s]:%d" : "%s:%d", parsed->host, parsed->port);
  url->uri = build_uri (parsed);
  return g_steal_pointer (&url);
}

MeirAnnounceUrl *
meir_announce_url_parse (const char *text, GError **error)
{
  return parse (text, error);
}

MeirAnnounceUrl *
meir_announce_url_parse_relative (const MeirAnnounceUrl *base, const char *text, GError **error)
{
  g_autofree char *base_text = NULL;
  g_autofree char *absolute = NULL;

  if (g_uri_peek_scheme (text) != NULL)
    return parse (text, error);
  base_text = g_uri_to_string (base->uri);
  absolute = g_uri_resolve_relative (base_text, text, URL_FLAGS, NULL);
  return parse (absolute != NULL ? absolute : text, error);
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
