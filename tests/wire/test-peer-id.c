/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/meir-handshake.h"

#include "base/meir-random.h"

#include <string.h>

static void
test_clients (void)
{
  static const struct {
    const char *peer_id;
    const char *client;
  } cases[] = {
    { "-MT0100-abcdefghijkl", "MeirTorrent 0.1.0" },
    { "-TR3000-abcdefghijkl", "Transmission 3.00" },
    { "-TR2940-abcdefghijkl", "Transmission 2.94" },
    { "-TR4060-abcdefghijkl", "Transmission 4.0.6" },
    { "-LT2080-abcdefghijkl", "libtorrent 2.0.8" },
    { "-LT20B0-abcdefghijkl", "libtorrent 2.0.11" },
    { "-qB4520-abcdefghijkl", "qBittorrent 4.5.2" },
    { "-lt0D80-abcdefghijkl", "rTorrent 0.13.8" },
    { "-DE211s-abcdefghijkl", "Deluge 2.1.1" },
    { "-UT3553-abcdefghijkl", "µTorrent 3.5.5.3" },
    { "-AZ5770-abcdefghijkl", "Vuze 5.7.7" },
    { "-TR!!!!-abcdefghijkl", "Transmission" },
    { "A2-1-36-0-abcdefghij", "aria2 1.36.0" },
    { "A2-1-36-1-abcdefghij", "aria2 1.36.1" },
    { "M7-10-5--abcdefghijk", "BitTorrent 7.10.5" },
    { "M4-4-0--abcdefghijkl", "BitTorrent 4.4.0" },
    { "-ZZ1234-abcdefghijkl", "Unknown client (-ZZ1234-)" },
    { "-TR3000xabcdefghijkl", "Unknown client (-TR3000x)" },
    { "Mabcdefghijklmnopqrs", "Unknown client (Mabcdefg)" },
    { "abc def ghijklmnopqr", "Unknown client" },
    { "\033[31m-\033[0m\0\0\0\0\0\0\0\0\0\0", "Unknown client" },
    { "-TR\033[2J-abcdefghijk", "Transmission" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *client = meir_peer_id_dup_client ((const guint8 *) cases[i].peer_id);

    g_assert_cmpstr (client, ==, cases[i].client);
  }
}

/* Of any bytes: text that can be shown. */
static void
test_any_bytes (void)
{
  MeirPrng prng;

  meir_prng_init (&prng, 6);
  for (guint round = 0; round < 5000; round++) {
    guint8 peer_id[MEIR_PEER_ID_LENGTH];
    g_autofree char *client = NULL;

    for (gsize i = 0; i < sizeof peer_id; i++)
      peer_id[i] = (guint8) meir_prng_next (&prng);
    if (round % 2 == 0)
      memcpy (peer_id, round % 4 == 0 ? "-qB" : "A2-1", 4);
    if (round % 2 == 0)
      peer_id[7] = '-';
    client = meir_peer_id_dup_client (peer_id);
    g_assert_true (g_utf8_validate (client, -1, NULL));
    for (const char *p = client; *p != '\0'; p = g_utf8_next_char (p))
      g_assert_true (g_unichar_isprint (g_utf8_get_char (p)));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peer-id/clients", test_clients);
  g_test_add_func ("/peer-id/any-bytes", test_any_bytes);
  return g_test_run ();
}
