/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-toast.h"

#include <glib/gi18n.h>
#include <string.h>

#define LINES 4
/* As long as a toast of libadwaita takes to slide in when no other is there. */
#define SLIDE_USEC (300 * G_TIME_SPAN_MILLISECOND)

#define KEY_SHOWER  "meir-ui-shower"  /* of an overlay */
#define KEY_PASSING "meir-ui-passing" /* of a toast */

/* What an overlay shows, and what waits for its turn.
 * The queue of AdwToastOverlay is not used: libadwaita up to 1.2 ends the program when a toast goes that is
 * still sliding in, since that goes on with what has been freed. One after the other, and each only when it
 * has come to rest, none does. */
typedef struct {
  AdwToastOverlay *overlay; /* owns this */
  GListModel *children;
  GQueue waiting;    /* AdwToast */
  AdwToast *shown;   /* (nullable) */
  GtkWidget *widget; /* (nullable): of the one that is shown; a weak pointer */
  gint64 since_usec; /* the first frame of it, or 0 */
  guint tick;
  gboolean leaving; /* it goes as soon as it has come to rest */
  guint next;       /* source */
} Shower;

AdwToast *
meir_ui_toast_new (const char *text)
{
  AdwToast *toast = adw_toast_new ("");
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_lines (GTK_LABEL (label), LINES);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  adw_toast_set_custom_title (toast, label);
  return toast;
}

static void
name_close_button (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) &&
      g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "window-close-symbolic") == 0)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Close"), -1);
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    name_close_button (w);
}

static gboolean
is_passing (AdwToast *toast)
{
  return g_object_get_data (G_OBJECT (toast), KEY_PASSING) != NULL;
}

/* It may be clicked now, and may go. */
static void
come_to_rest (Shower *shower)
{
  shower->tick = 0;
  if (shower->widget != NULL)
    gtk_widget_set_can_target (shower->widget, !shower->leaving);
  if (shower->leaving && shower->shown != NULL)
    adw_toast_dismiss (shower->shown);
}

static gboolean
on_tick (GtkWidget *overlay, GdkFrameClock *clock, gpointer user_data)
{
  Shower *shower = user_data;
  gint64 now_usec = gdk_frame_clock_get_frame_time (clock);

  if (shower->since_usec == 0)
    shower->since_usec = now_usec;
  if (now_usec - shower->since_usec < SLIDE_USEC)
    return G_SOURCE_CONTINUE;
  come_to_rest (shower);
  return G_SOURCE_REMOVE;
}

static gboolean
on_next (gpointer user_data)
{
  Shower *shower = user_data;

  shower->next = 0;
  if (shower->shown != NULL)
    return G_SOURCE_REMOVE;
  shower->shown = g_queue_pop_head (&shower->waiting);
  if (shower->shown == NULL)
    return G_SOURCE_REMOVE;
  shower->leaving = FALSE;
  shower->since_usec = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (shower->overlay)))
    shower->tick = gtk_widget_add_tick_callback (GTK_WIDGET (shower->overlay), on_tick, shower, NULL);
  adw_toast_overlay_add_toast (shower->overlay, g_object_ref (shower->shown));
  return G_SOURCE_REMOVE;
}

static void
queue_next (Shower *shower)
{
  if (shower->next == 0)
    shower->next = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_next, shower, NULL);
}

static void
remove_tick (Shower *shower)
{
  if (shower->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (shower->overlay), shower->tick);
  shower->tick = 0;
}

/* (transfer none) (nullable) */
static GtkWidget *
find_widget (Shower *shower)
{
  for (guint i = 0; i < g_list_model_get_n_items (shower->children); i++) {
    g_autoptr (GtkWidget) child = g_list_model_get_item (shower->children, i);

    if (strcmp (gtk_widget_get_css_name (child), "toast") == 0)
      return child;
  }
  return NULL;
}

/* A toast has come, or has faded. */
static void
on_children_changed (Shower *shower)
{
  GtkWidget *widget = find_widget (shower);

  if (widget == shower->widget)
    return;
  g_set_weak_pointer (&shower->widget, widget);
  if (widget != NULL) {
    name_close_button (widget);
    gtk_widget_set_can_target (widget, shower->tick == 0);
    return;
  }
  remove_tick (shower);
  g_clear_object (&shower->shown);
  queue_next (shower);
}

/* Nobody will see what waits: that is as good as having seen it go. */
static void
on_destroy (Shower *shower)
{
  AdwToast *toast;

  g_clear_handle_id (&shower->next, g_source_remove);
  while ((toast = g_queue_pop_head (&shower->waiting)) != NULL) {
    adw_toast_dismiss (toast);
    g_object_unref (toast);
  }
}

static void
shower_free (gpointer data)
{
  Shower *shower = data;

  g_signal_handlers_disconnect_by_data (shower->children, shower);
  g_clear_handle_id (&shower->next, g_source_remove);
  g_queue_clear_full (&shower->waiting, g_object_unref);
  g_clear_object (&shower->shown);
  g_clear_weak_pointer (&shower->widget);
  g_object_unref (shower->children);
  g_free (shower);
}

static Shower *
get_shower (AdwToastOverlay *overlay)
{
  Shower *shower = g_object_get_data (G_OBJECT (overlay), KEY_SHOWER);

  if (shower != NULL)
    return shower;
  shower = g_new0 (Shower, 1);
  shower->overlay = overlay;
  shower->children = gtk_widget_observe_children (GTK_WIDGET (overlay));
  g_queue_init (&shower->waiting);
  g_signal_connect_swapped (shower->children, "items-changed", G_CALLBACK (on_children_changed), shower);
  g_signal_connect_swapped (overlay, "destroy", G_CALLBACK (on_destroy), shower);
  g_object_set_data_full (G_OBJECT (overlay), KEY_SHOWER, shower, shower_free);
  return shower;
}

void
meir_ui_toast_withdraw (AdwToastOverlay *overlay, AdwToast *toast)
{
  Shower *shower = get_shower (overlay);

  if (toast != shower->shown) {
    if (g_queue_remove (&shower->waiting, toast))
      g_object_unref (toast);
    return;
  }
  shower->leaving = TRUE;
  if (shower->tick == 0)
    come_to_rest (shower);
}

void
meir_ui_toast_show (AdwToastOverlay *overlay, AdwToast *toast, gboolean passing)
{
  Shower *shower = get_shower (overlay);

  for (GList *l = shower->waiting.head, *next; l != NULL; l = next) {
    next = l->next;
    if (is_passing (l->data))
      meir_ui_toast_withdraw (overlay, l->data);
  }
  if (shower->shown != NULL && is_passing (shower->shown))
    meir_ui_toast_withdraw (overlay, shower->shown);
  if (passing)
    g_object_set_data (G_OBJECT (toast), KEY_PASSING, GINT_TO_POINTER (TRUE));
  g_queue_push_tail (&shower->waiting, toast);
  queue_next (shower);
}
