#!/usr/bin/env python3
"""check_style.py - the house rules that no formatter knows.

    tools/check_style.py [ROOT]

Looks at every file that git tracks or would track under ROOT (default: this checkout): white space,
last line, size, paths of one machine, header guards, unique names, words and calls that do not
belong, and whether the links, files and symbols named in documents exist. Prints one line a fault.
Exit code 1 when there is one.
"""
import pathlib
import re
import subprocess
import sys

CODE = {".c", ".h", ".cu", ".cuh", ".inc"}
TEXT = CODE | {".md", ".py", ".sh", ".cmake", ".txt", ".json", ".yaml", ".yml", ".in", ".map", ""}
MAX_LINES = {".c": 900, ".h": 300, ".cu": 800, ".cuh": 300}
# C and CUDA lines are the formatter's business
MAX_COLUMNS = {".py": 125, ".sh": 100, ".cmake": 120, ".txt": 120}
# tests hold damaged and foreign files on purpose; data is what its owner made it
NOT_OURS = ("tests/fuzz/corpus/", "tests/data/", "data/", "LICENSE")

ABSOLUTE = re.compile(r"(?<![\w./$}>])/(?:home|root|work|Users|mnt|media|data)/\w|\b[A-Z]:\\\\\w")
# assembled, so that this file passes its own check
BARE_MARK = re.compile(r"\b(?:FIX" + r"ME|XX" + r"X|HA" + r"CK|TO" + r"DO(?!\(#\d+\)))\b")
RESERVED = re.compile(r"^\}?\s*(?:typedef\b.*?|\})\s*(\w+_t)\s*;", re.M)
LIBRARY_CALL = re.compile(
    r"(?<![\w.>])(printf|puts|putchar|perror|exit|_exit|abort|system|popen)\s*\(")
BARE_IF = re.compile(r"^\s*#\s*if\s+0\b", re.M)
CUDA_SWITCH = re.compile(
    r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b.*\b(?:ORATOR|ORA)_(?:HAVE_)?CUDA\b", re.M)
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE_SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
SYMBOL = re.compile(r"^((?:ora|orator|ORATOR|ORA)_\w+)(?:\(.*\))?$")
TREE_PATH = re.compile(r"^(?:include|src|tests|tools|docs|cmake|configs|data|\.ci)/[\w./-]*$")


def tracked(root):
    """Files of the tree, relative; all files where ROOT is no git checkout."""
    run = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others",
                          "--exclude-standard"], capture_output=True, check=False)
    if run.returncode == 0:
        names = run.stdout.decode().split("\0")
    else:
        names = [p.relative_to(root).as_posix() for p in root.rglob("*")]
        names = [n for n in names if not n.startswith(("build/", "out/"))]
    return sorted(n for n in names if n and (root / n).is_file())


def is_generated(text):
    return "generated" in text.split("\n", 1)[0].lower()


def white_space_faults(name, text):
    if text and not text.endswith("\n"):
        yield 0, "no newline at the end"
    may_tab = name.split("/")[-1] in ("Makefile", ".gitmodules")
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield number, "blanks at the end of the line"
        if "\t" in line and not may_tab:
            yield number, "tab"


def text_faults(name, text):
    for number, line in enumerate(text.split("\n"), 1):
        if ABSOLUTE.search(line):
            yield number, "path of one machine: " + ABSOLUTE.search(line).group(0)
        if BARE_MARK.search(line):
            yield number, "unfinished business: " + BARE_MARK.search(line).group(0)


def size_faults(path, text):
    lines = text.split("\n")
    if is_generated(text):
        return
    limit = MAX_LINES.get(path.suffix)
    if limit and len(lines) > limit:
        yield 0, f"{len(lines)} lines, at most {limit}"
    columns = MAX_COLUMNS.get(path.suffix, 1 << 30)
    for number, line in enumerate(lines, 1):
        if len(line) > columns:
            yield number, f"{len(line)} columns, at most {columns}"


