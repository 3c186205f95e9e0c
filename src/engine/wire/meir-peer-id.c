/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-handshake.h"

#include "meir-config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * ClientName:
 * @prefix: what the peer id begins with
 * @name: the client
 *
 * Peer ids of "Azureus style", "-XXvvvv-" (BEP 20), and of the few clients that use another.
 */
typedef struct {
  const char *prefix;
  const char *name;
} ClientName;

static const ClientName client_names[] = {
  { "-7T", "aTorrent" },
  { "-AZ", "Vuze" },
  { "-BC", "BitComet" },
  { "-BI", "BiglyBT" },
  { "-BL", "BitLord" },
  { "-BT", "BitTorrent" },
  { "-DE", "Deluge" },
  { "-FD", "Free Download Manager" },
  { "-FW", "FrostWire" },
  { "-GT", "anacrolix/torrent" },
  { "-KG", "KGet" },
  { "-KT", "KTorrent" },
  { "-LT", "libtorrent" },
  { "-LW", "LimeWire" },
  { "-MG", "MediaGet" },
  { "-MT", "MeirTorrent" },
  { "-PI", "PicoTorrent" },
  { "-qB", "qBittorrent" },
  { "-rQ", "rqbit" },
  { "-TL", "Tribler" },
  { "-TR", "Transmission" },
  { "-UM", "µTorrent Mac" },
  { "-UT", "µTorrent" },
  { "-UW", "µTorrent Web" },
  { "-WD", "WebTorrent Desktop" },
  { "-WW", "WebTorrent" },
  { "-XL", "Xunlei" },
  { "-lt", "rTorrent" },
  { "A2-", "aria2" },
  { "M", "BitTorrent" },
};

/* 0 to 35 for the digits and letters of a version, -1 for anything else. */
static gint
get_version_value (guint8 character)
{
  if (g_ascii_isdigit (character))
    return character - '0';
  return g_ascii_isupper (character) ? character - 'A' + 10 : -1;
}

/* Four characters, one for each part of the version; the last is shown when it is a digit other than 0. */
static char *
format_azureus_version (const char *name, const guint8 *characters)
{
  gint parts[4];

  for (gsize i = 0; i < 4; i++)
    parts[i] = get_version_value (characters[i]);
  if (parts[0] < 0 || parts[1] < 0 || parts[2] < 0)
    return g_strdup (name);
  /* Transmission before 4 has a minor version of two digits. */
  if (strcmp (name, "Transmission") == 0 && parts[0] < 4)
    return g_strdup_printf ("%s %d.%d%d", name, parts[0], parts[1], parts[2]);
  if (parts[3] > 0 && parts[3] < 10)
    return g_strdup_printf ("%s %d.%d.%d.%d", name, parts[0], parts[1], parts[2], parts[3]);
  return g_strdup_printf ("%s %d.%d.%d", name, parts[0], parts[1], parts[2]);
}

/* Up to three numbers with dashes between, and one after: "1-36-0-" is 1.36.0. What follows is random. */
static char *
format_dashed_version (const char *name, const guint8 *characters, gsize length)
{
  GString *text = g_string_new (name);
  gsize i = 0;

  for (guint part = 0; part < 3 && i < length && g_ascii_isdigit (characters[i]); part++) {
    g_string_append_c (text, part == 0 ? ' ' : '.');
    for (; i < length && g_ascii_isdigit (characters[i]); i++)
      g_string_append_c (text, (char) characters[i]);
    if (i < length && characters[i] == '-')
      i++;
    else
      break;
  }
  return g_string_free (text, FALSE);
}

static char *
dup_unknown (const guint8 *peer_id)
{
  char prefix[9] = "";

  for (gsize i = 0; i < 8; i++) {
    if (!g_ascii_isgraph (peer_id[i]))
      return g_strdup (_ ("Unknown client"));
    prefix[i] = (char) peer_id[i];
  }
  /* Translators: %s is how the client's identity begins, such as "-ZZ1234-" */
  return g_strdup_printf (_ ("Unknown client (%s)"), prefix);
}

char *
meir_peer_id_dup_client (const guint8 peer_id[MEIR_PEER_ID_LENGTH])
{
  for (gsize i = 0; i < G_N_ELEMENTS (client_names); i++) {
    const ClientName *client = &client_names[i];
    gsize length = strlen (client->prefix);

    if (memcmp (peer_id, client->prefix, length) != 0)
      continue;
    if (client->prefix[0] == '-' && peer_id[7] == '-')
      return format_azureus_version (client->name, peer_id + length);
    if (client->prefix[0] != '-' && g_ascii_isdigit (peer_id[length]))
      return format_dashed_version (client->name, peer_id + length, MEIR_PEER_ID_LENGTH - length);
  }
  return dup_unknown (peer_id);
}
