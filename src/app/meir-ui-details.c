/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-details.h"

#include "app/meir-ui-event-log.h"
#include "app/meir-ui-files-page.h"
#include "app/meir-ui-names.h"
#include "app/meir-ui-overview.h"
#include "app/meir-ui-page.h"
#include "app/meir-ui-people-page.h"
#include "app/meir-ui-resources.h"
#include "app/meir-ui-shrink.h"
#include "app/meir-ui-sight.h"
#include "app/meir-ui-tabs.h"
#include "app/meir-ui-trackers-page.h"
#include "app/meir-ui-wrap-layout.h"

#include <glib/gi18n.h>

/* How often a visible map is looked at, and how often all else is. */
#define MAP_MSEC  100
#define TEXT_MSEC 1000

struct _MeirUiDetails {
  GtkWidget parent_instance;

  AdwHeaderBar *header;
  MeirUiTabs *tabs;
  GtkWidget *back, *menu_button;
  GtkButton *pause;
  GtkStack *states;
  AdwViewStack *pages;
  AdwViewSwitcherBar *bar;
  MeirUiOverview *overview;
  MeirUiFilesPage *files;
  MeirUiPeoplePage *people;
  MeirUiTrackersPage *trackers;

  MeirTorrent *torrent; /* (nullable) */
  MeirTorrentState state;
  gboolean collapsed, resting;
  guint timer; /* while it is seen */
  guint timer_msec;
  gint64 text_usec; /* when text was shown last */
};

G_DEFINE_FINAL_TYPE (MeirUiDetails, meir_ui_details, GTK_TYPE_WIDGET)

