/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-url.h"

#include "base/meir-error.h"
#include "base/meir-text.h"
#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Longest name of a host, bytes (RFC 1035), and of one of its labels. */
#define HOST_LENGTH_MAX  253u
#define LABEL_LENGTH_MAX 63u
/* Path components from this length on, with digits in them, are taken for a passkey. */
#define PASSKEY_LENGTH_MIN 16u
/* Longest address shown, characters. */
#define SHOWN_CHARS_MAX 300u

typedef enum {
  FAULT_LONG,
  FAULT_CHARACTER,
  FAULT_SCHEME,
  FAULT_NOT_WEB,
  FAULT_NO_HOST,
  FAULT_HOST,
  FAULT_IPV6,
  FAULT_BRACKET,
  FAULT_AFTER_BRACKET,
  FAULT_AT,
  FAULT_PERCENT,
  FAULT_PORT,
  FAULT_NO_PORT,
} Fault;

/* The sentence about an address with @fault. @safe: the address, with its secrets masked. (transfer full) */
static char *
describe (Fault fault, const char *safe)
{
  switch (fault) {
  case FAULT_LONG:
    return g_strdup_printf (_ ("The address “%s” is too long"), safe);
  case FAULT_CHARACTER:
    return g_strdup_printf (
        _ ("The address “%s” contains a space, a control character or bytes that are not UTF-8"), safe);
  case FAULT_SCHEME:
    return g_strdup_printf (_ ("The address “%s” does not begin with http://, https:// or udp://"), safe);
  case FAULT_NOT_WEB:
    return g_strdup_printf (_ ("The address “%s” does not begin with http:// or https://"), safe);
  case FAULT_NO_HOST:
    return g_strdup_printf (_ ("The address “%s” has no host"), safe);
  case FAULT_HOST:
    return g_strdup_printf (_ ("The address “%s” has a host name that is not valid"), safe);
  case FAULT_IPV6:
    return g_strdup_printf (
        _ ("The address “%s” has something between the brackets that is not an IPv6 address"), safe);
  case FAULT_BRACKET:
    return g_strdup_printf (_ ("The address “%s” has a bracket that is not closed"), safe);
  case FAULT_AFTER_BRACKET:
    return g_strdup_printf (_ ("The address “%s” has something between the IPv6 address and the port"), safe);
  case FAULT_AT:
    return g_strdup_printf (_ ("The address “%s” has more than one “@” before the host"), safe);
  case FAULT_PERCENT:
    return g_strdup_printf (_ ("The address “%s” has a “%%” that is not followed by two hexadecimal digits"),
                            safe);
  case FAULT_PORT:
    return g_strdup_printf (_ ("The address “%s” has a port that is not a number from 1 to 65535"), safe);
  case FAULT_NO_PORT:
    return g_strdup_printf (_ ("The address “%s” has no port; an address with udp:// needs one"), safe);
  }
  g_assert_not_reached ();
}

static gboolean
refuse (GError **error, const char *text, Fault fault)
{
  g_autofree char *safe = NULL;
  g_autofree char *sentence = NULL;

  /* Lists of a million bad addresses are sieved without a sentence for each. */
  if (error == NULL)
    return FALSE;
  safe = meir_url_dup_safe (text);
  sentence = describe (fault, safe);
  g_set_error_literal (error, MEIR_ERROR, MEIR_ERROR_INVALID, sentence);
  return FALSE;
}

