/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-target.h"

#include "wire/meir-extension.h"

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t length)
{
  guint8 encoded[MEIR_EXTENSION_HANDSHAKE_ENCODED_MAX];
  MeirExtensionHandshake handshake, back;
  const char *fault = NULL;
  guint32 piece;
  gsize encoded_length;

  if (meir_extension_donthave_decode (bytes, length, 1000, &piece))
    g_assert_true (piece < 1000);
  meir_extension_handshake_init (&handshake);
  if (!meir_extension_handshake_decode (&handshake, bytes, length, &fault)) {
    g_assert_true (fault != NULL);
    return 0;
  }
  g_assert_true (handshake.reqq >= 1 && handshake.reqq <= MEIR_EXTENSION_REQQ_MAX);
  g_assert_true (handshake.metadata_size <= MEIR_METADATA_MAX);
  g_assert_true (g_utf8_validate (handshake.client, -1, NULL));
  g_assert_true (g_utf8_strlen (handshake.client, -1) <= (glong) MEIR_EXTENSION_CLIENT_CHARS_MAX);
  encoded_length = meir_extension_handshake_encode (&handshake, encoded);
  meir_extension_handshake_init (&back);
  g_assert_true (meir_extension_handshake_decode (&back, encoded, encoded_length, &fault));
  g_assert_true (back.ut_metadata == handshake.ut_metadata && back.ut_pex == handshake.ut_pex &&
                 back.lt_donthave == handshake.lt_donthave && back.mt_tls == handshake.mt_tls);
  g_assert_true (back.reqq == handshake.reqq && back.metadata_size == handshake.metadata_size &&
                 back.port == handshake.port && back.upload_only == handshake.upload_only);
  g_assert_true (meir_endpoint_equal (&back.your_ip, &handshake.your_ip));
  g_assert_true (g_str_equal (back.client, handshake.client));
  return 0;
}
