/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm/meir-scores.h"

#include "base/meir-limits.h"

/* Marks remembered of failed pieces: 1 MiB of them. */
#define MARKS_MAX 65536u
/* What a source may have on its way and unjudged at first, and more for every piece that passed; from that
 * many on it is trusted. */
#define TRIAL_BLOCKS   16u
#define TRIAL_PIECES   2u
#define TRUSTED_PIECES 32u
/* Sources above which those that nobody refers to are forgotten. */
#define SOURCES_MAX 4096u

typedef struct {
  guint32 block;
  guint32 source;
  guint64 mark;
} Mark;

struct _MeirScores {
  GHashTable *sources;    /* number -> MeirSource; owns them. Numbers are never used twice. */
  GHashTable *by_network; /* network -> MeirSource */
  GHashTable *marks;      /* piece -> GArray of Mark */
  GQueue failed;          /* the pieces of @marks, oldest failure first */
  guint n_marks;
  guint n_struck; /* sources with strikes */
  guint32 next_number;
  GArray *involved; /* scratch */
  GArray *banned;   /* scratch */
};

MeirScores *
meir_scores_new (void)
{
  MeirScores *scores = g_new0 (MeirScores, 1);

  scores->sources = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  scores->by_network = g_hash_table_new ((GHashFunc) meir_endpoint_hash, (GEqualFunc) meir_endpoint_equal);
  scores->marks = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  g_queue_init (&scores->failed);
  scores->involved = g_array_new (FALSE, FALSE, sizeof (guint32));
  scores->banned = g_array_new (FALSE, FALSE, sizeof (guint32));
  return scores;
}

void
meir_scores_free (MeirScores *scores)
{
  g_hash_table_unref (scores->by_network);
  g_hash_table_unref (scores->sources);
  g_hash_table_unref (scores->marks);
  g_queue_clear (&scores->failed);
  g_array_unref (scores->involved);
  g_array_unref (scores->banned);
  g_free (scores);
}

MeirSource *
meir_scores_find (const MeirScores *scores, guint32 number)
{
  return g_hash_table_lookup (scores->sources, GUINT_TO_POINTER (number));
}

/* Forgets sources that nobody refers to: first those without a record, and if that was not enough the rest.
 */
static void
forget_idle_sources (MeirScores *scores)
{
  for (guint pass = 0; pass < 2 && g_hash_table_size (scores->sources) > SOURCES_MAX / 2; pass++) {
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init (&iter, scores->sources);
    while (g_hash_table_iter_next (&iter, NULL, &value)) {
      MeirSource *source = value;

      if (source->n_users > 0 || (pass == 0 && (source->strikes > 0 || source->banned_until_usec > 0)))
        continue;
      scores->n_struck -= source->strikes > 0;
      g_hash_table_remove (scores->by_network, &source->network);
      g_hash_table_iter_remove (&iter);
    }
  }
}

MeirSource *
meir_scores_enter (MeirScores *scores, const MeirEndpoint *address)
{
  MeirEndpoint network = *address;
  MeirSource *source;

  network.port = 0;
  if (network.family == 6)
    memset (network.bytes + 8, 0, 8);
  source = g_hash_table_lookup (scores->by_network, &network);
  if (source == NULL) {
    if (g_hash_table_size (scores->sources) >= SOURCES_MAX)
      forget_idle_sources (scores);
    source = g_new0 (MeirSource, 1);
    source->number = scores->next_number++;
    source->network = network;
    source->address = *address;
    source->address.port = 0;
    g_hash_table_insert (scores->sources, GUINT_TO_POINTER (source->number), source);
    g_hash_table_insert (scores->by_network, &source->network, source);
  }
  source->n_users++;
  return source;
}

void
meir_scores_leave (MeirScores *scores, MeirSource *source)
{
  g_return_if_fail (source->n_users > 0);
  source->n_users--;
}

gboolean
meir_source_is_banned (const MeirSource *source, gint64 now_usec)
{
  return source->banned_until_usec > now_usec;
}

guint
meir_source_get_allowance (const MeirSource *source, guint n_out, guint piece_blocks)
{
  guint64 allowance, left, left_together;

  if (source->n_good >= TRUSTED_PIECES)
    return G_MAXUINT;
  allowance = MAX ((guint64) (source->n_good + 1) * TRIAL_PIECES * piece_blocks, TRIAL_BLOCKS);
  left = allowance - MIN (allowance, (guint64) n_out + source->n_unjudged);
  allowance *= MEIR_CONNECTIONS_PER_ADDRESS;
  left_together = allowance - MIN (allowance, (guint64) source->n_out + source->n_unjudged);
  return (guint) MIN (MIN (left, left_together), G_MAXUINT);
}

guint
meir_scores_get_n_marks (const MeirScores *scores)
{
  return scores->n_marks;
}

guint
meir_scores_get_n_sources (const MeirScores *scores)
{
  return g_hash_table_size (scores->sources);
}

static void
strike (MeirScores *scores, guint32 number)
{
  MeirSource *source = meir_scores_find (scores, number);

  if (source == NULL)
    return;
  scores->n_struck += source->strikes == 0;
  source->strikes++;
  source->n_good = 0;
}

static void
relieve (MeirScores *scores, guint32 number)
{
  MeirSource *source = meir_scores_find (scores, number);

  if (source == NULL || source->strikes == 0)
    return;
  source->strikes--;
  scores->n_struck -= source->strikes == 0;
}

