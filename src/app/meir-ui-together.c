/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-together.h"

#include "app/meir-ui-resources.h"
#include "app/meir-ui-widget.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MeirUiTogether {
  AdwPreferencesGroup parent_instance;

  AdwActionRow *together_row;
  GtkSwitch *together_switch;
  GtkEditable *together_name;

  char *folder; /* (nullable): that all of them lie in */
  char *usual;  /* (nullable): the name that was proposed */
};

G_DEFINE_FINAL_TYPE (MeirUiTogether, meir_ui_together, ADW_TYPE_PREFERENCES_GROUP)

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* (transfer full) (nullable) */
static char *
dup_common_folder (const char *const *paths)
{
  g_autofree char *folder = g_path_get_dirname (paths[0]);

  for (guint i = 1; paths[i] != NULL; i++) {
    g_autofree char *other = g_path_get_dirname (paths[i]);

    if (strcmp (folder, other) != 0)
      return NULL;
  }
  return strcmp (folder, "/") != 0 ? g_steal_pointer (&folder) : NULL;
}

static void
show (MeirUiTogether *self)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new ("/");
  g_autoptr (GError) error = NULL;
  gboolean asked = meir_ui_together_get_folder (self) != NULL;
  gboolean good = !asked || meir_ui_together_set_name (self, options, &error);
  const char *text = _ ("Each is a torrent of its own");

  if (!good)
    text = error->message;
  else if (asked)
    text = _ ("People get them in a folder of the name below");
  else if (self->folder == NULL)
    text = _ ("They lie in different folders: each is a torrent of its own");
  gtk_widget_set_sensitive (GTK_WIDGET (self->together_row), self->folder != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->together_name), asked);
  meir_ui_widget_set_class (self->together_row, "error", !good);
  meir_ui_widget_set_class (self->together_name, "error", !good);
  adw_action_row_set_subtitle (self->together_row, text);
}

static void
on_changed (MeirUiTogether *self)
{
  show (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
meir_ui_together_finalize (GObject *object)
{
  MeirUiTogether *self = MEIR_UI_TOGETHER (object);

  g_free (self->folder);
  g_free (self->usual);
  G_OBJECT_CLASS (meir_ui_together_parent_class)->finalize (object);
}

static void
meir_ui_together_class_init (MeirUiTogetherClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = meir_ui_together_finalize;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", MEIR_UI_TYPE_TOGETHER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, MEIR_UI_RESOURCES "meir-ui-together.ui");
  gtk_widget_class_bind_template_child (widget_class, MeirUiTogether, together_row);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTogether, together_switch);
  gtk_widget_class_bind_template_child (widget_class, MeirUiTogether, together_name);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
meir_ui_together_init (MeirUiTogether *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What somebody has typed stays, whatever is dropped beside. */
static void
propose_name (MeirUiTogether *self)
{
  g_autofree char *base = self->folder != NULL ? g_path_get_basename (self->folder) : g_strdup ("");
  g_autofree char *name = meir_text_dup_safe (base, strlen (base), G_MAXSIZE);
  gboolean typed =
      self->usual != NULL && strcmp (gtk_editable_get_text (self->together_name), self->usual) != 0;

  g_free (self->usual);
  self->usual = g_steal_pointer (&name);
  if (!typed)
    gtk_editable_set_text (self->together_name, self->usual);
}

void
meir_ui_together_set_paths (MeirUiTogether *together, const char *const *paths)
{
  gboolean several = paths[0] != NULL && paths[1] != NULL;
  g_autofree char *folder = several ? dup_common_folder (paths) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (together), several);
  if (g_strcmp0 (folder, together->folder) != 0) {
    g_free (together->folder);
    together->folder = g_steal_pointer (&folder);
    propose_name (together);
  }
  show (together);
}

const char *
meir_ui_together_get_folder (MeirUiTogether *together)
{
  return gtk_switch_get_active (together->together_switch) ? together->folder : NULL;
}

gboolean
meir_ui_together_set_name (MeirUiTogether *together, MeirCreateOptions *options, GError **error)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (together->together_name)));
  g_autofree char *base = g_path_get_basename (together->folder);

  /* Called like the folder that it is made of, it needs no name of its own. */
  return strcmp (name, base) == 0 || meir_create_options_set_name (options, name, error);
}

gboolean
meir_ui_together_is_good (MeirUiTogether *together)
{
  g_autoptr (MeirCreateOptions) options = meir_create_options_new ("/");

  return meir_ui_together_get_folder (together) == NULL ||
         meir_ui_together_set_name (together, options, NULL);
}
