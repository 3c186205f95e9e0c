/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-awake.h"

#include "app/meir-ui-settings.h"

#include <glib/gi18n.h>

#define KEY "keep-awake"

struct _MeirUiAwake {
  GObject parent_instance;

  GtkApplication *application; /* not owned */
  MeirUiNetwork *network;
  guint cookie;
  gboolean downloading;
};

G_DEFINE_FINAL_TYPE (MeirUiAwake, meir_ui_awake, G_TYPE_OBJECT)

static void
let_sleep (MeirUiAwake *self)
{
  if (self->cookie != 0)
    gtk_application_uninhibit (self->application, self->cookie);
  self->cookie = 0;
}

static void
update (MeirUiAwake *self)
{
  gboolean wanted = self->downloading && g_settings_get_boolean (meir_ui_settings_get (), KEY) &&
                    !meir_ui_network_saves_power (self->network);

  if (!wanted)
    let_sleep (self);
  else if (self->cookie == 0)
    self->cookie = gtk_application_inhibit (self->application, NULL, GTK_APPLICATION_INHIBIT_SUSPEND,
                                            _ ("Files are being downloaded"));
}

static void
meir_ui_awake_dispose (GObject *object)
{
  MeirUiAwake *self = MEIR_UI_AWAKE (object);

  let_sleep (self);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (meir_ui_awake_parent_class)->dispose (object);
}

static void
meir_ui_awake_class_init (MeirUiAwakeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = meir_ui_awake_dispose;
}

static void
meir_ui_awake_init (MeirUiAwake *self)
{
  g_signal_connect_object (meir_ui_settings_get (), "changed::" KEY, G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}

MeirUiAwake *
meir_ui_awake_new (GtkApplication *application, MeirUiNetwork *network)
{
  MeirUiAwake *self = g_object_new (MEIR_UI_TYPE_AWAKE, NULL);

  self->application = application;
  self->network = g_object_ref (network);
  g_signal_connect_object (network, "notify::power-saver", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return self;
}

void
meir_ui_awake_set_downloading (MeirUiAwake *awake, gboolean downloading)
{
  awake->downloading = downloading;
  update (awake);
}
