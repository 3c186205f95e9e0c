/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-metadata.h"

#include "base/meir-limits.h"

#include <string.h>

#define REQUESTS_PER_PEER 2u
#define REQUEST_USEC      (10 * G_USEC_PER_SEC)
#define LEFT_ALONE_USEC   (60 * G_USEC_PER_SEC)
/* How long one peer may take to send all of it alone: so long, and so much more for each block. */
#define OWNER_USEC       (60 * G_USEC_PER_SEC)
#define OWNER_BLOCK_USEC (G_USEC_PER_SEC / 4)
/* Bytes of all copies under way together. Each size that some peer says has a copy of its own, so that lies
 * do not keep the truth out; when they grow too much the largest goes, for the truth is seldom large. */
#define COPIES_BYTES_MAX (2u * MEIR_METADATA_MAX)

typedef struct {
  guint8 *bytes; /* (nullable): this block, once it is here */
  gpointer from; /* who sent it */
  gpointer asked;
  gint64 asked_usec;
} MeirMetadataBlock;

/* A copy under way, of one size. Once a copy of that size was bad, one peer at a time sends all of it, so
 * that a bad one has one culprit. */
typedef struct {
  guint32 size;
  guint32 n_here;
  GArray *blocks; /* MeirMetadataBlock; grows as blocks are asked for, in order */
  gboolean alone;
  gpointer owner; /* (nullable): who sends it, while @alone */
  gint64 owner_until_usec;
} MeirAssembly;

typedef struct {
  gpointer key;
  guint32 size;
  guint outstanding;
  gint64 alone_until_usec;
} MeirMetadataPeer;

struct _MeirMetadata {
  MeirInfoHash info_hash;
  GPtrArray *assemblies;
  GArray *peers;
  GPtrArray *liars;
  gsize n_bytes; /* in all assemblies */
  GBytes *info;
};

static void
clear_block (gpointer item)
{
  MeirMetadataBlock *block = item;

  g_free (block->bytes);
}

static void
assembly_free (gpointer data)
{
  MeirAssembly *assembly = data;

  g_array_unref (assembly->blocks);
  g_free (assembly);
}

MeirMetadata *
meir_metadata_new (const MeirInfoHash *info_hash)
{
  MeirMetadata *metadata = g_new0 (MeirMetadata, 1);

  metadata->info_hash = *info_hash;
  metadata->assemblies = g_ptr_array_new_with_free_func (assembly_free);
  metadata->peers = g_array_new (FALSE, FALSE, sizeof (MeirMetadataPeer));
  metadata->liars = g_ptr_array_new ();
  return metadata;
}

void
meir_metadata_free (MeirMetadata *metadata)
{
  g_ptr_array_unref (metadata->assemblies);
  g_array_unref (metadata->peers);
  g_ptr_array_unref (metadata->liars);
  g_clear_pointer (&metadata->info, g_bytes_unref);
  g_free (metadata);
}

static MeirMetadataPeer *
find_peer (MeirMetadata *metadata, gpointer key)
{
  for (guint i = 0; i < metadata->peers->len; i++) {
    MeirMetadataPeer *peer = &g_array_index (metadata->peers, MeirMetadataPeer, i);

    if (peer->key == key)
      return peer;
  }
  return NULL;
}

static MeirAssembly *
find_assembly (MeirMetadata *metadata, guint32 size)
{
  for (guint i = 0; i < metadata->assemblies->len; i++) {
    MeirAssembly *assembly = g_ptr_array_index (metadata->assemblies, i);

    if (assembly->size == size)
      return assembly;
  }
  return NULL;
}

static MeirAssembly *
ensure_assembly (MeirMetadata *metadata, guint32 size)
{
  MeirAssembly *assembly = find_assembly (metadata, size);

  if (assembly != NULL)
    return assembly;
  assembly = g_new0 (MeirAssembly, 1);
  assembly->size = size;
  assembly->blocks = g_array_new (FALSE, TRUE, sizeof (MeirMetadataBlock));
  g_array_set_clear_func (assembly->blocks, clear_block);
  g_ptr_array_add (metadata->assemblies, assembly);
  return assembly;
}

