/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-desktop.h"

#include "app/meir-ui-application.h"
#include "app/meir-ui-tracker-page.h"

struct _MeirUiDesktop {
  GObject parent_instance;

  MeirUiApplication *application; /* owns us */
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

static const GActionEntry actions[] = {
  { .name = "tracker", .activate = on_tracker },
};

static void
meir_ui_desktop_class_init (MeirUiDesktopClass *klass)
{
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
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  return desktop;
}
