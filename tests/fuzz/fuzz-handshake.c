/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "wire/meir-handshake.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  g_autofree char *client = NULL;
  guint8 encoded[MEIR_HANDSHAKE_LENGTH];
  MeirHandshake handshake, back;

  if (length < MEIR_HANDSHAKE_LENGTH || !meir_handshake_decode (&handshake, bytes))
    return 0;
  meir_handshake_encode (&handshake, encoded);
  g_assert_true (memcmp (encoded, bytes, 20) == 0);
  g_assert_true (memcmp (encoded + 28, bytes + 28, 40) == 0);
  g_assert_true (meir_handshake_decode (&back, encoded));
  g_assert_true (back.extensions == handshake.extensions && back.fast == handshake.fast &&
                 back.dht == handshake.dht);
  client = meir_peer_id_dup_client (handshake.peer_id);
  g_assert_true (g_utf8_validate (client, -1, NULL));
  for (const char *p = client; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_true (g_unichar_isprint (g_utf8_get_char (p)));
  return 0;
}