enum {
  PROP_COLLAPSED = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint back_signal, pause_signal;

/* Looking. */

static GtkWidget *
get_visible (MeirUiDetails *details)
{
  return adw_view_stack_get_visible_child (details->pages);
}

static gboolean
shows (MeirUiDetails *details, gpointer page)
{
  return get_visible (details) == page;
}

static MeirSnapshotParts
get_parts (MeirUiDetails *details)
{
  if (shows (details, details->overview))
    return meir_ui_overview_get_parts (details->overview);
  if (shows (details, details->files))
    return meir_ui_files_page_get_parts (details->files);
  if (shows (details, details->people))
    return meir_ui_people_page_get_parts (details->people);
  return meir_ui_trackers_page_get_parts (details->trackers);
}

static void
show_pause (MeirUiDetails *details, const MeirTorrentSnapshot *snapshot)
{
  gboolean failed = snapshot->state == MEIR_TORRENT_FAILED;
  const char *label;

  details->resting = failed || snapshot->state == MEIR_TORRENT_PAUSED;
  gtk_widget_set_sensitive (GTK_WIDGET (details->pause), snapshot->state != MEIR_TORRENT_MOVING);
  label = failed ? _ ("Try Again") : details->resting ? _ ("Resume") : _ ("Pause");
  if (g_strcmp0 (gtk_widget_get_tooltip_text (GTK_WIDGET (details->pause)), label) == 0)
    return;
  gtk_button_set_icon_name (details->pause,
                            details->resting ? "meir-resume-symbolic" : "meir-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (details->pause), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (details->pause), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
show_all (MeirUiDetails *details, const MeirTorrentSnapshot *snapshot)
{
  g_autofree char *name = meir_ui_page_dup_name (details, details->torrent);

  details->state = snapshot->state;
  details->text_usec = g_get_monotonic_time ();
  meir_ui_tabs_set_title (details->tabs, name);
  show_pause (details, snapshot);
  if (shows (details, details->overview))
    meir_ui_overview_refresh (details->overview, snapshot);
  else if (shows (details, details->files))
    meir_ui_files_page_refresh (details->files, snapshot);
  else if (shows (details, details->people))
    meir_ui_people_page_refresh (details->people, snapshot);
  else
    meir_ui_trackers_page_refresh (details->trackers, snapshot);
}

static void
look_at_all (MeirUiDetails *details)
{
  g_autoptr (MeirTorrentSnapshot) snapshot =
      meir_torrent_ref_snapshot (details->torrent, get_parts (details));

  show_all (details, snapshot);
}

/* Ten times a second for the map alone; a change of state shows at once. */
static void
look (MeirUiDetails *details)
{
  g_autoptr (MeirTorrentSnapshot) snapshot = NULL;
  gint64 age_usec = g_get_monotonic_time () - details->text_usec;

  if (!shows (details, details->overview) || age_usec + MAP_MSEC * 500 >= TEXT_MSEC * 1000) {
    look_at_all (details);
    return;
  }
  snapshot = meir_torrent_ref_snapshot (details->torrent, MEIR_UI_OVERVIEW_MAP_PARTS);
  if (snapshot->state != details->state)
    look_at_all (details);
  else
    meir_ui_overview_refresh_map (details->overview, snapshot);
}

static gboolean
on_timer (gpointer user_data)
{
  look (user_data);
  return G_SOURCE_CONTINUE;
}

static void
set_timer (MeirUiDetails *details)
{
  gboolean looks = details->torrent != NULL && meir_ui_sight_has (details);
  guint msec = !looks ? 0 : shows (details, details->overview) ? MAP_MSEC : TEXT_MSEC;

  if (msec == details->timer_msec)
    return;
  g_clear_handle_id (&details->timer, g_source_remove);
  details->timer_msec = msec;
  if (msec > 0)
    details->timer = g_timeout_add (msec, on_timer, details);
}

void
meir_ui_details_refresh (MeirUiDetails *details)
{
  if (details->torrent == NULL || !meir_ui_sight_has (details))
    return;
  look_at_all (details);
}

static void
on_page (AdwViewStack *pages, GParamSpec *pspec, MeirUiDetails *details)
{
  /* Pages come one by one while the template is read. */
  if (details->trackers == NULL)
    return;
  set_timer (details);
  meir_ui_details_refresh (details);
}

/* What happens to a torrent is remembered before somebody looks at it. */
static void
watch_session (MeirUiDetails *details)
{
  MeirUiApplication *application = meir_ui_page_get_application (details);
  MeirSession *session = application != NULL ? meir_ui_application_get_session (application) : NULL;

  if (session != NULL)
    meir_ui_event_log_watch (session);
}

static void
meir_ui_details_root (GtkWidget *widget)
{
  MeirUiApplication *application;

  GTK_WIDGET_CLASS (meir_ui_details_parent_class)->root (widget);
  application = meir_ui_page_get_application (widget);
  watch_session (MEIR_UI_DETAILS (widget));
  if (application != NULL)
    g_signal_connect_object (application, "notify::session", G_CALLBACK (watch_session), widget,
                             G_CONNECT_SWAPPED);
}

static void
on_sight (gpointer details)
{
  set_timer (details);
  meir_ui_details_refresh (details);
}

/* Doing. */

static void
on_back (GtkButton *button, MeirUiDetails *details)
{
  g_signal_emit (details, back_signal, 0);
}

static void
on_pause (GtkButton *button, MeirUiDetails *details)
{
  if (details->torrent == NULL)
    return;
  g_signal_emit (details, pause_signal, 0, !details->resting);
  meir_ui_details_refresh (details);
}

static void
on_show_file (MeirUiOverview *overview, guint file, MeirUiDetails *details)
{
  meir_ui_details_show_page (details, "files");
  meir_ui_files_page_show_file (details->files, file);
}

/* The torrent. */

static void
update_bar (MeirUiDetails *details)
{
  adw_view_switcher_bar_set_reveal (details->bar,
                                    details->torrent != NULL && meir_ui_tabs_get_squeezed (details->tabs));
}

void
meir_ui_details_set_torrent (MeirUiDetails *details, MeirTorrent *torrent)
{
  if (details->torrent == torrent)
    return;
  g_set_object (&details->torrent, torrent);
  meir_ui_overview_set_torrent (details->overview, torrent);
  meir_ui_files_page_set_torrent (details->files, torrent);
  meir_ui_people_page_set_torrent (details->people, torrent);
  meir_ui_trackers_page_set_torrent (details->trackers, torrent);
  gtk_stack_set_visible_child_name (details->states, torrent != NULL ? "torrent" : "empty");
  gtk_widget_set_visible (GTK_WIDGET (details->tabs), torrent != NULL);
  gtk_widget_set_visible (GTK_WIDGET (details->pause), torrent != NULL);
  gtk_widget_set_visible (details->menu_button, torrent != NULL);
  update_bar (details);
  set_timer (details);
  meir_ui_details_refresh (details);
}

MeirTorrent *
meir_ui_details_get_torrent (MeirUiDetails *details)
{
  return details->torrent;
}

void
meir_ui_details_show_page (MeirUiDetails *details, const char *page)
{
  adw_view_stack_set_visible_child_name (details->pages, page);
}

static gboolean
has_focus_in (gpointer widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

void
meir_ui_details_focus (MeirUiDetails *details)
{
  GtkWidget *page = details->torrent != NULL ? get_visible (details) : GTK_WIDGET (details->states);

  if (!has_focus_in (page) && !gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD) && !has_focus_in (details))
    gtk_widget_child_focus (GTK_WIDGET (details), GTK_DIR_TAB_FORWARD);
}

const char *
meir_ui_details_get_page (MeirUiDetails *details)
{
  return adw_view_stack_get_visible_child_name (details->pages);
}

static void
meir_ui_details_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_COLLAPSED)
    g_value_set_boolean (value, MEIR_UI_DETAILS (object)->collapsed);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
meir_ui_details_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MeirUiDetails *details = MEIR_UI_DETAILS (object);

  if (id != PROP_COLLAPSED) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  details->collapsed = g_value_get_boolean (value);
  gtk_widget_set_visible (details->back, details->collapsed);
}

static void
meir_ui_details_dispose (GObject *object)
{
  MeirUiDetails *details = MEIR_UI_DETAILS (object);
  GtkWidget *child;

  g_clear_handle_id (&details->timer, g_source_remove);
  g_clear_object (&details->torrent);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (details))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (meir_ui_details_parent_class)->dispose (object);
}

