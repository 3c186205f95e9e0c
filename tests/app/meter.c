/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meter.h"

#include "app-support.h"

#include <stdio.h>
#include <unistd.h>

static struct {
  Meter meter;
  GtkWidget *window;
  double turn_began, frame_began;
  gint64 frame_ended_usec; /* 0: none yet */
} state;

/* The main context waits here, and nowhere else. */
static int
on_poll (GPollFD *fds, guint n_fds, int timeout_msec)
{
  int n;

  state.meter.turn_msec = MAX (state.meter.turn_msec, app_cpu_msec () - state.turn_began);
  state.meter.n_turns++;
  n = g_poll (fds, n_fds, timeout_msec);
  state.turn_began = app_cpu_msec ();
  return n;
}

static void
on_before_paint (GdkFrameClock *clock, gpointer user_data)
{
  state.frame_began = app_cpu_msec ();
}

static void
on_after_paint (GdkFrameClock *clock, gpointer user_data)
{
  gint64 now_usec = g_get_monotonic_time ();

  if (state.frame_ended_usec != 0)
    state.meter.interval_msec =
        MAX (state.meter.interval_msec, (double) (now_usec - state.frame_ended_usec) / 1000);
  state.frame_ended_usec = now_usec;
  state.meter.frame_msec = MAX (state.meter.frame_msec, app_cpu_msec () - state.frame_began);
  state.meter.n_frames++;
}

void
meter_start (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  state.window = window;
  state.turn_began = state.frame_began = app_cpu_msec ();
  meter_take ();
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), &state);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &state);
  g_main_context_set_poll_func (NULL, on_poll);
}

Meter
meter_take (void)
{
  Meter meter = state.meter;

  state.meter = (Meter){ 0 };
  state.turn_began = app_cpu_msec ();
  state.frame_ended_usec = 0;
  return meter;
}

void
meter_stop (void)
{
  g_main_context_set_poll_func (NULL, NULL);
  g_signal_handlers_disconnect_by_data (gtk_widget_get_frame_clock (state.window), &state);
}

double
meter_resident_mib (void)
{
  g_autofree char *text = NULL;
  gulong pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%*u %lu", &pages), ==, 1);
  return (double) pages * (double) sysconf (_SC_PAGESIZE) / (1024 * 1024);
}
