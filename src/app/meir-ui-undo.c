/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-undo.h"

#include "app/meir-ui-toast.h"

#include <glib/gi18n.h>

/* How long what was done can be taken back, seconds. */
#define TOAST_SEC 10

typedef struct {
  char *text;
  MeirUiUndoFunc take_back, commit;
  gpointer data;
  GDestroyNotify destroy;
} MeirUiOffer;

struct _MeirUiUndo {
  GObject parent_instance;

  AdwToastOverlay *toasts; /* (nullable): a weak pointer */
  GQueue offers;           /* MeirUiOffer, the newest last */
  AdwToast *toast;         /* (nullable): of the newest */
};

G_DEFINE_FINAL_TYPE (MeirUiUndo, meir_ui_undo, G_TYPE_OBJECT)

enum {
  PROP_CAN_UNDO = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
offer_end (MeirUiOffer *offer, MeirUiUndoFunc end)
{
  if (end != NULL)
    end (offer->data);
  if (offer->destroy != NULL)
    offer->destroy (offer->data);
  g_free (offer->text);
  g_free (offer);
}

/* Without an answer: the toast is only shown no longer. */
static void
drop_toast (MeirUiUndo *undo)
{
  g_autoptr (AdwToast) toast = g_steal_pointer (&undo->toast);

  if (toast == NULL)
    return;
  g_signal_handlers_disconnect_by_data (toast, undo);
  if (undo->toasts != NULL)
    meir_ui_toast_withdraw (undo->toasts, toast);
}

static void
on_dismissed (AdwToast *toast, MeirUiUndo *undo)
{
  meir_ui_undo_commit (undo);
}

static void
on_button (AdwToast *toast, MeirUiUndo *undo)
{
  meir_ui_undo_take_back (undo);
}

static void
show_newest (MeirUiUndo *undo)
{
  MeirUiOffer *offer = g_queue_peek_tail (&undo->offers);

  drop_toast (undo);
  if (offer == NULL)
    return;
  undo->toast = g_object_ref (meir_ui_toast_new (offer->text));
  adw_toast_set_button_label (undo->toast, _ ("Undo"));
  adw_toast_set_timeout (undo->toast, TOAST_SEC);
  g_signal_connect (undo->toast, "dismissed", G_CALLBACK (on_dismissed), undo);
  g_signal_connect (undo->toast, "button-clicked", G_CALLBACK (on_button), undo);
  meir_ui_toast_show (undo->toasts, g_object_ref (undo->toast), FALSE);
}

void
meir_ui_undo_offer (MeirUiUndo *undo, const char *text, MeirUiUndoFunc take_back, MeirUiUndoFunc commit,
                    gpointer data, GDestroyNotify destroy)
{
  MeirUiOffer *offer = g_new (MeirUiOffer, 1);

  *offer = (MeirUiOffer){ g_strdup (text), take_back, commit, data, destroy };
  g_queue_push_tail (&undo->offers, offer);
  if (undo->toasts == NULL) {
    meir_ui_undo_commit (undo);
    return;
  }
  show_newest (undo);
  g_object_notify_by_pspec (G_OBJECT (undo), properties[PROP_CAN_UNDO]);
}

gboolean
meir_ui_undo_take_back (MeirUiUndo *undo)
{
  MeirUiOffer *offer = g_queue_pop_tail (&undo->offers);

  if (offer == NULL)
    return FALSE;
  show_newest (undo);
  offer_end (offer, offer->take_back);
  g_object_notify_by_pspec (G_OBJECT (undo), properties[PROP_CAN_UNDO]);
  return TRUE;
}

void
meir_ui_undo_commit (MeirUiUndo *undo)
{
  MeirUiOffer *offer;

  drop_toast (undo);
  while ((offer = g_queue_pop_head (&undo->offers)) != NULL)
    offer_end (offer, offer->commit);
  g_object_notify_by_pspec (G_OBJECT (undo), properties[PROP_CAN_UNDO]);
}

gboolean
meir_ui_undo_can_undo (MeirUiUndo *undo)
{
  return !g_queue_is_empty (&undo->offers);
}

void
meir_ui_undo_set_toasts (MeirUiUndo *undo, AdwToastOverlay *toasts)
{
  if (undo->toasts == toasts)
    return;
  meir_ui_undo_commit (undo);
  g_set_weak_pointer (&undo->toasts, toasts);
}

static void
meir_ui_undo_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CAN_UNDO)
    g_value_set_boolean (value, meir_ui_undo_can_undo (MEIR_UI_UNDO (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
meir_ui_undo_dispose (GObject *object)
{
  MeirUiUndo *undo = MEIR_UI_UNDO (object);

  meir_ui_undo_commit (undo);
  g_clear_weak_pointer (&undo->toasts);
  G_OBJECT_CLASS (meir_ui_undo_parent_class)->dispose (object);
}

static void
meir_ui_undo_class_init (MeirUiUndoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = meir_ui_undo_get_property;
  object_class->dispose = meir_ui_undo_dispose;
  properties[PROP_CAN_UNDO] =
      g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
meir_ui_undo_init (MeirUiUndo *undo)
{
  g_queue_init (&undo->offers);
}

MeirUiUndo *
meir_ui_undo_new (void)
{
  return g_object_new (MEIR_UI_TYPE_UNDO, NULL);
}