static gboolean
parse_scheme (const char *text, MeirUrlScheme *scheme, const char **rest)
{
  static const struct {
    const char *prefix;
    MeirUrlScheme scheme;
  } known[] = {
    { "http://", MEIR_URL_HTTP },
    { "https://", MEIR_URL_HTTPS },
    { "udp://", MEIR_URL_UDP },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    gsize length = strlen (known[i].prefix);
    if (g_ascii_strncasecmp (text, known[i].prefix, length) == 0) {
      *scheme = known[i].scheme;
      *rest = text + length;
      return TRUE;
    }
  }
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

/* Letters, digits, hyphens and underscores in labels of 1 to 63 bytes; one dot may stand at the end. */
static gboolean
is_host_name (const char *host)
{
  gsize label = 0;

  if (*host == '\0' || strlen (host) > HOST_LENGTH_MAX)
    return FALSE;
  for (const char *c = host; *c != '\0'; c++) {
    if (*c == '.') {
      if (label == 0)
        return FALSE;
      label = 0;
    } else if (g_ascii_isalnum (*c) || *c == '-' || *c == '_') {
      if (++label > LABEL_LENGTH_MAX)
        return FALSE;
    } else {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
parse_host (MeirUrl *url, const char *text, const char *authority, gsize length, GError **error)
{
  g_autofree char *host = g_strndup (authority, length);

  if (length == 0)
    return refuse (error, text, FAULT_NO_HOST);
  if (url->is_ipv6) {
    /* A zone ("%eth0") means nothing to anyone but the machine that wrote it. */
    if (strchr (host, ':') == NULL || strchr (host, '%') != NULL || !g_hostname_is_ip_address (host))
      return refuse (error, text, FAULT_IPV6);
    url->host = g_ascii_strdown (host, -1);
    return TRUE;
  }
  /* Shown and dialled in the same form, punycode, so that a look-alike letter is seen for what it is. */
  if (g_hostname_is_non_ascii (host)) {
    g_autofree char *ascii = g_hostname_to_ascii (host);
    if (ascii == NULL)
      return refuse (error, text, FAULT_HOST);
    g_free (host);
    host = g_steal_pointer (&ascii);
  }
  if (!is_host_name (host))
    return refuse (error, text, FAULT_HOST);
  url->host = g_ascii_strdown (host, -1);
  return TRUE;
}

static gboolean
parse_port (MeirUrl *url, const char *text, const char *digits, gsize length, GError **error)
{
  guint32 port = 0;

  if (length > 5)
    return refuse (error, text, FAULT_PORT);
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isdigit (digits[i]))
      return refuse (error, text, FAULT_PORT);
    port = port * 10 + (guint32) g_ascii_digit_value (digits[i]);
  }
  if (port < 1 || port > G_MAXUINT16)
    return refuse (error, text, FAULT_PORT);
  url->port = (guint16) port;
  url->has_port = TRUE;
  return TRUE;
}

/* Percent-encodes what RFC 3986 does not allow; FALSE where a '%' stands without two hex digits. */
static gboolean
encode (const char *raw, gsize length, GString *encoded)
{
  for (gsize i = 0; i < length; i++) {
    guchar c = (guchar) raw[i];
    if (c == '%') {
      if (i + 2 >= length || !g_ascii_isxdigit (raw[i + 1]) || !g_ascii_isxdigit (raw[i + 2]))
        return FALSE;
      g_string_append_c (encoded, '%');
    } else if (c >= 0x80 || strchr ("\"<>\\^`{|}", c) != NULL) {
      g_string_append_printf (encoded, "%%%02X", c);
    } else {
      g_string_append_c (encoded, (char) c);
    }
  }
  return TRUE;
}

static gboolean
parse_userinfo (MeirUrl *url, const char *text, const char *raw, gsize length, GError **error)
{
  g_autoptr (GString) userinfo = g_string_new (NULL);

  if (memchr (raw, '@', length) != NULL)
    return refuse (error, text, FAULT_AT);
  if (!encode (raw, length, userinfo))
    return refuse (error, text, FAULT_PERCENT);
  url->userinfo = g_string_free (g_steal_pointer (&userinfo), FALSE);
  return TRUE;
}

/* [userinfo@]host[:port] (RFC 3986, 3.2). */
static gboolean
parse_authority (MeirUrl *url, const char *text, const char *authority, gsize length, GError **error)
{
  const char *end = authority + length;
  const char *at = memrchr (authority, '@', length);
  const char *colon;
  gsize host_length;

  if (at != NULL) {
    if (!parse_userinfo (url, text, authority, (gsize) (at - authority), error))
      return FALSE;
    authority = at + 1;
  }
  if (authority < end && *authority == '[') {
    const char *bracket = memchr (authority, ']', (gsize) (end - authority));
    if (bracket == NULL)
      return refuse (error, text, FAULT_BRACKET);
    authority++;
    host_length = (gsize) (bracket - authority);
    url->is_ipv6 = TRUE;
    colon = bracket + 1;
    if (colon < end && *colon != ':')
      return refuse (error, text, FAULT_AFTER_BRACKET);
  } else {
    colon = memchr (authority, ':', (gsize) (end - authority));
    if (colon == NULL)
      colon = end;
    host_length = (gsize) (colon - authority);
  }
  if (!parse_host (url, text, authority, host_length, error))
    return FALSE;
  if (colon + 1 < end)
    return parse_port (url, text, colon + 1, (gsize) (end - colon) - 1, error);
  return TRUE;
}

static gboolean
parse_path (MeirUrl *url, const char *text, const char *raw, GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);

  if (*raw == '?')
    g_string_append_c (path, '/');
  if (!encode (raw, strcspn (raw, "#"), path))
    return refuse (error, text, FAULT_PERCENT);
  url->path = g_string_free (g_steal_pointer (&path), FALSE);
  return TRUE;
}

static MeirUrl *
parse (const char *text, gsize length_max, gboolean allow_udp, GError **error)
{
  g_autoptr (MeirUrl) url = g_new0 (MeirUrl, 1);
  const char *rest;
  gsize authority_length;

  if (strlen (text) > length_max) {
    refuse (error, text, FAULT_LONG);
    return NULL;
  }
  if (!has_only_graphic_characters (text)) {
    refuse (error, text, FAULT_CHARACTER);
    return NULL;
  }
  if (!parse_scheme (text, &url->scheme, &rest) || (url->scheme == MEIR_URL_UDP && !allow_udp)) {
    refuse (error, text, allow_udp ? FAULT_SCHEME : FAULT_NOT_WEB);
    return NULL;
  }
  authority_length = strcspn (rest, "/?#");
  if (!parse_authority (url, text, rest, authority_length, error) ||
      !parse_path (url, text, rest + authority_length, error))
    return NULL;
  if (!url->has_port) {
    switch (url->scheme) {
    case MEIR_URL_HTTP:
      url->port = 80;
      break;
    case MEIR_URL_HTTPS:
      url->port = 443;
      break;
    case MEIR_URL_UDP:
      /* BEP 15 names no port to fall back on. */
      refuse (error, text, FAULT_NO_PORT);
      return NULL;
    }
  }
  return g_steal_pointer (&url);
}

MeirUrl *
meir_url_parse (const char *text, GError **error)
{
  return parse (text, MEIR_URL_LENGTH_MAX, TRUE, error);
}

MeirUrl *
meir_url_parse_long (const char *text, gsize length_max, GError **error)
{
  return parse (text, length_max, TRUE, error);
}

MeirUrl *
meir_url_parse_web (const char *text, GError **error)
{
  return parse (text, MEIR_URL_LENGTH_MAX, FALSE, error);
}

void
meir_url_free (MeirUrl *url)
{
  g_free (url->host);
  g_free (url->userinfo);
  g_free (url->path);
  g_free (url);
}

const char *
meir_url_scheme_to_string (MeirUrlScheme scheme)
{
  static const char *const schemes[] = {
    [MEIR_URL_HTTP] = "http",
    [MEIR_URL_HTTPS] = "https",
    [MEIR_URL_UDP] = "udp",
  };

  return schemes[scheme];
}

char *
meir_url_to_string (const MeirUrl *url)
{
  GString *text = g_string_new (meir_url_scheme_to_string (url->scheme));

  g_string_append (text, "://");
  if (url->userinfo != NULL)
    g_string_append_printf (text, "%s@", url->userinfo);
  g_string_append_printf (text, url->is_ipv6 ? "[%s]" : "%s", url->host);
  if (url->has_port)
    g_string_append_printf (text, ":%u", url->port);
  g_string_append (text, url->path);
  return g_string_free (text, FALSE);
}

/* Private trackers put the passkey into the path: a long component of letters and digits. */
static gboolean
looks_like_passkey (const char *component, gsize length)
{
  gboolean has_digit = FALSE;

  if (length < PASSKEY_LENGTH_MIN)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (component[i]) && strchr ("-_=%~", component[i]) == NULL)
      return FALSE;
    has_digit |= g_ascii_isdigit (component[i]);
  }
  return has_digit;
}

