"""Text from a repository -> text that a format can't mistake for its own syntax. Whoever shows such text shows it through here.

A terminal takes control characters for commands, a GitHub job's log takes `::error::` at a line's start and `##[error]` anywhere
(actions/runner, ActionCommand.cs), and bidirectional marks make a line look like another one.
"""

from __future__ import annotations

import json
import re
import urllib.parse
from typing import Any

# Control, format, surrogate and private-use characters, and line separators, as ranges: the same under every Python version.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ue000-\uf8ff\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U000e0000-\U000e007f\U000f0000-\U0010ffff]")
_LONE = re.compile("[\ud800-\udfff]")
_CODE = re.compile(r"((?<!`)(`+)(?!`)(.+?)(?<!`)\2(?!`))")
_MARKDOWN = re.compile(r"[\\`*_\[\]|~]")
# What GitHub looks for in the text itself: people, issues, and addresses without any brackets.
_REFERENCES = re.compile(r"[@#](?=\w)|\bGH(?=-\d)|:(?=//)|\bwww(?=\.)", re.IGNORECASE)


def visible(text: str) -> str:
    r"""One line without a character that does anything: line ends and tabs are spaces, the rest reads `\x1b` or `\u200b`."""
    shown = _UNSEEN.sub(_code, text) if _UNSEEN.search(text) else text
    return shown.replace("##[", "##\\[")


def _code(match: re.Match[str]) -> str:
    number = ord(match.group())
    if match.group() in "\n\t":
        return " "
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def json_text(value: Any, indent: int = 2) -> str:
    """JSON in plain ASCII, with a line end; a lone surrogate, which no decoder agrees on, becomes U+FFFD."""
    text = json.dumps(value, indent=indent)
    if "\\ud" in text:
        text = json.dumps(json.loads(_LONE.sub("\ufffd", json.dumps(value, ensure_ascii=False))), indent=indent)
    # DEL is ASCII, and a log takes `##[` for a command inside JSON, too; neither occurs outside strings.
    return text.replace("\x7f", "\\u007f").replace("##[", "#\\u0023[") + "\n"


def workflow_data(text: str) -> str:
    """The message of a GitHub workflow command."""
    return visible(text).replace("%", "%25")


def workflow_property(text: str) -> str:
    """A property's value of a GitHub workflow command."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def xml(text: str) -> str:
    """Text or an attribute's value in XML 1.0 or HTML; line ends stay."""
    shown = "\n".join(visible(line) for line in text.split("\n"))
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("'", "&#39;")
    return shown.replace("::", "&#58;:")


def xml_line(text: str) -> str:
    """As `xml`, in one line."""
    return xml(visible(text))


def markdown(text: str) -> str:
    """Text in a paragraph or table cell of GitHub's Markdown: no markup, no link, no mention of a person or an issue."""
    shown = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = _MARKDOWN.sub(lambda match: "\\" + match.group(), shown)
    return _parted(shown)


def markdown_words(text: str) -> str:
    """Markdown of which the lines and the code stay; all else that means anything is text."""
    return "\n".join("".join(visible(part) if index % 4 == 1 else "" if index % 4 in (2, 3) else markdown(part)
                             for index, part in enumerate(_CODE.split(line))) for line in text.split("\n"))


def markdown_title(text: str) -> str:
    """One line in an element of HTML that stands in GitHub's Markdown, such as the summary of a fold."""
    return _parted(xml_line(text))


def _parted(text: str) -> str:
    """Without what GitHub finds in the text of a page; a dollar between tags begins no formula, a backslash would not do."""
    return _REFERENCES.sub(lambda match: match.group() + "<!-- -->", text).replace("$", "<span>$</span>")


def sarif_message(text: str) -> str:
    """Text in a SARIF message, where brackets make links (SARIF 2.1.0, 3.11.6)."""
    shown = visible(text)
    return re.sub(r"[\\\[\]]", lambda match: "\\" + match.group(), shown) if "](" in shown else shown


def uri(path: str) -> str:
    """A path relative to the root as a URI reference; bytes that are no UTF-8 keep their value."""
    return urllib.parse.quote(path, safe="/", errors="surrogateescape")
