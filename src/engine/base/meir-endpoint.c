/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/meir-endpoint.h"

#include "base/meir-byte-cursor.h"
#include "base/meir-error.h"
#include "base/meir-random.h"
#include "base/meir-text.h"
#include "meir-config.h"

#include <arpa/inet.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <string.h>

#define IPV4_LENGTH 4u
#define IPV6_LENGTH 16u

/* Longest text shown in a message, characters. */
#define SHOWN_CHARS_MAX 80u

static gsize
get_address_length (guint8 family)
{
  return family == 4 ? IPV4_LENGTH : IPV6_LENGTH;
}

/* The one place where an address enters: IPv4-mapped IPv6 (::ffff:a.b.c.d) becomes IPv4. */
static void
set_address (MeirEndpoint *endpoint, const guint8 *address, guint8 family, guint16 port)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };

  if (family == 6 && memcmp (address, mapped, sizeof mapped) == 0) {
    address += sizeof mapped;
    family = 4;
  }
  *endpoint = (MeirEndpoint){ .port = port, .family = family };
  memcpy (endpoint->bytes, address, get_address_length (family));
}

gboolean
meir_endpoint_equal (const MeirEndpoint *a, const MeirEndpoint *b)
{
  return a->port == b->port && meir_endpoint_same_address (a, b);
}

gboolean
meir_endpoint_same_address (const MeirEndpoint *a, const MeirEndpoint *b)
{
  return a->family == b->family && memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

guint
meir_endpoint_hash (const MeirEndpoint *endpoint)
{
  guint8 key[sizeof endpoint->bytes + 3];

  memcpy (key, endpoint->bytes, sizeof endpoint->bytes);
  meir_store_u16 (key + sizeof endpoint->bytes, endpoint->port);
  key[sizeof key - 1] = endpoint->family;
  return meir_hash_bytes (key, sizeof key);
}

gboolean
meir_endpoint_from_sockaddr (MeirEndpoint *endpoint, const struct sockaddr *address, socklen_t length)
{
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;

  if (length >= sizeof v4 && address->sa_family == AF_INET) {
    memcpy (&v4, address, sizeof v4);
    set_address (endpoint, (const guint8 *) &v4.sin_addr, 4, ntohs (v4.sin_port));
    return TRUE;
  }
  if (length >= sizeof v6 && address->sa_family == AF_INET6) {
    memcpy (&v6, address, sizeof v6);
    set_address (endpoint, v6.sin6_addr.s6_addr, 6, ntohs (v6.sin6_port));
    return TRUE;
  }
  return FALSE;
}

socklen_t
meir_endpoint_to_sockaddr (const MeirEndpoint *endpoint, struct sockaddr_storage *address)
{
  memset (address, 0, sizeof *address);
  if (endpoint->family == 4) {
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons (endpoint->port) };

    memcpy (&v4.sin_addr, endpoint->bytes, IPV4_LENGTH);
    memcpy (address, &v4, sizeof v4);
    return sizeof v4;
  }
  if (endpoint->family == 6) {
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons (endpoint->port) };

    memcpy (&v6.sin6_addr, endpoint->bytes, IPV6_LENGTH);
    memcpy (address, &v6, sizeof v6);
    return sizeof v6;
  }
  return 0;
}

static gboolean
set_from_text (MeirEndpoint *endpoint, const char *text, guint8 family, guint16 port)
{
  guint8 address[IPV6_LENGTH];

  if (inet_pton (family == 4 ? AF_INET : AF_INET6, text, address) != 1)
    return FALSE;
  set_address (endpoint, address, family, port);
  return TRUE;
}

/* One to five digits up to 65535 and then the end of the text. */
static gboolean
parse_port (const char *text, guint16 *port)
{
  guint value = 0;
  gsize n_digits = strspn (text, "0123456789");

  if (n_digits == 0 || n_digits > 5 || text[n_digits] != '\0')
    return FALSE;
  for (gsize i = 0; i < n_digits; i++)
    value = value * 10 + (guint) (text[i] - '0');
  *port = (guint16) value;
  return value <= G_MAXUINT16;
}

static gboolean
parse_endpoint (MeirEndpoint *endpoint, const char *text)
{
  gboolean bracketed = text[0] == '[';
  const char *host = text + (bracketed ? 1 : 0);
  const char *host_end = strchr (host, bracketed ? ']' : ':');
  char address[INET6_ADDRSTRLEN];
  guint16 port;
  gsize host_length;

  if (host_end == NULL)
    return FALSE;
  host_length = (gsize) (host_end - host);
  if (host_length >= sizeof address)
    return FALSE;
  memcpy (address, host, host_length);
  address[host_length] = '\0';
  if (bracketed)
    host_end++;
  return host_end[0] == ':' && parse_port (host_end + 1, &port) &&
         set_from_text (endpoint, address, bracketed ? 6 : 4, port);
}