static guint32
block_count (guint32 size)
{
  return (size + MEIR_METADATA_BLOCK_LENGTH - 1) / MEIR_METADATA_BLOCK_LENGTH;
}

static guint32
block_length (guint32 size, guint32 block)
{
  return MIN (MEIR_METADATA_BLOCK_LENGTH, size - block * MEIR_METADATA_BLOCK_LENGTH);
}

static gsize
count_bytes (const MeirAssembly *assembly)
{
  gsize n_bytes = 0;

  for (guint32 i = 0; i < assembly->blocks->len; i++) {
    if (g_array_index (assembly->blocks, MeirMetadataBlock, i).bytes != NULL)
      n_bytes += block_length (assembly->size, i);
  }
  return n_bytes;
}

/* Begins a copy anew. Who was asked for some of it may be asked again. */
static void
empty (MeirMetadata *metadata, MeirAssembly *assembly)
{
  metadata->n_bytes -= count_bytes (assembly);
  g_array_set_size (assembly->blocks, 0);
  assembly->n_here = 0;
  assembly->owner = NULL;
  for (guint i = 0; i < metadata->peers->len; i++) {
    MeirMetadataPeer *peer = &g_array_index (metadata->peers, MeirMetadataPeer, i);

    if (peer->size == assembly->size)
      peer->outstanding = 0;
  }
}

/* The one who was to send all of it does not. */
static void
dismiss (MeirMetadata *metadata, MeirAssembly *assembly, gpointer peer)
{
  if (assembly->alone && assembly->owner == peer)
    empty (metadata, assembly);
}

static void
make_room (MeirMetadata *metadata, const MeirAssembly *growing)
{
  MeirAssembly *largest = NULL;
  gsize most = 0;

  for (guint i = 0; i < metadata->assemblies->len; i++) {
    MeirAssembly *assembly = g_ptr_array_index (metadata->assemblies, i);
    gsize n_bytes = count_bytes (assembly);

    if (assembly != growing && n_bytes > most) {
      largest = assembly;
      most = n_bytes;
    }
  }
  if (largest != NULL)
    empty (metadata, largest);
}

void
meir_metadata_add_peer (MeirMetadata *metadata, gpointer peer, guint32 size)
{
  MeirMetadataPeer entry = { .key = peer, .size = size };

  if (size == 0 || size > MEIR_METADATA_MAX || find_peer (metadata, peer) != NULL)
    return;
  g_array_append_val (metadata->peers, entry);
}

static void
release_requests (MeirMetadata *metadata, gpointer peer)
{
  for (guint i = 0; i < metadata->assemblies->len; i++) {
    MeirAssembly *assembly = g_ptr_array_index (metadata->assemblies, i);

    for (guint b = 0; b < assembly->blocks->len; b++) {
      MeirMetadataBlock *block = &g_array_index (assembly->blocks, MeirMetadataBlock, b);

      if (block->asked == peer)
        block->asked = NULL;
    }
  }
}

/* A copy that nobody sends is kept for what is here of it: whoever sent it may come back. */
static void
forget_unsent (MeirMetadata *metadata, guint32 size)
{
  MeirAssembly *assembly = find_assembly (metadata, size);

  for (guint i = 0; i < metadata->peers->len; i++) {
    if (g_array_index (metadata->peers, MeirMetadataPeer, i).size == size)
      return;
  }
  if (assembly != NULL && assembly->n_here == 0)
    g_ptr_array_remove_fast (metadata->assemblies, assembly);
}

