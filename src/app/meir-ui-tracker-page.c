/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-tracker-page.h"

#include "app/meir-ui-page-window.h"
#include "app/meir-ui-page.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-sight.h"
#include "app/meir-ui-status.h"
#include "app/meir-ui-toast.h"
#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>

/* Requests a second are those of so many seconds. */
#define SAMPLES 10u

typedef struct {
  gint64 uptime_usec;
  guint64 n_requests;
} Sample;

struct _MeirUiTrackerPage {
  AdwBin parent_instance;

  AdwToastOverlay *toasts;
  AdwActionRow *switch_row;
  GtkSwitch *active;
  AdwActionRow *address_row;
  GtkImage *warning;
  GtkButton *copy;
  AdwComboRow *audience;
  AdwComboRow *torrents;
  AdwPreferencesGroup *now;

  MeirUiTracker *tracker;
  MeirSession *session; /* (nullable) */
  GPtrArray *rows;      /* AdwActionRow: of what is tracked, the busiest first; the group owns them */
  guint timer;
  Sample samples[SAMPLES]; /* a ring */
  guint n_samples;
};

G_DEFINE_FINAL_TYPE (MeirUiTrackerPage, meir_ui_tracker_page, ADW_TYPE_BIN)

/* The rate since the oldest sample that is kept; puts in a new one. */
static double
take_sample (MeirUiTrackerPage *self, const MeirTrackerCounters *counters)
{
  Sample now = { .uptime_usec = counters->uptime_usec,
                 .n_requests = counters->announces_http + counters->announces_https +
                               counters->announces_udp + counters->scrapes };
  Sample *slot = &self->samples[self->n_samples % SAMPLES];
  Sample oldest = self->n_samples < SAMPLES ? self->samples[0] : *slot;
  gint64 passed_usec = now.uptime_usec - oldest.uptime_usec;

  *slot = now;
  if (self->n_samples++ == 0 || passed_usec <= 0)
    return 0;
  return (double) (now.n_requests - oldest.n_requests) * G_USEC_PER_SEC / (double) passed_usec;
}

static void
set_description (AdwPreferencesGroup *group, const char *text)
{
  if (g_strcmp0 (adw_preferences_group_get_description (group), text) != 0)
    adw_preferences_group_set_description (group, text);
}

static void
show_counters (MeirUiTrackerPage *self, guint n_listed)
{
  MeirTrackerCounters counters;
  g_autofree char *people = NULL;
  g_autofree char *rate = NULL;
  g_autofree char *uptime = NULL;
  g_autofree char *text = NULL;

  meir_ui_tracker_get_counters (self->tracker, &counters);
  people =
      g_strdup_printf (ngettext ("%u person", "%u people", (gulong) counters.peers), (guint) counters.peers);
  rate = g_strdup_printf (_ ("%.1f requests a second"), take_sample (self, &counters));
  uptime = meir_ui_status_dup_duration (counters.uptime_usec / G_USEC_PER_SEC);
  /* Translators: "8 people · 0.4 requests a second · up 3 hours" */
  text = g_strdup_printf (_ ("%s · %s · up %s"), people, rate, uptime);
  if (counters.torrents > n_listed && n_listed > 0) {
    guint64 n_more = counters.torrents - n_listed;
    g_autofree char *more = g_strdup_printf (
        ngettext ("%u more torrent is not shown", "%u more torrents are not shown", (gulong) n_more),
        (guint) n_more);
    g_autofree char *both = g_strconcat (text, " · ", more, NULL);

    set_description (self->now, both);
    return;
  }
  set_description (self->now, text);
}

/* Safe to show; the info-hash where we have no name for it. */
static char *
dup_name (MeirUiTrackerPage *self, const MeirInfoHash *info_hash)
{
  g_autoptr (MeirTorrent) torrent =
      self->session != NULL ? meir_session_find (self->session, info_hash) : NULL;
  char hex[2 * MEIR_SHA1_LENGTH + 1];

  return torrent != NULL ? meir_ui_page_dup_name (self, torrent)
                         : g_strdup (meir_info_hash_to_hex (info_hash, hex));
}

static AdwActionRow *
add_row (MeirUiTrackerPage *self)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *count = gtk_label_new (NULL);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), count);
  g_object_set_data (G_OBJECT (row), "count", count);
  adw_preferences_group_add (self->now, row);
  g_ptr_array_add (self->rows, row);
  return ADW_ACTION_ROW (row);
}

static void
show_torrent (MeirUiTrackerPage *self, AdwActionRow *row, const MeirTrackerListed *listed)
{
  GtkLabel *label = g_object_get_data (G_OBJECT (row), "count");
  g_autofree char *name = dup_name (self, &listed->info_hash);
  g_autofree char *count = g_strdup_printf ("%u", listed->seeds + listed->leechers);
  g_autofree char *sharing =
      g_strdup_printf (ngettext ("%u sharing", "%u sharing", listed->seeds), listed->seeds);
  g_autofree char *downloading =
      g_strdup_printf (ngettext ("%u downloading", "%u downloading", listed->leechers), listed->leechers);
  g_autofree char *finished =
      g_strdup_printf (ngettext ("%u finished", "%u finished", listed->downloaded), listed->downloaded);
  g_autofree char *text = listed->downloaded > 0 ? g_strjoin (" · ", sharing, downloading, finished, NULL)
                                                 : g_strjoin (" · ", sharing, downloading, NULL);

  if (g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), name) != 0)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  meir_ui_widget_set_subtitle (row, text);
  meir_ui_widget_set_text (label, count);
}