gboolean
meir_endpoint_parse (MeirEndpoint *endpoint, const char *text, GError **error)
{
  g_autofree char *safe = NULL;

  if (parse_endpoint (endpoint, text))
    return TRUE;
  safe = meir_text_dup_safe (text, strlen (text), SHOWN_CHARS_MAX);
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
               _ ("“%s” is not an address and port; write them as 192.0.2.1:6881 or [2001:db8::1]:6881"),
               safe);
  return FALSE;
}

gboolean
meir_endpoint_parse_address (MeirEndpoint *endpoint, const char *text, GError **error)
{
  g_autofree char *safe = NULL;

  if (set_from_text (endpoint, text, 4, 0) || set_from_text (endpoint, text, 6, 0))
    return TRUE;
  safe = meir_text_dup_safe (text, strlen (text), SHOWN_CHARS_MAX);
  g_set_error (error, MEIR_ERROR, MEIR_ERROR_INVALID,
               _ ("“%s” is not an address; write it in numbers, such as 192.0.2.1 or 2001:db8::1"), safe);
  return FALSE;
}

const char *
meir_endpoint_format (const MeirEndpoint *endpoint, char *buffer)
{
  char address[INET6_ADDRSTRLEN];

  switch (endpoint->family) {
  case 4:
    inet_ntop (AF_INET, endpoint->bytes, address, sizeof address);
    g_snprintf (buffer, MEIR_ENDPOINT_TEXT_MAX, "%s:%u", address, endpoint->port);
    break;
  case 6:
    inet_ntop (AF_INET6, endpoint->bytes, address, sizeof address);
    g_snprintf (buffer, MEIR_ENDPOINT_TEXT_MAX, "[%s]:%u", address, endpoint->port);
    break;
  default:
    g_strlcpy (buffer, "unknown", MEIR_ENDPOINT_TEXT_MAX);
  }
  return buffer;
}

void
meir_endpoint_from_compact (MeirEndpoint *endpoint, const guint8 *compact, guint8 family)
{
  g_return_if_fail (family == 4 || family == 6);

  set_address (endpoint, compact, family, meir_load_u16 (compact + get_address_length (family)));
}

gsize
meir_endpoint_to_compact (const MeirEndpoint *endpoint, guint8 *compact)
{
  gsize length = get_address_length (endpoint->family);

  g_return_val_if_fail (endpoint->family == 4 || endpoint->family == 6, 0);

  memcpy (compact, endpoint->bytes, length);
  meir_store_u16 (compact + length, endpoint->port);
  return length + 2;
}

gboolean
meir_endpoint_is_loopback (const MeirEndpoint *endpoint)
{
  static const guint8 loopback[IPV6_LENGTH] = { [15] = 1 };

  if (endpoint->family == 4)
    return endpoint->bytes[0] == 127;
  return endpoint->family == 6 && memcmp (endpoint->bytes, loopback, sizeof loopback) == 0;
}

gboolean
meir_endpoint_is_local_network (const MeirEndpoint *endpoint)
{
  const guint8 *b = endpoint->bytes;

  if (endpoint->family == 4) {
    /* RFC 1918, and link-local of RFC 3927. */
    return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
           (b[0] == 169 && b[1] == 254);
  }
  /* Link-local fe80::/10 (RFC 4291) and unique-local fc00::/7 (RFC 4193). */
  return endpoint->family == 6 && ((b[0] == 0xfe && (b[1] & 0xc0) == 0x80) || (b[0] & 0xfe) == 0xfc);
}

gboolean
meir_endpoint_is_outside (const MeirEndpoint *endpoint)
{
  return endpoint->family != 0 && !meir_endpoint_is_loopback (endpoint) &&
         !meir_endpoint_is_local_network (endpoint);
}

gboolean
meir_endpoint_is_usable (const MeirEndpoint *endpoint)
{
  static const guint8 unspecified[IPV6_LENGTH];

  if (endpoint->port == 0)
    return FALSE;
  if (endpoint->family == 4) {
    /* 0/8 names no host (RFC 1122); from 224 up it is multicast, reserved, and broadcast at the very end. */
    return endpoint->bytes[0] != 0 && endpoint->bytes[0] < 224;
  }
  return endpoint->family == 6 && endpoint->bytes[0] != 0xff &&
         memcmp (endpoint->bytes, unspecified, sizeof unspecified) != 0;
}
