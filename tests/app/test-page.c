/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/meir-ui-page.h"

#include "page-support.h"
#include "widget-support.h"

/* What the pages of the details share, in a window that no application has. */

typedef struct {
  guint n_taken_back, n_committed, n_destroyed;
} Calls;

static void
take_back (gpointer data)
{
  ((Calls *) data)->n_taken_back++;
}

static void
commit (gpointer data)
{
  g_assert_cmpuint (((Calls *) data)->n_destroyed, ==, 0);
  ((Calls *) data)->n_committed++;
}

static void
destroy (gpointer data)
{
  ((Calls *) data)->n_destroyed++;
}

/* What nobody could take back is final at once. */
static void
test_undo (void)
{
  GtkWidget *label = g_object_ref_sink (gtk_label_new (""));
  Calls calls = { 0 };

  g_assert_null (meir_ui_page_get_application (label));
  meir_ui_page_offer_undo (label, "Done", take_back, commit, &calls, destroy);
  g_assert_cmpuint (calls.n_committed, ==, 1);
  g_assert_cmpuint (calls.n_destroyed, ==, 1);
  g_assert_cmpuint (calls.n_taken_back, ==, 0);
  meir_ui_page_offer_undo (label, "Done", take_back, NULL, &calls, NULL);
  g_assert_cmpuint (calls.n_committed, ==, 1);
  meir_ui_page_tell (label, "Nobody hears it");
  g_object_unref (label);
}

static void
test_copy (void)
{
  GtkWidget *label = g_object_ref_sink (gtk_label_new (""));
  GdkContentProvider *content;
  GValue value = G_VALUE_INIT;

  meir_ui_page_copy (label, "what is copied", "Copied");
  content = gdk_clipboard_get_content (gtk_widget_get_clipboard (label));
  g_assert_nonnull (content);
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));
  g_assert_cmpstr (g_value_get_string (&value), ==, "what is copied");
  g_value_unset (&value);
  g_object_unref (label);
}

static void
add_tests (void)
{
  g_test_add_func ("/app/page/undo", test_undo);
  g_test_add_func ("/app/page/copy", test_copy);
}

int
main (int argc, char **argv)
{
  return page_run (argc, argv, add_tests);
}
