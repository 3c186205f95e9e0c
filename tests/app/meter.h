/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * Meter:
 * @turn_msec: the longest turn of the main loop: all that is dispatched between two waits, processor time
 * @frame_msec: the longest frame, from before-paint to after-paint, processor time
 * @interval_msec: the longest time between the ends of two frames in a row, by the clock on the wall: only
 * means something while every frame draws
 * @n_turns: how many there were
 * @n_frames: likewise
 *
 * How long the main thread is busy at a time. Processor time of this thread, so that what else the machine
 * does counts little.
 */
typedef struct {
  double turn_msec;
  double frame_msec;
  double interval_msec;
  guint n_turns;
  guint n_frames;
} Meter;

/* Measures the default main context, and the frames of @window, until meter_stop (). One at a time. */
void meter_start (GtkWidget *window);
/* What was measured since the last call, or since the start. */
Meter meter_take (void);
void meter_stop (void);
/* What the process has of the memory now, in MiB. */
double meter_resident_mib (void);

G_END_DECLS
