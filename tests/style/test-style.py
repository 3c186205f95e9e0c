#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows for every rule of check-style.py a tree that keeps it and trees that break it; TAP."""

import os
import sys
import tempfile

import style_interface as interface
import style_layers as layers
import style_text as text
import style_translations as translations
from style_tree import SourceFile, Tree

C = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
H = C + "#pragma once\n"
PY = "# SPDX-License-Identifier: GPL-3.0-or-later\n"


def c_function(n_lines, name="meir_long"):
    return f"void\n{name} (void)\n{{\n" + "  x ();\n" * (n_lines - 3) + "}\n"


def header(*includes):
    return H + "".join(f'#include "{include}"\n' for include in includes)


ENGINE = {
    "src/engine/base/meir-a.h": H,
    "src/engine/wire/meir-b.h": header("base/meir-a.h"),
    "src/engine/swarm/meir-s.h": header("base/meir-a.h"),
    "src/engine/session/meir.h": header("swarm/meir-s.h", "base/meir-a.h"),
    "src/tracker/meir-tracker.h": header("wire/meir-b.h"),
    "src/cli/meir-cli-x.h": header("session/meir.h", "tracker/meir-tracker.h", "meir-config.h"),
}

# (rule, files, what the fault says; None for no fault)
CASES = [
    (layers.rule_includes_point_down, ENGINE, None),
    (layers.rule_includes_point_down, ENGINE | {"src/engine/base/meir-a.h": header("wire/meir-b.h")},
     "base must not include wire/meir-b.h"),
    (layers.rule_includes_point_down, ENGINE | {"src/engine/swarm/meir-s.h": header("wire/meir-b.h")},
     "swarm must not include wire/meir-b.h"),
    (layers.rule_includes_point_down, ENGINE | {"src/tracker/meir-tracker.h": header("session/meir.h")},
     "tracker must not include session/meir.h"),
    (layers.rule_includes_point_down, ENGINE | {"src/cli/meir-cli-x.h": header("base/meir-a.h")},
     "cli sees session/meir.h and tracker/meir-tracker.h only"),
    (layers.rule_includes_point_down, ENGINE | {"src/app/meir-ui-x.h": header("cli/meir-cli-x.h")},
     "app sees session/meir.h"),
    (layers.rule_includes_point_down, ENGINE | {"src/app/meir-ui-x.h": header("meir-ui-resources.h")}, None),
    (layers.rule_includes_point_down, ENGINE | {"src/cli/meir-cli-y.h": header("meir-cli-x.h")}, "not layer/header"),
    (layers.rule_includes_point_down, {"src/engine/odd/meir-x.h": H}, "is no layer"),

    (layers.rule_no_include_cycle, ENGINE, None),
    (layers.rule_no_include_cycle,
     {"src/engine/base/meir-a.h": header("base/meir-b.h"), "src/engine/base/meir-b.h": header("base/meir-a.h")},
     "meir-a.h -> src/engine/base/meir-b.h -> src/engine/base/meir-a.h"),

    (layers.rule_own_header_first,
     {"src/cli/meir-cli-a.h": H, "src/cli/meir-cli-a.c": C + '#include "cli/meir-cli-a.h"\n#include <glib.h>\n'},
     None),
    (layers.rule_own_header_first, {"src/cli/meir-cli-a.h": H,
                                    "src/cli/meir-cli-a.c": C + '#include <glib.h>\n#include "cli/meir-cli-a.h"\n'},
     "first include"),

    (layers.rule_pure_folders, {"src/engine/wire/meir-a.c": C + "#include <glib.h>\n/* time (); */\nint x;\n"}, None),
    (layers.rule_pure_folders, {"src/engine/wire/meir-a.c": C + "#include <unistd.h>\n"}, "<unistd.h>"),
    (layers.rule_pure_folders, {"src/engine/meta/meir-a.c": C + "#include <gio/gio.h>\n"}, "<gio/gio.h>"),
    (layers.rule_pure_folders, {"src/engine/swarm/meir-a.c": C + "  now = g_get_monotonic_time ();\n"}, "g_get_mono"),
    (layers.rule_pure_folders, {"src/engine/swarm/meir-a.c": C + "  now = time (NULL);\n"}, "time ("),
    (layers.rule_pure_folders, {"src/engine/swarm/meir-a.c": C + "  now = next_time (NULL);\n"}, None),
    (layers.rule_pure_folders, {"src/engine/disk/meir-a.c": C + "#include <unistd.h>\n  now = time (NULL);\n"}, None),

    (layers.rule_names_tell_the_layer, {"src/engine/base/meir-a.c": C + c_function(5, "meir_a_get")}, None),
    (layers.rule_names_tell_the_layer, {"src/engine/base/meir-a.c": C + c_function(5, "a_get")}, "no name for"),
    (layers.rule_names_tell_the_layer, {"src/engine/base/meir-a.c": C + c_function(5, "meir_ui_get")}, "no name for"),
    (layers.rule_names_tell_the_layer, {"src/tracker/meir-tracker-a.c": C + c_function(5, "meir_get")}, "no name for"),
    (layers.rule_names_tell_the_layer, {"src/engine/discover/meir-a.c": C + c_function(5, "meir_tracker_x")}, None),
    (layers.rule_names_tell_the_layer, {"src/engine/base/meir-a.c": C + "static " + c_function(5, "a_get")}, None),
    (layers.rule_names_tell_the_layer, {"src/cli/peer.c": C}, "is not called peer.c"),

    (text.rule_file_budget, {"src/a.c": C + "int a;\n" * 699}, None),
    (text.rule_file_budget, {"src/a.c": C + "int a;\n" * 700}, "701 lines"),
    (text.rule_function_budget, {"src/a.c": C + c_function(99)}, None),
    (text.rule_function_budget, {"src/a.c": C + c_function(101)}, "meir_long has 101 lines"),
    (text.rule_function_budget, {"a.py": PY + "def f():\n" + "    x()\n" * 100}, "f has 101 lines"),
    (text.rule_function_p99, {"src/a.c": C + c_function(80)}, None),
    (text.rule_function_p99, {"src/a.c": C + c_function(80) + c_function(80)}, "has 80 lines"),

    (text.rule_spdx, {"src/a.c": C, "a.py": PY, "run": "#!/bin/sh\n" + PY}, None),
    (text.rule_spdx, {"src/a.c": "int a;\n"}, "src/a.c"),
    (text.rule_spdx, {"run": "#!/bin/sh\nset -e\n"}, "run"),
    (text.rule_pragma_once, {"src/a.h": H}, None),
    (text.rule_pragma_once, {"src/a.h": C + "#ifndef A\n"}, "#pragma once"),
    (text.rule_whitespace, {"src/a.c": C + "int a;\n"}, None),
    (text.rule_whitespace, {"src/a.c": C + "int a; \n"}, "white space"),
    (text.rule_whitespace, {"src/a.c": C + "int a;\r\n"}, "white space"),
    (text.rule_whitespace, {"src/a.c": C + "int\ta;\n"}, "a tab"),
    (text.rule_whitespace, {"src/a.c": C + "int a;"}, "no newline"),
    (text.rule_columns, {"src/a.c": C + "x" * 110 + "\n", "a.py": PY + "y" * 120 + "\n"}, None),
    (text.rule_columns, {"src/a.c": C + "x" * 111 + "\n"}, "src/a.c:2: 111 columns"),
    (text.rule_columns, {"a.py": PY + "y" * 121 + "\n"}, "a.py:2: 121 columns"),
    (text.rule_nothing_unfinished, {"src/a.c": C + "/* to do it */\n"}, None),
    (text.rule_nothing_unfinished, {"src/a.c": C + "/* TO" "DO: it */\n"}, "src/a.c:2"),
    (text.rule_nothing_unfinished, {"a.py": PY + "# FIX" "ME\n"}, "a.py:2"),

    (text.rule_banned_calls, {"src/a.c": C + '/* strcpy (a, b) */\nputs ("sprintf (x)");\nmy_system (1);\n'}, None),
    (text.rule_banned_calls, {"src/a.c": C + "  g_checksum_new (G_CHECKSUM_SHA1);\n"}, "slow"),
    (text.rule_banned_calls, {"src/a.c": C + "  strcpy (a, b);\n"}, "has no bound"),
    (text.rule_banned_calls, {"src/a.c": C + '  system ("rm");\n'}, "shell"),
    (text.rule_banned_calls, {"src/a.c": C + '  g_object_set (s, "ssl-strict", FALSE, NULL);\n'}, "checks off"),
    (text.rule_banned_calls, {"src/a.c": C + '  if (g_getenv ("TR_CURL_SSL_NO_VERIFY"))\n'}, "checks off"),
    (text.rule_banned_calls, {"src/a.c": C + "  soup_server_new (NULL);\n"}, "swarm"),

    (text.rule_documented, {"src/a.h": H + "/* Adds. */\nint meir_add (int a);\nint meir_take (int a);\n"}, None),
    (text.rule_documented, {"src/a.h": H + "\nint meir_add (int a,\n              int b);\n"}, "meir_add"),
    (text.rule_documented, {"src/a.h": H + "\nvoid meir_a_free (int a);\n"}, None),
    (text.rule_documented, {"src/a.h": H + "\nint meir_add (int a);\n",
                            "src/a.c": C + "/* Adds. */\n" + c_function(5, "meir_add")}, None),

    (text.rule_meson_lists_sources, {"src/cli/a.c": C, "src/cli/meson.build": "files(\n  'a.c',\n)\n"}, None),
    (text.rule_meson_lists_sources, {"src/cli/a.c": C, "src/cli/meson.build": "files(\n  'aa.c',\n)\n"}, "a.c: not in"),
    (text.rule_meson_lists_sources, {"src/app/c/a.c": C, "src/app/meson.build": "files('c/a.c')\n"}, None),
    (text.rule_meson_lists_sources, {"src/app/c/a.c": C, "src/app/meson.build": "files('a.c')\n"}, "c/a.c: not in"),
    (text.rule_meson_lists_sources,
     {"tests/base/test-a.c": C, "tests/base/meson.build": "foreach name : ['a']\n"}, None),
    (text.rule_meson_lists_sources, {"tests/base/test-a.c": C, "tests/base/meson.build": ""}, "not in tests/base"),

    (translations.rule_potfiles, {"src/a.c": C + "/* _ (x) */\n", "po/POTFILES": ""}, None),
    (translations.rule_potfiles, {"src/a.c": C + '  puts (_ ("x"));\n', "po/POTFILES": "src/a.c\n"}, None),
    (translations.rule_potfiles, {"src/a.c": C + '  puts (_ ("x"));\n', "po/POTFILES": ""}, "src/a.c: has strings"),
    (translations.rule_potfiles, {"src/a.c": C + '  puts (ngettext ("x", "y", 1));\n'}, "src/a.c: has strings"),
    (translations.rule_potfiles, {"src/a.c": C + '  f (g_dngettext (D, "x", "y", 1));\n'}, "src/a.c: has strings"),
    (translations.rule_potfiles, {"src/a.ui": '<property translatable="yes">'}, "src/a.ui: has strings"),
    (translations.rule_potfiles, {"src/a.c": C, "po/POTFILES": "src/a.c\n"}, "has no strings"),
    (translations.rule_potfiles, {"po/POTFILES": "src/b.c\n"}, "does not exist"),
    (translations.rule_potfiles, {"src/a.c": C + '  puts (_ ("x"));\n', "po/POTFILES": "src/a.c\nsrc/a.c\n"}, "twice"),

    (translations.rule_sentences, {"src/a.c": C + '  g_set_error (e, D, 1, _ ("“%s” is (not) it"), f (x));\n'}, None),
    (translations.rule_sentences, {"src/a.c": C + '  g_set_error (e, D, 1, "It is gone");\n'}, "src/a.c:2: "),
    (translations.rule_sentences, {"src/a.c": C + '  g_set_error (e, G_IO_ERROR, 1, "It is gone");\n'}, None),
    (translations.rule_sentences, {"src/a.c": C + '  meir_cli_complain (_ ("it is gone"));\n'}, "style of"),
    (translations.rule_sentences, {"src/a.c": C + '  g_error_new (D, 1, _ ("It is "\n  "gone."));\n'}, "style of"),

    (translations.rule_whole_strings, {"src/a.c": C + '  puts (_ ("a \\"%d"\n           " b"));\n'}, None),
    (translations.rule_whole_strings,
     {"src/a.c": C + '  f (g_dngettext (GETTEXT_PACKAGE, "a %" G_GINT64_FORMAT, "b", n));\n'}, "src/a.c:2"),
    (translations.rule_whole_strings, {"src/a.c": C + '  printf (_ ("a %" G_GINT64_FORMAT " b"), n);\n'}, "src/a.c:2"),

    (interface.rule_gtk_baseline, {"src/app/a.c": C + "  gtk_widget_set_visible (w, TRUE);\n"}, None),
    (interface.rule_gtk_baseline, {"src/app/a.c": C + "  gtk_widget_show (w);\n"}, "gtk_widget_show is deprecated"),
    (interface.rule_gtk_baseline, {"src/app/a.c": C + "  d = gtk_file_dialog_new ();\n"}, "is newer"),
    (interface.rule_gtk_baseline,
     {"src/app/a.c": C + "#if GTK_CHECK_VERSION(4, 10, 0)\n  d = gtk_file_dialog_new ();\n#endif\n"}, None),
    (interface.rule_gtk_baseline, {"src/app/a.c": C + "/* not GtkDialog */\n"}, None),
    (interface.rule_gtk_baseline, {"src/app/a.ui": '<object class="AdwLeaflet"/>'}, "AdwLeaflet is deprecated"),
    (interface.rule_gtk_baseline, {"src/cli/a.c": C + "  gtk_widget_show (w);\n"}, None),
]