static void
ban (MeirScores *scores, guint32 number, gint64 now_usec)
{
  MeirSource *source = meir_scores_find (scores, number);

  if (source == NULL || source->banned_until_usec > now_usec)
    return;
  source->banned_until_usec = now_usec + (gint64) MEIR_BAN_SEC * G_USEC_PER_SEC;
  g_array_append_val (scores->banned, number);
}

static void
involve (MeirScores *scores, guint32 number)
{
  for (guint i = scores->involved->len; i > 0; i--) {
    if (g_array_index (scores->involved, guint32, i - 1) == number)
      return;
  }
  g_array_append_val (scores->involved, number);
}

/* Each of them once. */
static void
involve_all (MeirScores *scores, const guint32 *sources, guint n_blocks)
{
  g_array_set_size (scores->involved, 0);
  for (guint block = 0; block < n_blocks; block++) {
    if (block == 0 || sources[block] != sources[block - 1])
      involve (scores, sources[block]);
  }
}

static void
count_unjudged (MeirScores *scores, const guint32 *sources, guint n_blocks, gboolean is_judged)
{
  for (guint block = 0, run; block < n_blocks; block += run) {
    MeirSource *source = meir_scores_find (scores, sources[block]);

    for (run = 1; block + run < n_blocks && sources[block + run] == sources[block];)
      run++;
    if (source != NULL && is_judged)
      source->n_unjudged -= MIN (run, source->n_unjudged);
    else if (source != NULL)
      source->n_unjudged += run;
  }
}

void
meir_scores_await (MeirScores *scores, const guint32 *sources, guint n_blocks)
{
  count_unjudged (scores, sources, n_blocks, FALSE);
}

void
meir_scores_settle (MeirScores *scores, const guint32 *sources, guint n_blocks)
{
  count_unjudged (scores, sources, n_blocks, TRUE);
}

static void
forget_marks (MeirScores *scores, guint32 piece)
{
  GArray *marks = g_hash_table_lookup (scores->marks, GUINT_TO_POINTER (piece));

  if (marks == NULL)
    return;
  scores->n_marks -= marks->len;
  g_hash_table_remove (scores->marks, GUINT_TO_POINTER (piece));
  g_queue_remove (&scores->failed, GUINT_TO_POINTER (piece));
}

static void
remember_marks (MeirScores *scores, guint32 piece, const guint32 *sources, const guint64 *block_marks,
                guint n_blocks)
{
  GArray *marks = g_hash_table_lookup (scores->marks, GUINT_TO_POINTER (piece));

  if (marks == NULL) {
    marks = g_array_new (FALSE, FALSE, sizeof (Mark));
    g_hash_table_insert (scores->marks, GUINT_TO_POINTER (piece), marks);
    g_queue_push_tail (&scores->failed, GUINT_TO_POINTER (piece));
  }
  for (guint block = 0; block < n_blocks; block++) {
    Mark mark = { .block = block, .source = sources[block], .mark = block_marks[block] };

    if (sources[block] != MEIR_SOURCE_DISK && sources[block] != MEIR_SOURCE_NONE) {
      g_array_append_val (marks, mark);
      scores->n_marks++;
    }
  }
  while (scores->n_marks > MARKS_MAX)
    forget_marks (scores, GPOINTER_TO_UINT (g_queue_peek_head (&scores->failed)));
}

const GArray *
meir_scores_on_bad (MeirScores *scores, guint32 piece, const guint32 *sources, const guint64 *marks,
                    guint n_blocks, gint64 now_usec)
{
  g_array_set_size (scores->banned, 0);
  involve_all (scores, sources, n_blocks);
  if (scores->involved->len == 1) {
    ban (scores, g_array_index (scores->involved, guint32, 0), now_usec);
    return scores->banned;
  }
  for (guint i = 0; i < scores->involved->len; i++)
    strike (scores, g_array_index (scores->involved, guint32, i));
  if (marks != NULL)
    remember_marks (scores, piece, sources, marks, n_blocks);
  return scores->banned;
}

const GArray *
meir_scores_on_good (MeirScores *scores, guint32 piece, const guint32 *sources, const guint64 *marks,
                     guint n_blocks, gint64 now_usec)
{
  GArray *remembered = g_hash_table_lookup (scores->marks, GUINT_TO_POINTER (piece));

  g_array_set_size (scores->banned, 0);
  involve_all (scores, sources, n_blocks);
  for (guint i = 0; i < scores->involved->len; i++) {
    MeirSource *source = meir_scores_find (scores, g_array_index (scores->involved, guint32, i));

    if (source != NULL && source->n_good < TRUSTED_PIECES)
      source->n_good++;
  }
  if (remembered != NULL && marks != NULL) {
    for (guint i = 0; i < remembered->len; i++) {
      const Mark *mark = &g_array_index (remembered, Mark, i);

      if (mark->block < n_blocks && mark->mark != marks[mark->block])
        ban (scores, mark->source, now_usec);
      else
        involve (scores, mark->source);
    }
  }
  for (guint i = 0; i < scores->involved->len && scores->n_struck > 0; i++)
    relieve (scores, g_array_index (scores->involved, guint32, i));
  forget_marks (scores, piece);
  return scores->banned;
}