static void
show_list (MeirUiTrackerPage *self, GArray *list)
{
  while (self->rows->len > list->len)
    adw_preferences_group_remove (self->now, g_ptr_array_steal_index (self->rows, self->rows->len - 1));
  for (guint i = 0; i < list->len; i++) {
    AdwActionRow *row = i < self->rows->len ? g_ptr_array_index (self->rows, i) : add_row (self);

    show_torrent (self, row, &g_array_index (list, MeirTrackerListed, i));
  }
}

static void
refresh (MeirUiTrackerPage *self)
{
  g_autoptr (GArray) list = meir_ui_tracker_ref_torrents (self->tracker);

  if (list == NULL)
    return;
  show_list (self, list);
  show_counters (self, list->len);
}

static gboolean
on_timer (gpointer user_data)
{
  refresh (user_data);
  return G_SOURCE_CONTINUE;
}

static void
show_address (MeirUiTrackerPage *self)
{
  const char *address = meir_ui_tracker_get_address (self->tracker);
  g_autofree char *warning = meir_ui_tracker_dup_warning (self->tracker);
  g_autofree char *both = warning != NULL ? g_strconcat (address, "\n", warning, NULL) : NULL;

  meir_ui_widget_set_subtitle (self->address_row, both != NULL      ? both
                                                  : address != NULL ? address
                                                                    : _ ("Off"));
  gtk_widget_set_visible (GTK_WIDGET (self->warning), warning != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->address_row), address != NULL);
}

static void
show_switch (MeirUiTrackerPage *self)
{
  g_autofree char *problem = NULL;
  gboolean anyone = adw_combo_row_get_selected (self->audience) != 0;

  g_object_get (self->tracker, "problem", &problem, NULL);
  gtk_switch_set_active (self->active, meir_ui_tracker_get_active (self->tracker));
  meir_ui_widget_set_subtitle (self->switch_row, problem != NULL ? problem
                                                 : anyone
                                                     ? _ ("Lets people find each other")
                                                     : _ ("Lets people on your network find each other"));
  gtk_widget_set_visible (GTK_WIDGET (self->now), meir_ui_tracker_get_active (self->tracker));
}

/* One that could not be started takes the switch back, and says why. */
static void
on_tracker_changed (MeirUiTrackerPage *self)
{
  if (!meir_ui_tracker_get_active (self->tracker))
    self->n_samples = 0;
  show_switch (self);
  show_address (self);
  refresh (self);
}

static void
on_switched (GtkSwitch *active, GParamSpec *pspec, MeirUiTrackerPage *self)
{
  g_object_set (self->tracker, "active", gtk_switch_get_active (active), NULL);
}

static void
on_copy (GtkButton *button, MeirUiTrackerPage *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          meir_ui_tracker_get_address (self->tracker));
  meir_ui_toast_show (self->toasts, meir_ui_toast_new (_ ("Address copied")), TRUE);
}

static void
on_sight (gpointer widget)
{
  MeirUiTrackerPage *self = widget;

  g_clear_handle_id (&self->timer, g_source_remove);
  if (!meir_ui_sight_has (self))
    return;
  refresh (self);
  self->timer = g_timeout_add_seconds (1, on_timer, self);
}

static void
meir_ui_tracker_page_dispose (GObject *object)
{
  MeirUiTrackerPage *self = MEIR_UI_TRACKER_PAGE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->tracker);
  g_clear_object (&self->session);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (meir_ui_tracker_page_parent_class)->dispose (object);
}

static void
meir_ui_tracker_page_class_init (MeirUiTrackerPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = meir_ui_tracker_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-tracker-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackerPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackerPage, switch_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackerPage, active);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackerPage, address_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackerPage, warning);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackerPage, copy);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackerPage, audience);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackerPage, torrents);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTrackerPage, now);
  gtk_widget_class_bind_template_callback (widget_class, on_switched);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
meir_ui_tracker_page_init (MeirUiTrackerPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  meir_ui_sight_watch (self, on_sight);
  self->rows = g_ptr_array_new ();
}

GtkWidget *
meir_ui_tracker_page_new (MeirUiTracker *tracker, MeirSession *session)
{
  MeirUiTrackerPage *self = g_object_new (MEIR_UI_TYPE_TRACKER_PAGE, NULL);

  self->tracker = g_object_ref (tracker);
  g_set_object (&self->session, session);
  meir_ui_settings_bind_choice ("tracker-audience", self->audience);
  meir_ui_settings_bind_choice ("tracker-torrents", self->torrents);
  g_signal_connect_object (tracker, "notify", G_CALLBACK (on_tracker_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->audience, "notify::selected", G_CALLBACK (on_tracker_changed), self,
                           G_CONNECT_SWAPPED);
  on_tracker_changed (self);
  return GTK_WIDGET (self);
}

void
meir_ui_tracker_page_present (GtkWindow *parent, MeirUiTracker *tracker, MeirSession *session)
{
  static GtkWindow *window;

  if (window == NULL)
    g_set_weak_pointer (&window, meir_ui_page_window_new (parent, _ ("Tracker"), _ ("On this computer"),
                                                          meir_ui_tracker_page_new (tracker, session)));
  gtk_window_present (window);
}