static void
meir_ui_details_class_init (MeirUiDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = meir_ui_details_get_property;
  object_class->set_property = meir_ui_details_set_property;
  object_class->dispose = meir_ui_details_dispose;
  widget_class->root = meir_ui_details_root;
  properties[PROP_COLLAPSED] =
      g_param_spec_boolean ("collapsed", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  back_signal =
      g_signal_new ("back", MEIR_UI_TYPE_DETAILS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  pause_signal = g_signal_new ("pause", MEIR_UI_TYPE_DETAILS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  g_type_ensure (MEIR_UI_TYPE_SHRINK);
  g_type_ensure (MEIR_UI_TYPE_TABS);
  g_type_ensure (MEIR_UI_TYPE_OVERVIEW);
  g_type_ensure (MEIR_UI_TYPE_FILES_PAGE);
  g_type_ensure (MEIR_UI_TYPE_PEOPLE_PAGE);
  g_type_ensure (MEIR_UI_TYPE_TRACKERS_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-details.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, header);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, tabs);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, back);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, menu_button);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, pause);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, states);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, pages);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, bar);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, overview);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, files);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, people);
  gtk_widget_class_bind_template_child (widget_class, MeirUiDetails, trackers);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_page);
  gtk_widget_class_bind_template_callback (widget_class, on_show_file);
}

/* Text twice as large would make the tabs at the bottom wider than a narrow window. */
static void
ellipsize_labels (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    gtk_label_set_ellipsize (GTK_LABEL (widget), PANGO_ELLIPSIZE_END);
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    ellipsize_labels (w);
}

static void
meir_ui_details_init (MeirUiDetails *details)
{
  gtk_widget_init_template (GTK_WIDGET (details));
  meir_ui_sight_watch (details, on_sight);
  meir_ui_names_give (GTK_WIDGET (details->overview), _ ("Overview"));
  meir_ui_wrap_layout_use (GTK_WIDGET (details->overview));
  meir_ui_names_give (GTK_WIDGET (details->people), _ ("People"));
  meir_ui_names_give (GTK_WIDGET (details->trackers), _ ("Trackers"));
  ellipsize_labels (GTK_WIDGET (details->bar));
  gtk_widget_set_visible (GTK_WIDGET (details->tabs), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (details->pause), FALSE);
  gtk_widget_set_visible (details->menu_button, FALSE);
  g_signal_connect_object (details->tabs, "notify::squeezed", G_CALLBACK (update_bar), details,
                           G_CONNECT_SWAPPED);
}

MeirUiDetails *
meir_ui_details_new (void)
{
  return g_object_new (MEIR_UI_TYPE_DETAILS, NULL);
}
