"""The text of a Rego v1 module -> the same module below `data.lib`, the one place where Gatekeeper lets templates have libraries.

frameworks/constraint/pkg/regorewriter: packages of libraries and all references to `data` must begin with `lib`; `import
rego.v1` is refused there, and says nothing in a module that is v1 already. Strings and comments stay as they are.
"""

from __future__ import annotations

import re

from ..rego_file import SILENT

_TOKEN = re.compile(
    rf"(?P<kept>{SILENT})"
    r"|(?P<dotted>\.[ \t]*[A-Za-z_]\w*)"
    r"|(?P<v1>\bimport[ \t]+rego\.v1\b[ \t]*\n?)"
    r"|(?P<package>\bpackage[ \t]+)"
    r"|(?P<data>\bdata\b(?=[ \t]*[.\[]))"
    r"|(?P<word>\w+)"
    r"|(?P<tab>\t)")


def below_lib(text: str) -> str:
    """The module as Gatekeeper wants it. Tabs between tokens become spaces, so that YAML can show it as a block."""
    return _TOKEN.sub(_moved, text)


def _moved(token: re.Match[str]) -> str:
    text = token.group()
    if token["v1"]:
        return ""
    if token["package"]:
        return f"{text}lib."
    if token["data"]:
        return "data.lib"
    return "    " if token["tab"] else text

