"""Every text that a user sees has an English translation with the same parameters."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import babel_extract

from foundation.language import PARTS, read_parts

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("foundation", "tenants", "policies", "platform", "api", "web", "admin", "server")
PARAMETER = re.compile(r"%\((\w+)\)")


def python_texts(file: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each N_("…"); anything but one literal text can't be looked up and is an error."""
    for node in ast.walk(ast.parse(file.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"):
            continue
        argument = node.args[0]
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            raise SystemExit(f"{file}:{node.lineno}: N_() takes one literal text")
        yield node.lineno, argument.value


def template_texts(file: Path) -> Iterator[tuple[int, str]]:
    with file.open("rb") as source:
        for line, _function, message, _comments in babel_extract(source, ("_", "gettext"), (), {}):
            text = message[0] if isinstance(message, tuple) else message
            if text:  # a variable's text is marked where it is written
                yield line, str(text)


def all_texts() -> Iterator[tuple[str, str]]:
    """(place, text) of every text in Python files and templates."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for line, text in python_texts(file):
                yield f"{file.relative_to(ROOT)}:{line}", text
        for file in sorted((ROOT / package).rglob("*.html")):
            for line, text in template_texts(file):
                yield f"{file.relative_to(ROOT)}:{line}", text


def faults() -> Iterator[str]:
    english = read_parts(PARTS)
    for place, text in all_texts():
        translation = english.get(text)
        if translation is None:
            yield f"{place}: no English for {text!r}"
        elif set(PARAMETER.findall(text)) != set(PARAMETER.findall(translation)):
            yield f"{place}: other parameters in English: {text!r} / {translation!r}"


def main() -> None:
    found = list(faults())
    print("\n".join(found) if found else "translations: complete")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
