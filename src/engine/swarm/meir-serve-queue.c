/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-serve-queue.h"

#define CAPACITY_FIRST 64u

/* A length of 0 marks an empty place: nobody may ask for nothing. */
typedef struct _MeirServe {
  guint32 piece;
  guint32 begin;
  guint32 length;
} MeirServe;

static guint
place_of (const MeirServeQueue *queue, const MeirServe *serve)
{
  guint64 key = ((guint64) serve->piece << 32 | serve->begin) + ((guint64) serve->length << 40);

  return (guint) ((key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> 32) & (queue->capacity - 1);
}

static MeirServe *
find (const MeirServeQueue *queue, const MeirServe *wanted)
{
  guint place = place_of (queue, wanted);

  while (queue->table[place].length != 0 &&
         (queue->table[place].piece != wanted->piece || queue->table[place].begin != wanted->begin ||
          queue->table[place].length != wanted->length))
    place = (place + 1) & (queue->capacity - 1);
  return &queue->table[place];
}

/* Keeps the table at most half full. */
static void
grow (MeirServeQueue *queue)
{
  MeirServeQueue bigger = { .n_queued = queue->n_queued,
                            .capacity = MAX (queue->capacity * 2, CAPACITY_FIRST) };

  bigger.table = g_new0 (MeirServe, bigger.capacity);
  for (guint i = 0; i < queue->capacity; i++) {
    const MeirServe *serve = &queue->table[i];

    if (serve->length != 0)
      *find (&bigger, serve) = *serve;
  }
  g_free (queue->table);
  *queue = bigger;
}

gboolean
meir_serve_queue_add (MeirServeQueue *queue, guint32 piece, guint32 begin, guint32 length)
{
  const MeirServe wanted = { .piece = piece, .begin = begin, .length = length };
  MeirServe *serve;

  g_return_val_if_fail (length > 0, FALSE);
  if ((queue->n_queued + 1) * 2 > queue->capacity)
    grow (queue);
  serve = find (queue, &wanted);
  if (serve->length != 0)
    return FALSE;
  *serve = wanted;
  queue->n_queued++;
  return TRUE;
}

gboolean
meir_serve_queue_remove (MeirServeQueue *queue, guint32 piece, guint32 begin, guint32 length)
{
  const MeirServe wanted = { .piece = piece, .begin = begin, .length = length };
  guint mask = queue->capacity - 1, hole, place;
  MeirServe *serve;

  if (queue->n_queued == 0)
    return FALSE;
  serve = find (queue, &wanted);
  if (serve->length == 0)
    return FALSE;
  /* Later members of the same run move up, so that no search stops at the hole. */
  hole = (guint) (serve - queue->table);
  for (place = (hole + 1) & mask; queue->table[place].length != 0; place = (place + 1) & mask) {
    guint home = place_of (queue, &queue->table[place]);

    if (((place - home) & mask) < ((place - hole) & mask))
      continue;
    queue->table[hole] = queue->table[place];
    hole = place;
  }
  queue->table[hole].length = 0;
  queue->n_queued--;
  return TRUE;
}

void
meir_serve_queue_clear (MeirServeQueue *queue)
{
  g_clear_pointer (&queue->table, g_free);
  queue->capacity = 0;
  queue->n_queued = 0;
}
