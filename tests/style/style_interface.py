# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about GTK: nothing newer than the oldest one we build with, nothing that the newest one deprecates."""

import re

NAME = re.compile(r"\b(?:gtk|adw|gdk)_\w+|\b(?:Gtk|Adw|Gdk)[A-Z]\w+")

# What hands reach for by habit. Compilers here have the old headers only, and cannot tell.
DEPRECATED = re.compile("|".join((
    "gtk_widget_(?:show|hide|get_allocat\\w+|translate_coordinates|get_style_context)", "gtk_show_uri\\w*",
    "gtk_css_provider_load_from_data", "gtk_file_chooser\\w*", "GtkFileChooser\\w*", "gtk_style_context_get_color",
    "gtk_(?:dialog|tree_view|tree_store|list_store|combo_box|info_bar|entry_completion|statusbar|color_chooser"
    "|font_chooser|message_dialog|app_chooser|assistant|cell_\\w+|icon_view|lock_button|volume_button)_\\w+",
    "Gtk(?:Dialog|TreeView|TreeStore|ListStore|ComboBox\\w*|InfoBar|EntryCompletion|Statusbar|MessageDialog|Cell\\w+"
    "|IconView|ShortcutsWindow)",
    "adw_(?:leaflet|flap|squeezer|message_dialog|preferences_window|about_window|action_row_set_icon_name"
    "|view_switcher_title|enum_list_model)\\w*",
    "Adw(?:Leaflet|Flap|Squeezer|MessageDialog|PreferencesWindow|AboutWindow|ViewSwitcherTitle|EnumListModel)",
)))
TOO_NEW = re.compile("|".join((
    "gtk_(?:file_dialog|alert_dialog|uri_launcher|file_launcher|color_dialog|font_dialog|list_header|enum_list)\\w*",
    "Gtk(?:FileDialog|AlertDialog|UriLauncher|FileLauncher|ColorDialog|FontDialog|ListHeader|EnumList)",
    "gtk_widget_get_color", "gtk_list_view_scroll_to", "gtk_list_item_set_accessible_\\w+", "gtk_accessible_announce",
    "adw_(?:navigation|overlay_split|toolbar_view|breakpoint|banner|alert_dialog|dialog|about_dialog|switch_row"
    "|spin_row|spinner|preferences_dialog|wrap_box|shortcuts_dialog)\\w*",
    "Adw(?:Navigation\\w+|OverlaySplitView|ToolbarView|Breakpoint\\w*|Banner|AlertDialog|Dialog|AboutDialog|SwitchRow"
    "|SpinRow|Spinner|PreferencesDialog|WrapBox|ShortcutsDialog)",
)))


def ungated(text):
    """(line number, line) outside what is compiled for some versions only."""
    gates = []
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*#\s*if", line):
            gates.append("_CHECK_VERSION" in line)
        elif re.match(r"\s*#\s*endif", line) and gates:
            gates.pop()
        elif not any(gates):
            yield number, line


def rule_gtk_baseline(tree):
    """The interface keeps to what GTK 4.8 and libadwaita 1.2 have and their newest versions still want"""
    for file in tree.under("src/app"):
        if not (file.is_c or file.path.endswith(".ui")):
            continue
        for number, line in ungated(file.code if file.is_c else file.text):
            for name in NAME.findall(line):
                if DEPRECATED.fullmatch(name):
                    yield f"{file.path}:{number}: {name} is deprecated by now"
                elif TOO_NEW.fullmatch(name):
                    yield f"{file.path}:{number}: {name} is newer than what we build with"


RULES = [rule_gtk_baseline]