void
meir_metadata_remove_peer (MeirMetadata *metadata, gpointer peer)
{
  release_requests (metadata, peer);
  for (guint i = 0; i < metadata->assemblies->len; i++) {
    MeirAssembly *assembly = g_ptr_array_index (metadata->assemblies, i);

    dismiss (metadata, assembly, peer);
    /* Its bytes stay, but it can no longer be blamed, and its address may be reused. */
    for (guint b = 0; b < assembly->blocks->len; b++) {
      MeirMetadataBlock *block = &g_array_index (assembly->blocks, MeirMetadataBlock, b);

      if (block->from == peer)
        block->from = NULL;
    }
  }
  for (guint i = 0; i < metadata->peers->len; i++) {
    MeirMetadataPeer gone = g_array_index (metadata->peers, MeirMetadataPeer, i);

    if (gone.key == peer) {
      g_array_remove_index_fast (metadata->peers, i);
      forget_unsent (metadata, gone.size);
      break;
    }
  }
  g_ptr_array_remove_fast (metadata->liars, peer);
}

/* Takes a request back from a peer that has not answered in time, which is then left alone. */
static void
expire (MeirMetadata *metadata, MeirMetadataBlock *block, gint64 now_usec)
{
  MeirMetadataPeer *slow = find_peer (metadata, block->asked);

  if (slow != NULL) {
    slow->outstanding = slow->outstanding > 0 ? slow->outstanding - 1 : 0;
    slow->alone_until_usec = now_usec + LEFT_ALONE_USEC;
  }
  block->asked = NULL;
}

/* While one peer is to send all of it: whether @peer is the one, which it becomes when there is none. One
 * that takes too long, or does not answer, makes room for the next. */
static gboolean
may_send (MeirMetadata *metadata, MeirAssembly *assembly, gpointer peer, gint64 now_usec)
{
  MeirMetadataPeer *owner = assembly->owner != NULL ? find_peer (metadata, assembly->owner) : NULL;

  if (!assembly->alone)
    return TRUE;
  for (guint32 i = 0; owner != NULL && i < assembly->blocks->len; i++) {
    MeirMetadataBlock *block = &g_array_index (assembly->blocks, MeirMetadataBlock, i);

    if (block->asked != NULL && now_usec - block->asked_usec >= REQUEST_USEC)
      expire (metadata, block, now_usec);
  }
  if (owner != NULL && (now_usec >= assembly->owner_until_usec || owner->alone_until_usec > now_usec)) {
    owner->alone_until_usec = MAX (owner->alone_until_usec, now_usec + LEFT_ALONE_USEC);
    dismiss (metadata, assembly, owner->key);
    if (owner->key == peer)
      return FALSE;
  }
  if (assembly->owner == NULL) {
    assembly->owner = peer;
    assembly->owner_until_usec =
        now_usec + OWNER_USEC + (gint64) block_count (assembly->size) * OWNER_BLOCK_USEC;
  }
  return assembly->owner == peer;
}

gboolean
meir_metadata_next_request (MeirMetadata *metadata, gpointer peer, gint64 now_usec, guint32 *block_index)
{
  MeirMetadataPeer *entry = find_peer (metadata, peer);
  MeirAssembly *assembly;
  guint32 n_blocks;

  if (metadata->info != NULL || entry == NULL || entry->alone_until_usec > now_usec)
    return FALSE;
  assembly = ensure_assembly (metadata, entry->size);
  if (!may_send (metadata, assembly, peer, now_usec) || entry->outstanding >= REQUESTS_PER_PEER)
    return FALSE;

  n_blocks = block_count (assembly->size);
  for (guint32 i = 0; i < n_blocks; i++) {
    MeirMetadataBlock *block;

    if (i == assembly->blocks->len)
      g_array_set_size (assembly->blocks, i + 1);
    block = &g_array_index (assembly->blocks, MeirMetadataBlock, i);
    if (block->bytes != NULL)
      continue;
    if (block->asked != NULL && now_usec - block->asked_usec >= REQUEST_USEC)
      expire (metadata, block, now_usec);
    if (block->asked != NULL)
      continue;
    if (entry->alone_until_usec > now_usec)
      return FALSE;
    block->asked = peer;
    block->asked_usec = now_usec;
    entry->outstanding++;
    *block_index = i;
    return TRUE;
  }
  return FALSE;
}

