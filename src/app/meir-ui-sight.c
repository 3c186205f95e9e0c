/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-sight.h"

#include "app/compat/meir-ui-compat.h"

typedef struct {
  GtkWidget *widget;   /* not owned: it owns this */
  GdkSurface *surface; /* (nullable): its window's, while it is mapped */
  gulong state_handler;
  MeirUiSightFunc changed;
  gboolean seen;
} MeirUiSight;

static GdkSurface *
get_surface (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return root != NULL ? gtk_native_get_surface (GTK_NATIVE (root)) : NULL;
}

gboolean
meir_ui_sight_has (gpointer widget)
{
  GdkSurface *surface = get_surface (widget);

  return gtk_widget_get_mapped (widget) && GDK_IS_TOPLEVEL (surface) &&
         !meir_ui_toplevel_is_hidden (GDK_TOPLEVEL (surface));
}

static void
look (MeirUiSight *sight)
{
  gboolean seen = meir_ui_sight_has (sight->widget);

  if (seen == sight->seen)
    return;
  sight->seen = seen;
  sight->changed (sight->widget);
}

static void
forget_surface (MeirUiSight *sight)
{
  g_clear_signal_handler (&sight->state_handler, sight->surface);
  g_clear_object (&sight->surface);
}

static void
on_map (GtkWidget *widget, MeirUiSight *sight)
{
  forget_surface (sight);
  g_set_object (&sight->surface, get_surface (widget));
  sight->state_handler = g_signal_connect_swapped (sight->surface, "notify::state", G_CALLBACK (look), sight);
  look (sight);
}

static void
on_unmap (GtkWidget *widget, MeirUiSight *sight)
{
  forget_surface (sight);
  look (sight);
}

static void
sight_free (gpointer data)
{
  forget_surface (data);
  g_free (data);
}

void
meir_ui_sight_watch (gpointer widget, MeirUiSightFunc changed)
{
  MeirUiSight *sight = g_new0 (MeirUiSight, 1);

  g_return_if_fail (!gtk_widget_get_mapped (widget));
  sight->widget = widget;
  sight->changed = changed;
  g_object_set_data_full (widget, "meir-ui-sight", sight, sight_free);
  g_signal_connect (widget, "map", G_CALLBACK (on_map), sight);
  g_signal_connect (widget, "unmap", G_CALLBACK (on_unmap), sight);
}