def guard_fault(name, text):
    path = pathlib.PurePosixPath(name)
    prefix = "ORATOR_" if name.startswith("include/") else "ORA_"
    want = prefix + re.sub(r"\W", "_", path.name).upper()
    found = re.search(r"^#ifndef (\w+)\n#define (\w+)$", text, re.M)
    if not found or found.group(1) != want or found.group(2) != want:
        return f"header guard is not {want}"
    if not text.endswith(f"#endif /* {want} */\n") and not text.endswith(f"#endif // {want}\n"):
        return f"last line is not '#endif' with {want} beside it"
    return None


def code_faults(name, text):
    if name.endswith((".h", ".cuh")):
        fault = guard_fault(name, text)
        if fault:
            yield 0, fault
    for match in RESERVED.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, f"POSIX keeps the name {match.group(1)}"
    for match in BARE_IF.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, "dead code under #if 0"
    if not name.startswith("src/host/"):
        return
    for match in CUDA_SWITCH.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, "host code must not ask whether CUDA is built"
    if name.startswith("src/host/cli/"):
        return
    bare = COMMENT_OR_STRING.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)
    for match in LIBRARY_CALL.finditer(bare):
        number = bare.count("\n", 0, match.start()) + 1
        yield number, f"the library must not call {match.group(1)}()"


def name_faults(names):
    seen = {}
    for name in names:
        base = name.split("/")[-1]
        if name.startswith("src/") and pathlib.PurePosixPath(name).suffix in CODE:
            if base in seen:
                yield name, f"same file name as {seen[base]}"
            seen.setdefault(base, name)


def anchors(text):
    heads = re.findall(r"^#+\s+(.*?)\s*$", FENCE.sub("", text), re.M)
    plain = (re.sub(r"[^\w\- ]", "", head).strip().lower() for head in heads)
    return {head.replace(" ", "-") for head in plain}


def link_fault(root, name, target):
    if re.match(r"[a-z]+:", target):
        return None
    path, _, anchor = target.partition("#")
    file = (root / name).parent / path if path else root / name
    if not file.exists():
        return f"link to {target}, which is not there"
    if anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
        return f"link to {target}: no such heading"
    return None


def document_faults(root, name, text, symbols):
    """Links, files and symbols; a line that says (planned) may name what is not there yet."""
    body = FENCE.sub(lambda m: "\n" * m.group(0).count("\n"), text)
    for number, line in enumerate(body.split("\n"), 1):
        for target in LINK.findall(CODE_SPAN.sub("", line)):
            fault = link_fault(root, name, target)
            if fault:
                yield number, fault
        if "(planned)" in line or name == "CHANGELOG.md":
            continue
        for span in CODE_SPAN.findall(line):
            symbol = SYMBOL.match(span)
            if symbol and symbol.group(1) not in symbols:
                yield number, f"names {symbol.group(1)}, which is not in the sources"
            if TREE_PATH.match(span) and not (root / span).exists():
                yield number, f"names {span}, which is not there"


def main():
    default = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    names = tracked(root)
    texts = {}
    faults = []
    for name in names:
        path = root / name
        if name.startswith(NOT_OURS) or path.suffix not in TEXT:
            continue
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            faults.append((name, 0, "not UTF-8"))

    # CMake and shell define names that documents speak of, options among them
    symbols = set()
    for name, text in texts.items():
        if not name.endswith(".md"):
            symbols.update(re.findall(r"\b(?:ora|orator|ORATOR|ORA)_\w+", text))

    for name, text in texts.items():
        path = root / name
        found = list(white_space_faults(name, text)) + list(text_faults(name, text))
        found += size_faults(path, text)
        if path.suffix in CODE:
            found += code_faults(name, text)
        if path.suffix == ".md":
            found += document_faults(root, name, text, symbols)
        faults += [(name, number, what) for number, what in found]
    faults += [(name, 0, what) for name, what in name_faults(names)]

    for name, number, what in faults:
        print(f"{name}:{number}: {what}" if number else f"{name}: {what}")
    if not texts:
        print(f"{root}: no files found")
        return 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