static MeirMetadataBlock *
asked_block (MeirMetadata *metadata, MeirMetadataPeer *entry, guint32 index)
{
  MeirAssembly *assembly = entry != NULL ? find_assembly (metadata, entry->size) : NULL;
  MeirMetadataBlock *block;

  if (assembly == NULL || index >= assembly->blocks->len)
    return NULL;
  block = &g_array_index (assembly->blocks, MeirMetadataBlock, index);
  return block->asked == entry->key ? block : NULL;
}

void
meir_metadata_on_reject (MeirMetadata *metadata, gpointer peer, guint32 index, gint64 now_usec)
{
  MeirMetadataPeer *entry = find_peer (metadata, peer);
  MeirMetadataBlock *block = asked_block (metadata, entry, index);

  if (block == NULL)
    return;
  expire (metadata, block, now_usec);
  dismiss (metadata, find_assembly (metadata, entry->size), peer);
}

/* Who sent all of a bad copy is a liar; where several did, or one that has left, nobody can tell which. */
static void
find_liar (MeirMetadata *metadata, const MeirAssembly *assembly)
{
  gpointer first = g_array_index (assembly->blocks, MeirMetadataBlock, 0).from;

  g_ptr_array_set_size (metadata->liars, 0);
  for (guint32 i = 1; i < assembly->blocks->len; i++) {
    if (g_array_index (assembly->blocks, MeirMetadataBlock, i).from != first)
      return;
  }
  if (first != NULL)
    g_ptr_array_add (metadata->liars, first);
}

static MeirMetadataVerdict
finish (MeirMetadata *metadata, MeirAssembly *assembly)
{
  g_autoptr (GByteArray) info = g_byte_array_new ();
  guint8 digest[MEIR_SHA1_LENGTH];

  for (guint32 i = 0; i < assembly->blocks->len; i++)
    g_byte_array_append (info, g_array_index (assembly->blocks, MeirMetadataBlock, i).bytes,
                         block_length (assembly->size, i));
  meir_sha1 (info->data, info->len, digest);
  if (meir_digest_equal (digest, metadata->info_hash.bytes, sizeof digest)) {
    metadata->info = g_byte_array_free_to_bytes (g_steal_pointer (&info));
    return MEIR_METADATA_COMPLETE;
  }

  find_liar (metadata, assembly);
  empty (metadata, assembly);
  assembly->alone = TRUE;
  return MEIR_METADATA_BAD;
}

MeirMetadataVerdict
meir_metadata_on_data (MeirMetadata *metadata, gpointer peer, guint32 index, guint32 total_size,
                       const guint8 *bytes, gsize length)
{
  MeirMetadataPeer *entry = find_peer (metadata, peer);
  MeirMetadataBlock *block = asked_block (metadata, entry, index);
  MeirAssembly *assembly;

  if (metadata->info != NULL || block == NULL || total_size != entry->size ||
      length != block_length (entry->size, index))
    return MEIR_METADATA_UNASKED;

  entry->outstanding = entry->outstanding > 0 ? entry->outstanding - 1 : 0;
  block->asked = NULL;
  block->from = peer;
  block->bytes = g_memdup2 (bytes, length); /* at most MEIR_METADATA_BLOCK_LENGTH */
  assembly = find_assembly (metadata, entry->size);
  assembly->n_here++;
  metadata->n_bytes += length;
  if (metadata->n_bytes > COPIES_BYTES_MAX)
    make_room (metadata, assembly);
  return assembly->n_here == block_count (assembly->size) ? finish (metadata, assembly) : MEIR_METADATA_MORE;
}

GBytes *
meir_metadata_get_info (MeirMetadata *metadata)
{
  return metadata->info;
}

GPtrArray *
meir_metadata_steal_liars (MeirMetadata *metadata)
{
  GPtrArray *liars = metadata->liars;

  metadata->liars = g_ptr_array_new ();
  return liars;
}
