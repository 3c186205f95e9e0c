/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-desktop.h"

#include "app/meir-ui-application.h"
#include "app/meir-ui-preferences.h"
#include "app/meir-ui-rules.h"
#include "app/meir-ui-tracker-page.h"
#include "meir-config.h"

struct _MeirUiDesktop {
  GObject parent_instance;

  MeirUiApplication *application; /* owns us */
  MeirUiRules *rules;             /* (nullable): of the engine that runs */
};

G_DEFINE_FINAL_TYPE (MeirUiDesktop, meir_ui_desktop, G_TYPE_OBJECT)

static void
on_tracker (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiApplication *application = user_data;
  MeirSession *session = meir_ui_application_get_session (application);

  meir_ui_tracker_page_present (meir_ui_application_present (application),
                                meir_ui_application_get_tracker (application),
                                session != NULL ? G_LIST_MODEL (session) : NULL);
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MeirUiApplication *application = user_data;

  meir_ui_preferences_present (meir_ui_application_present (application),
                               meir_ui_application_get_session (application));
}

static void
on_use_anyway (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  meir_ui_network_use_anyway (meir_ui_network_get_default ());
}

/* There is another engine, or none. */
static void
on_session_changed (MeirUiDesktop *desktop)
{
  MeirSession *session = meir_ui_application_get_session (desktop->application);

  g_clear_object (&desktop->rules);
  if (session != NULL)
    desktop->rules = meir_ui_rules_new (session, meir_ui_network_get_default ());
}

static const GActionEntry actions[] = {
  { .name = "preferences", .activate = on_preferences },
  { .name = "use-anyway", .activate = on_use_anyway },
  { .name = "tracker", .activate = on_tracker },
};

static void
meir_ui_desktop_finalize (GObject *object)
{
  g_clear_object (&MEIR_UI_DESKTOP (object)->rules);
  G_OBJECT_CLASS (meir_ui_desktop_parent_class)->finalize (object);
}

static void
meir_ui_desktop_class_init (MeirUiDesktopClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = meir_ui_desktop_finalize;
}

static void
meir_ui_desktop_init (MeirUiDesktop *desktop)
{
}

MeirUiDesktop *
meir_ui_desktop_new (MeirUiApplication *application)
{
  MeirUiDesktop *desktop = g_object_new (MEIR_UI_TYPE_DESKTOP, NULL);

  desktop->application = application;
  gtk_window_set_default_icon_name (MEIR_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  g_signal_connect_object (application, "notify::session", G_CALLBACK (on_session_changed), desktop,
                           G_CONNECT_SWAPPED);
  return desktop;
}
