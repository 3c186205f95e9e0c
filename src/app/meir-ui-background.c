/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-background.h"

#include "app/meir-ui-portal.h"
#include "app/meir-ui-settings.h"
#include "app/meir-ui-text.h"

#include <glib/gi18n.h>

#define KEY_KEEP_RUNNING   "keep-running"
#define KEY_START_AT_LOGIN "start-at-login"

struct _MeirUiBackground {
  GObject parent_instance;

  GApplication *application; /* not owned */
  GCancellable *cancellable;
  char *status; /* (nullable): what was told last */
  gboolean active, held;
  gboolean denied; /* by the desktop, until there is a window again */
};

G_DEFINE_FINAL_TYPE (MeirUiBackground, meir_ui_background, G_TYPE_OBJECT)

static guint failed_signal;

static void
update (MeirUiBackground *self)
{
  gboolean hold =
      self->active && !self->denied && g_settings_get_boolean (meir_ui_settings_get (), KEY_KEEP_RUNNING);

  if (hold == self->held)
    return;
  self->held = hold;
  /* The last release ends the program, when there is no window. */
  if (hold)
    g_application_hold (self->application);
  else
    g_application_release (self->application);
}

static gboolean
starts_at_login (void)
{
  return g_settings_get_boolean (meir_ui_settings_get (), KEY_START_AT_LOGIN);
}

/* Where there is no portal, nobody watches what goes on in the background either. */
static void
on_entered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  MeirUiBackground *self = user_data;

  if (meir_ui_portal_request_background_finish (result, &error) ||
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return;
  if (gtk_application_get_windows (GTK_APPLICATION (self->application)) != NULL)
    return;
  self->denied = TRUE;
  update (self);
}

static void
on_arranged (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  MeirUiBackground *self = user_data;
  g_autofree char *reason = NULL;
  g_autofree char *message = NULL;

  if (meir_ui_portal_request_background_finish (result, &error) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !starts_at_login ())
    return;
  g_settings_set_boolean (meir_ui_settings_get (), KEY_START_AT_LOGIN, FALSE);
  reason = meir_ui_text_dup_error (error);
  message = g_strdup_printf (_ ("MeirTorrent cannot be started at login: %s"), reason);
  g_signal_emit (self, failed_signal, 0, message);
}

/* The portal is asked for both at once: what is asked for the one counts for the other. */
static void
request (MeirUiBackground *self, GAsyncReadyCallback callback)
{
  meir_ui_portal_request_background_async (_ ("Going on with downloads and sharing"), starts_at_login (),
                                           self->cancellable, callback, self);
}

static void
on_start_at_login_changed (MeirUiBackground *self)
{
  request (self, on_arranged);
}

static void
meir_ui_background_finalize (GObject *object)
{
  MeirUiBackground *self = MEIR_UI_BACKGROUND (object);

  g_object_unref (self->cancellable);
  g_free (self->status);
  G_OBJECT_CLASS (meir_ui_background_parent_class)->finalize (object);
}

static void
meir_ui_background_dispose (GObject *object)
{
  MeirUiBackground *self = MEIR_UI_BACKGROUND (object);

  g_cancellable_cancel (self->cancellable);
  if (self->held)
    g_application_release (self->application);
  self->held = FALSE;
  G_OBJECT_CLASS (meir_ui_background_parent_class)->dispose (object);
}

static void
meir_ui_background_class_init (MeirUiBackgroundClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = meir_ui_background_dispose;
  object_class->finalize = meir_ui_background_finalize;
  failed_signal = g_signal_new ("failed", MEIR_UI_TYPE_BACKGROUND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
meir_ui_background_init (MeirUiBackground *self)
{
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (meir_ui_settings_get (), "changed::" KEY_KEEP_RUNNING, G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (meir_ui_settings_get (), "changed::" KEY_START_AT_LOGIN,
                           G_CALLBACK (on_start_at_login_changed), self, G_CONNECT_SWAPPED);
}

static void
on_window_added (MeirUiBackground *self)
{
  self->denied = FALSE;
  g_clear_pointer (&self->status, g_free);
  update (self);
}

MeirUiBackground *
meir_ui_background_new (GtkApplication *application)
{
  MeirUiBackground *self = g_object_new (MEIR_UI_TYPE_BACKGROUND, NULL);

  self->application = G_APPLICATION (application);
  g_signal_connect_object (application, "window-added", G_CALLBACK (on_window_added), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
meir_ui_background_set_active (MeirUiBackground *background, gboolean active)
{
  background->active = active;
  update (background);
}

gboolean
meir_ui_background_is_held (MeirUiBackground *background)
{
  return background->held;
}

void
meir_ui_background_enter (MeirUiBackground *background)
{
  request (background, on_entered);
}

void
meir_ui_background_set_status (MeirUiBackground *background, const char *status)
{
  if (g_strcmp0 (background->status, status) == 0)
    return;
  g_free (background->status);
  background->status = g_strdup (status);
  meir_ui_portal_set_status (status);
}
