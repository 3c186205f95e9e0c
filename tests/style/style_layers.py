# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the layers: who may include whom, what the pure folders may touch, how names tell the layer."""

import os
import re

# What each folder of src/ may include beside itself: the arrows of src/DESIGN.md, downwards only.
ARROWS = {
    "base": set(),
    "wire": {"base"},
    "meta": {"wire", "base"},
    "swarm": {"meta", "base"},
    "disk": {"meta", "base"},
    "net": {"wire", "base"},
    "discover": {"net", "wire", "base"},
    "session": {"base", "wire", "meta", "swarm", "disk", "net", "discover"},
    "tracker": {"wire", "base", "net"},
    "cli": set(),
    "app": set(),
}
ENGINE_LAYERS = {"base", "wire", "meta", "swarm", "disk", "net", "discover", "session"}
FACES = {"cli", "app"}
# The faces see the engine and the tracker through one header each.
FACE_HEADERS = {"session/meir.h", "tracker/meir-tracker.h"}
GENERATED = {"meir-config.h"}
GENERATED_BY_LAYER = {"app": re.compile(r"^(app/)?meir-ui-[a-z-]+\.h$")}

PURE_LAYERS = {"wire", "meta", "swarm"}
PURE_HEADERS = {
    "glib.h", "stdlib.h", "string.h", "stdint.h", "stddef.h", "stdbool.h", "limits.h", "stdarg.h", "inttypes.h",
    "ctype.h", "math.h", "immintrin.h",
    # The look-up of a sentence for people: no decision hangs on it, and it comes after one has been taken.
    "glib/gi18n-lib.h",
}
IMPURE_CALLS = re.compile(
    r"\b(?:g_get_monotonic_time|g_get_real_time|g_date_time_new_now\w*|time|clock|clock_gettime|gettimeofday"
    r"|g_usleep|usleep|sleep|nanosleep|g_random_\w+|random|rand|meir_random_\w+|meir_clock_\w+"
    r"|open|openat|read|write|pread|pwrite|close|mmap|stat|fstat|unlink|rename|socket|connect|send|recv|sendto"
    r"|recvfrom|poll|select|epoll_\w+|fopen|fread|fwrite|printf|puts|g_print|g_printerr"
    r"|g_file_\w+|g_open|g_unlink|g_rename|g_mkdir\w*|g_spawn_\w+|g_socket_\w+|g_getenv|getenv|g_setenv|setenv"
    r"|g_thread_\w+|g_mutex_\w+|g_rec_mutex_\w+|g_rw_lock_\w+|g_cond_\w+|g_once\w*|g_main_\w+|g_timeout_\w+"
    r"|g_idle_\w+|g_task_\w+|pthread_\w+) \("
)

NAME_PREFIX = {
    "cli": re.compile(r"^(?:meir_cli_\w+|main)$"),
    "app": re.compile(r"^(?:meir_ui_\w+|main)$"),
    "tracker": re.compile(r"^meir_tracker_\w+$"),
}
ENGINE_NAME = re.compile(r"^meir_\w+$")
FOREIGN_NAME = re.compile(r"^meir_(?:ui|cli|tracker)_")
# The clients of trackers live in the engine; what they and the codecs of tracker messages are called may say so.
TRACKER_WORDS_ALLOWED = {"wire", "discover", "session"}
FILE_NAME = {
    "cli": re.compile(r"^(?:main|meir-cli-[a-z0-9-]+)\.[ch]$"),
    "app": re.compile(r"^(?:main|meir-ui-[a-z0-9-]+)\.[ch]$"),
    "tracker": re.compile(r"^meir-tracker(?:-[a-z0-9-]+)?\.[ch]$"),
}
ENGINE_FILE_NAME = re.compile(r"^meir(?:-[a-z0-9-]+)?\.[ch]$")


def layer_of(path):
    """"src/engine/wire/x.c" is of layer wire, "src/cli/x.c" of layer cli; None outside the layers."""
    parts = path.split("/")
    if len(parts) >= 4 and parts[:2] == ["src", "engine"]:
        return parts[2]
    if len(parts) >= 3 and parts[0] == "src":
        return parts[1]
    return None