static void
append_masked_path (GString *masked, const char *path, gsize length)
{
  const char *end = path + length;

  while (path < end) {
    const char *slash = memchr (path, '/', (gsize) (end - path));
    const char *stop = slash != NULL ? slash : end;
    if (looks_like_passkey (path, (gsize) (stop - path)))
      g_string_append (masked, "***");
    else
      g_string_append_len (masked, path, stop - path);
    if (slash == NULL)
      return;
    g_string_append_c (masked, '/');
    path = slash + 1;
  }
}

/* Keeps the keys of a query; a part without '=' may be a key as well as a secret, and is masked. */
static void
append_masked_query (GString *masked, const char *query)
{
  while (*query != '\0') {
    gsize part = strcspn (query, "&");
    const char *equals = memchr (query, '=', part);

    if (equals != NULL)
      g_string_append_len (masked, query, equals - query + 1);
    if (part > 0)
      g_string_append (masked, "***");
    query += part;
    if (*query == '&') {
      g_string_append_c (masked, '&');
      query++;
    }
  }
}

char *
meir_url_dup_safe (const char *text)
{
  g_autoptr (GString) masked = g_string_new (NULL);
  const char *rest = text + strcspn (text, ":/?#@");
  gsize authority_length, path_length;
  const char *at;

  /* Without a scheme what comes first still may be "user:password@host". */
  rest = g_str_has_prefix (rest, "://") ? rest + 3 : text;
  g_string_append_len (masked, text, rest - text);
  authority_length = strcspn (rest, "/?#");
  at = g_strrstr_len (rest, (gssize) authority_length, "@");
  if (at != NULL) {
    g_string_append (masked, "***");
    g_string_append_len (masked, at, (gssize) authority_length - (at - rest));
  } else {
    g_string_append_len (masked, rest, (gssize) authority_length);
  }
  rest += authority_length;
  path_length = strcspn (rest, "?");
  append_masked_path (masked, rest, path_length);
  if (rest[path_length] == '?') {
    g_string_append_c (masked, '?');
    append_masked_query (masked, rest + path_length + 1);
  }
  return meir_text_dup_safe (masked->str, masked->len, SHOWN_CHARS_MAX);
}
