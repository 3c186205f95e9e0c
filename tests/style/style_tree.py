# SPDX-License-Identifier: GPL-3.0-or-later
"""The source tree as the style rules see it: file texts by path, and just enough of C's grammar."""

import os
import re
from dataclasses import dataclass, field

SKIPPED_FOLDERS = {".git", "__pycache__", "node_modules", ".flatpak-builder"}
BUILD_FOLDER = re.compile(r"^build(?!-aux$)")
TEXT_SUFFIXES = {
    ".c", ".h", ".py", ".sh", ".build", ".ui", ".md", ".css", ".in", ".xml", ".desktop", ".json", ".txt", ".yml",
}
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
INCLUDE = re.compile(r'^#include\s+(["<])([^">]+)[">]')
FUNCTION_NAME = re.compile(r"^([A-Za-z_][A-Za-z0-9_]*) \(")
DECLARATION = re.compile(
    r"^(?!typedef\b|static\b|return\b|#)[A-Za-z_][\w \t*]*?[ *]([a-z_][a-z0-9_]*) \([^;{]*\)[^;{]*;", re.M)


@dataclass
class Include:
    line: int
    name: str
    is_system: bool


@dataclass
class Function:
    name: str
    line: int
    n_lines: int
    is_static: bool
    documented: bool


@dataclass
class SourceFile:
    path: str
    text: str
    _code: str = field(default=None, repr=False)

    @property
    def lines(self):
        return self.text.split("\n")

    @property
    def n_lines(self):
        return self.text.count("\n")

    @property
    def is_c(self):
        return self.path.endswith((".c", ".h"))

    @property
    def is_python(self):
        return self.path.endswith(".py") or self._interpreter().endswith(("python3", "python"))

    @property
    def is_shell(self):
        return self.path.endswith(".sh") or self._interpreter().endswith("sh")

    def _interpreter(self):
        first = self.lines[0]
        return first.split()[-1] if first.startswith("#!") else ""

    @property
    def code(self):
        """The C text with comments and the insides of literals blanked; every line keeps its number."""
        if self._code is None:
            self._code = TOKEN.sub(blank, self.text)
        return self._code

    def includes(self):
        found = []
        for number, line in enumerate(self.lines, 1):
            match = INCLUDE.match(line)
            if match:
                found.append(Include(number, match.group(2), match.group(1) == "<"))
        return found

    def functions(self):
        """Definitions at file level, in the form that clang-format gives them: the name at the line's start."""
        found = []
        code = self.code.split("\n")
        start = None
        for number, line in enumerate(code):
            if line == "{":
                start = self._function_head(code, number)
            elif line == "}" and start is not None:
                name = FUNCTION_NAME.match(code[start]).group(1)
                is_static = start > 0 and re.search(r"\bstatic\b", code[start - 1]) is not None
                documented = start > 1 and self.lines[start - 2].rstrip().endswith("*/")
                found.append(Function(name, start + 1, number - start + 1, is_static, documented))
                start = None
        return found

    @staticmethod
    def _function_head(code, brace):
        for number in range(brace - 1, max(brace - 20, -1), -1):
            if FUNCTION_NAME.match(code[number]):
                return number
            if code[number].endswith((";", "}")) or not code[number].strip():
                return None
        return None

    def declarations(self):
        """(name, line, paragraph) of every function that a header declares; a paragraph is what stands between
        blank lines."""
        for match in DECLARATION.finditer(self.code):
            # The expression may begin on a blank line that it swallowed: the name's own place is what counts.
            line = self.code.count("\n", 0, match.start(1)) + 1
            yield match.group(1), line, self._paragraph(line)

    def _paragraph(self, line):
        lines = self.lines
        first = last = line - 1
        while first > 0 and lines[first - 1].strip():
            first -= 1
        while last + 1 < len(lines) and lines[last + 1].strip():
            last += 1
        # A comment may hold blank " *" lines but no truly blank ones, so that the paragraph is whole.
        return "\n".join(lines[first:last + 1])


def blank(match):
    """Spaces for a comment or a literal, with its quotes and line breaks kept."""
    text = match.group(0)
    if text[0] in "\"'":
        return text[0] + " " * (len(text) - 2) + text[-1]
    return re.sub(r"[^\n]", " ", text)


class Tree:
    """Paths are relative to the root, with slashes."""

    def __init__(self, texts, root=None):
        self.files = {path: SourceFile(path, text) for path, text in sorted(texts.items())}
        self.root = root

    @classmethod
    def read(cls, root):
        texts = {}
        for folder, folders, names in os.walk(root):
            at_root = os.path.samefile(folder, root)
            folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS and not (at_root and BUILD_FOLDER.match(f))]
            for name in names:
                path = os.path.join(folder, name)
                text = read_source(path)
                if text is not None:
                    texts[os.path.relpath(path, root)] = text
        return cls(texts, root)

    def get(self, path):
        file = self.files.get(path)
        return file.text if file else ""

    def under(self, *folders):
        return [f for f in self.files.values() if f.path.startswith(tuple(folder + "/" for folder in folders))]

    def c_files(self, *folders):
        chosen = self.under(*folders) if folders else self.files.values()
        return [f for f in chosen if f.is_c]

    def sources(self):
        """What people write as code here: C, Python and shell."""
        return [f for f in self.files.values() if f.is_c or f.is_python or f.is_shell]


def read_source(path):
    """The text of a source file or script; None for data, links and binaries."""
    if os.path.islink(path) or not os.path.isfile(path):
        return None
    suffix = os.path.splitext(path)[1]
    with open(path, "rb") as stream:
        if suffix not in TEXT_SUFFIXES and stream.read(2) != b"#!" and os.path.basename(path) != "POTFILES":
            return None
        stream.seek(0)
        try:
            return stream.read().decode("utf-8")
        except UnicodeDecodeError:
            return None
