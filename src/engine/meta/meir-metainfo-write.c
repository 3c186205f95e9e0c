/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meta/meir-metainfo-write.h"

static void
write_tier (MeirBencodeWriter *writer, const char *const *urls)
{
  meir_bencode_writer_begin_list (writer);
  for (; *urls != NULL; urls++)
    meir_bencode_writer_text (writer, *urls);
  meir_bencode_writer_end (writer);
}

void
meir_metainfo_write_trackers (MeirBencodeWriter *writer, GPtrArray *tiers)
{
  const char *const *first;

  if (tiers->len == 0)
    return;
  first = tiers->pdata[0];
  /* The first also stands alone, for clients that know no tiers. */
  meir_bencode_writer_entry_text (writer, "announce", first[0]);
  if (tiers->len == 1 && first[1] == NULL)
    return;
  meir_bencode_writer_key (writer, "announce-list");
  meir_bencode_writer_begin_list (writer);
  for (guint i = 0; i < tiers->len; i++)
    write_tier (writer, tiers->pdata[i]);
  meir_bencode_writer_end (writer);
}

void
meir_metainfo_write_web_seeds (MeirBencodeWriter *writer, GPtrArray *web_seeds)
{
  if (web_seeds->len == 0)
    return;
  meir_bencode_writer_key (writer, "url-list");
  if (web_seeds->len == 1) {
    meir_bencode_writer_text (writer, web_seeds->pdata[0]);
    return;
  }
  meir_bencode_writer_begin_list (writer);
  for (guint i = 0; i < web_seeds->len; i++)
    meir_bencode_writer_text (writer, web_seeds->pdata[i]);
  meir_bencode_writer_end (writer);
}
