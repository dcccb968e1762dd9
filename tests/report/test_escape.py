from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.report import escape


@pytest.mark.parametrize(("text", "shown"), [
    ("plain text, \u5e97 and \u00e9", "plain text, \u5e97 and \u00e9"),
    ("two\nlines\tand a tab", "two lines and a tab"),
    ("\x1b[31m", r"\x1b[31m"),
    ("\x9b31m\x7f\x00", r"\x9b31m\x7f\x00"),
    ("a\u202eb\u200b\u2066\ufeff", r"a\u202eb\u200b\u2066\ufeff"),
    ("\udc80\U000e0041", r"\udc80\U000e0041"),
    ("##[error]x", r"##\[error]x"),
])
def test_visible(text, shown):
    assert escape.visible(text) == shown


@pytest.mark.parametrize(("text", "data", "value"), [
    ("50%, a:b", "50%25, a:b", "50%25%2C a%3Ab"),
    ("a\r\nb", r"a\x0d b", r"a\x0d b"),
    ("%0A::error::", "%250A::error::", "%250A%3A%3Aerror%3A%3A"),
])
def test_workflow_commands(text, data, value):
    assert escape.workflow_data(text) == data
    assert escape.workflow_property(text) == value


@pytest.mark.parametrize(("text", "shown"), [
    ("<script>&\"'", "&lt;script&gt;&amp;&quot;&#39;"), ("]]>", "]]&gt;"), ("a\n\x00b", "a\n\\x00b"),
    ("::error::", "&#58;:error&#58;:"),
])
def test_xml(text, shown):
    assert escape.xml(text) == shown


@pytest.mark.parametrize(("text", "shown"), [
    ("a|b `c` *d* _e_ ~f~ $g$", r"a\|b \`c\` \*d\* \_e\_ \~f\~ <span>$</span>g<span>$</span>"),
    ("[x](http://y) <b>&amp;", r"\[x\](http:<!-- -->//y) &lt;b&gt;&amp;amp;"),
    ("@who fixes #12 of a@b", "@<!-- -->who fixes #<!-- -->12 of a@<!-- -->b"),
    ("see GH-3, www.a.example, https://a.example", "see GH<!-- -->-3, www<!-- -->.a.example, https:<!-- -->//a.example"),
    ("# no heading\n- no list", "# no heading - no list"),
])
def test_markdown(text, shown):
    assert escape.markdown(text) == shown


@pytest.mark.parametrize(("text", "shown"), [("a[0] is wrong", "a[0] is wrong"), (r"[x](1) \ y", r"\[x\](1) \\ y")])
def test_sarif_message(text, shown):
    assert escape.sarif_message(text) == shown


@pytest.mark.parametrize(("path", "uri"), [
    ("a/b.yaml", "a/b.yaml"), ("a b/50%:#?.yaml", "a%20b/50%25%3A%23%3F.yaml"), ("\u5e97/\udcff", "%E5%BA%97/%FF"),
])
def test_uri(path, uri):
    assert escape.uri(path) == uri


@given(st.recursive(st.text(max_size=6) | st.integers() | st.none(), lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=6))
def test_json_is_ascii_and_says_the_same(value):
    text = escape.json_text(value)
    assert text.isascii()
    assert json.loads(text) == value


@pytest.mark.parametrize("word", ["\udc80", "\ud83d x", "\\ud800", "\x7f", "##[error]", "\U0001f600"])
def test_json_of_odd_text(word):
    text = escape.json_text({"a": word})
    assert json.loads(text)["a"] == "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in word)
    assert "\x7f" not in text
    assert "##[" not in text


@pytest.mark.parametrize(("text", "shown"), [
    ("a `x[0]` and *b*\n\nnext", "a `x[0]` and \\*b\\*\n\nnext"), ("``a`b`` <x>", "``a`b`` &lt;x&gt;"), ("`open [l](u)", r"\`open \[l\](u)"),
    ("@who `@who`", "@<!-- -->who `@who`"), ("`\x1b`", r"`\x1b`"),
])
def test_markdown_words(text, shown):
    assert escape.markdown_words(text) == shown