CODE = C + """
/* f (x) { */
static int
first (int a,
       int b)
{
  g ("}\\n{ */", '"');
}

struct s
{
  int a;
};

/* Says what. */
void
second (void)
{
}
"""


def run_case(rule, files, expected):
    faults = list(rule(Tree(files)))
    if expected is None:
        return not faults, faults
    return any(expected in fault for fault in faults), faults


def check_functions():
    found = [(f.name, f.n_lines, f.is_static, f.documented) for f in SourceFile("a.c", CODE).functions()]
    return found == [("first", 5, True, True), ("second", 3, False, True)], found


def check_clang_format():
    """The one rule that needs files on disk."""
    with tempfile.TemporaryDirectory() as root:
        with open(os.path.join(root, ".clang-format"), "w", encoding="utf-8") as style:
            style.write("BasedOnStyle: LLVM\n")
        results = []
        for body in ("int a;\n", "int    a ;\n"):
            with open(os.path.join(root, "a.c"), "w", encoding="utf-8") as source:
                source.write(C + body)
            results.append(list(text.rule_clang_format(Tree.read(root))))
        return results == [[], ["a.c: clang-format -i would change it"]], results


def main():
    checks = [(f"{rule.__name__}: {expected or 'nothing to say'}",
               lambda case=(rule, files, expected): run_case(*case)) for rule, files, expected in CASES]
    checks += [("functions are found", check_functions), ("clang-format is asked", check_clang_format)]

    # A rule that no tree here breaks would be a rule that cannot fail.
    broken = {rule for rule, _, expected in CASES if expected} | {text.rule_clang_format}
    all_rules = set(layers.RULES + text.RULES + translations.RULES + interface.RULES)
    checks.append(("every rule is broken once", lambda: (broken == all_rules, all_rules - broken)))

    failed = 0
    print(f"1..{len(checks)}")
    for number, (name, run) in enumerate(checks, 1):
        good, details = run()
        print(f"{'ok' if good else 'not ok'} {number} {name}")
        if not good:
            print(f"#   {details}")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
