/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/meir-queue.h"

#include <string.h>

/* One letter a torrent: '.' has no part in it, 'w' waits, 'r' runs, 's' runs and is stalled, 'f' is forced
 * and waits, 'F' is forced and runs. */
static void
check (const char *torrents, guint places, gboolean in_order, const char *expected)
{
  g_autofree MeirQueueEntry *entries = g_new0 (MeirQueueEntry, strlen (torrents));
  g_autoptr (GString) result = g_string_new (NULL);

  for (guint i = 0; torrents[i] != '\0'; i++) {
    entries[i].contends = torrents[i] != '.';
    entries[i].runs = strchr ("rsF", torrents[i]) != NULL;
    entries[i].forced = strchr ("fF", torrents[i]) != NULL;
    entries[i].stalled = torrents[i] == 's';
    entries[i].position = 77;
  }
  meir_queue_decide (entries, (guint) strlen (torrents), places, in_order);
  for (guint i = 0; torrents[i] != '\0'; i++) {
    if (entries[i].may_run)
      g_string_append_c (result, '!');
    else
      g_string_append_c (result, (char) ('0' + entries[i].position));
    g_assert_true (!entries[i].may_run || entries[i].position == 0);
  }
  g_assert_cmpstr (result->str, ==, expected);
}

static void
test_no_limit (void)
{
  check ("", 0, TRUE, "");
  check ("wwrsf.", 0, TRUE, "!!!!!0");
  check ("wwrsf.", 0, FALSE, "!!!!!0");
}

static void
test_order (void)
{
  check ("wwww", 2, TRUE, "!!12");
  check ("wwww", 2, FALSE, "!!12");
  check ("..w.w.w", 1, TRUE, "00!0102");
  /* Who is first has the place, if a person just put it there; else who has it keeps it. */
  check ("wrr", 2, TRUE, "!!1");
  check ("wrr", 2, FALSE, "1!!");
  check ("wrw", 2, FALSE, "!!1");
  check ("ww", 5, FALSE, "!!");
}

/* Fewer places: the last give theirs back, but only when somebody asks for it. */
static void
test_fewer_places (void)
{
  check ("rrrr", 2, TRUE, "!!12");
  check ("rrrr", 2, FALSE, "!!!!");
  check ("rrrrw", 2, FALSE, "!!!!1");
}

static void
test_forced (void)
{
  check ("wwf", 1, TRUE, "!1!");
  check ("rwF", 1, TRUE, "!1!");
  check ("ffff", 1, TRUE, "!!!!");
  check ("Fw", 1, FALSE, "!!");
}

static void
test_stalled (void)
{
  check ("srw", 1, FALSE, "!!1");
  check ("sww", 1, TRUE, "!!1");
  check ("ssw", 2, FALSE, "!!!");
  /* It goes on again: one too many for a while, nobody is pushed out for it. */
  check ("rr", 1, FALSE, "!!");
  check ("rrw", 1, FALSE, "!!1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/queue/no-limit", test_no_limit);
  g_test_add_func ("/queue/order", test_order);
  g_test_add_func ("/queue/fewer-places", test_fewer_places);
  g_test_add_func ("/queue/forced", test_forced);
  g_test_add_func ("/queue/stalled", test_stalled);
  return g_test_run ();
}