def resolve(name):
    """Where a quoted include points, as a path in the tree."""
    layer = name.split("/")[0]
    return ("src/engine/" if layer in ENGINE_LAYERS else "src/") + name


def rule_includes_point_down(tree):
    """Include arrows go down only"""
    for file in tree.c_files("src"):
        layer = layer_of(file.path)
        if layer not in ARROWS:
            yield f"{file.path}: \"{layer}\" is no layer; src/DESIGN.md lists them"
            continue
        for include in file.includes():
            if include.is_system or include.name in GENERATED:
                continue
            pattern = GENERATED_BY_LAYER.get(layer)
            if pattern and pattern.match(include.name):
                continue
            other = layer_of(resolve(include.name))
            where = f"{file.path}:{include.line}"
            if resolve(include.name) not in tree.files:
                yield f"{where}: \"{include.name}\" is not layer/header of any layer"
            elif layer in FACES and other != layer and include.name not in FACE_HEADERS:
                yield f"{where}: {layer} sees {' and '.join(sorted(FACE_HEADERS))} only, not {include.name}"
            elif layer not in FACES and other != layer and other not in ARROWS[layer]:
                yield f"{where}: {layer} must not include {include.name}"


def rule_no_include_cycle(tree):
    """No header includes itself by a detour"""
    graph = {
        file.path: [resolve(i.name) for i in file.includes() if not i.is_system]
        for file in tree.c_files("src") if file.path.endswith(".h")
    }
    done = set()

    def walk(path, trail):
        if path in trail:
            yield " -> ".join(trail[trail.index(path):] + [path])
        elif path in graph and path not in done:
            for other in graph[path]:
                yield from walk(other, trail + [path])
            done.add(path)

    for path in sorted(graph):
        yield from walk(path, [])


def rule_own_header_first(tree):
    """A source file includes its own header first, or the private one that goes with it"""
    for file in tree.c_files("src"):
        stem, suffix = os.path.splitext(file.path)
        own = {stem + ".h", stem + "-private.h"} & set(tree.files)
        if suffix != ".c" or not own:
            continue
        includes = file.includes()
        if not includes or includes[0].is_system or resolve(includes[0].name) not in own:
            yield f"{file.path}: its first include is not {os.path.basename(sorted(own)[-1])}"


def rule_pure_folders(tree):
    """wire, meta and swarm stay pure: no system call, clock, thread or input and output"""
    for file in tree.c_files("src"):
        if layer_of(file.path) not in PURE_LAYERS:
            continue
        for include in file.includes():
            if include.is_system and include.name not in PURE_HEADERS:
                yield f"{file.path}:{include.line}: <{include.name}> has no place in a pure folder"
        for number, line in enumerate(file.code.split("\n"), 1):
            match = IMPURE_CALLS.search(line)
            if match:
                yield f"{file.path}:{number}: {match.group(0)}) has no place in a pure folder"


def rule_names_tell_the_layer(tree):
    """Prefixes of files and of functions that are not static tell the layer"""
    for file in tree.c_files("src"):
        layer = layer_of(file.path)
        base = os.path.basename(file.path)
        if not FILE_NAME.get(layer, ENGINE_FILE_NAME).match(base):
            yield f"{file.path}: a file of {layer} is not called {base}"
        for function in file.functions():
            if function.is_static:
                continue
            good = NAME_PREFIX.get(layer, ENGINE_NAME).match(function.name) is not None
            if good and layer in ENGINE_LAYERS:
                foreign = FOREIGN_NAME.match(function.name)
                good = foreign is None or (layer in TRACKER_WORDS_ALLOWED and "tracker" in foreign.group(0))
            if not good:
                yield f"{file.path}:{function.line}: {function.name} is no name for a function of {layer}"


RULES = [
    rule_includes_point_down,
    rule_no_include_cycle,
    rule_own_header_first,
    rule_pure_folders,
    rule_names_tell_the_layer,
]
