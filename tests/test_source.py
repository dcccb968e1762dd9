from __future__ import annotations

import pytest
from trees import MemoryTree

from gitops_guard.errors import SourceError
from gitops_guard.origin import Map, Origin, Seq, Spelling
from gitops_guard.source import MAX_DEPTH, Dialect, Sources, decode, parse, parse_embedded


def load(text, dialect=Dialect.RESOURCE, **options):
    return parse(text.encode() if isinstance(text, str) else text, "f.yaml").load(dialect, **options)


def failure(text, dialect=Dialect.RESOURCE, **options):
    with pytest.raises(SourceError) as caught:
        load(text, dialect, **options)
    return caught.value.rule, caught.value.line


@pytest.mark.parametrize(("text", "expected"), [
    ("", []), ("# only a comment\n", []), ("---\n---\na: 1\n", [None, {"a": 1}]), ("a: 1\n...\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
    ("{}", [{}]), ("[]", [[]]), ("text", ["text"]), ('{"a": [1, {"b": null}]}', [{"a": [1, {"b": None}]}]),
    ("a: &x {b: 1}\nc: *x\n", [{"a": {"b": 1}, "c": {"b": 1}}]), ("a: &x {b: 1, c: 1}\nd: {<<: *x, b: 2}\n", [{"a": {"b": 1, "c": 1}, "d": {"b": 2, "c": 1}}]),
    ("a: {<<: [{b: 1}, {b: 2, c: 2}]}", [{"a": {"b": 1, "c": 2}}]), ("a:\r\n  b: 1\r\n", [{"a": {"b": 1}}]), ("a:\tb\n", [{"a": "b"}]),
    ("\ufeffa: 1\n", [{"a": 1}]), ("%YAML 1.1\n---\na: 1\n", [{"a": 1}]), ("a: |\n  x\n\n  y\n", [{"a": "x\n\ny\n"}]),
    ("a: >\n  x\n  y\n", [{"a": "x y\n"}]), ("'yes': yes", [{"yes": "yes"}]), ('"a\\x41\\u00e9": 1', [{"aAé": 1}]),
])
def test_documents(text, expected):
    assert load(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("{b: 1, <<: {b: 2}}", {"b": 2}), ("{<<: {b: 2}, b: 1}", {"b": 1}), ("{<<: {b: 1}, <<: {b: 2}}", {"b": 2}), ("{<<: [{b: 1}, {b: 2, c: 2}]}", {"b": 1, "c": 2}),
    ("{b: 1, <<: {b: 2}, c: 3, <<: [{b: 4}, {c: 5}]}", {"b": 4, "c": 5}), ("{b: 1, !!merge <<: {b: 2}}", {"b": 2}), ("{b: 1, '<<': {b: 2}}", {"b": 1, "<<": {"b": 2}}),
    ("{<<: {<<: {b: 1}, b: 2}, c: 3}", {"b": 2, "c": 3}),
])
def test_merge_keys_of_manifests_work_where_they_stand(text, expected):
    stream = parse(text.encode(), "f.yaml")
    assert stream.load(Dialect.MANIFEST, duplicates=True) == [expected]


def test_merge_keys_twice_over():
    def listed(text):
        stream = parse(text.encode(), "f.yaml")
        stream.load(Dialect.MANIFEST, duplicates=True)
        return [(error.rule, error.column) for error in stream.duplicates]
    assert listed("{b: 1, <<: {b: 2}}") == listed("{<<: {b: 1}, b: 2}") == listed("{<<: {b: 1}, <<: {b: 2}}") == []
    assert listed("{<<: {b: 1}, b: 2, b: 3}") == [("source/duplicate-key", 20)]
    assert listed("{b: 1, <<: {b: 2}, b: 3}") == [("source/duplicate-key", 20)]


@pytest.mark.parametrize("text", ["{b: 1,\n<<: {b: 2}}", "{<<: {b: 1},\nb: 2}", "{<<: {b: 1},\n<<: {b: 2}}", "{c: 1,\n<<: [{b: 1}, {b: 2}]}"])
def test_merge_keys_of_strict_manifests(text):
    assert failure(text, Dialect.MANIFEST) == ("source/duplicate-key", 2)
    assert load("{<<: {b: 1}, <<: {c: 2}, d: 3}", Dialect.MANIFEST) == [{"b": 1, "c": 2, "d": 3}]


@pytest.mark.parametrize("merged", ["1", "", "[1]", "[[]]", "*x"])
def test_merge_keys_that_merge_nothing(merged):
    assert failure(f"a: &x [{{b: 1}}]\n<<: {merged}\n", Dialect.MANIFEST) == ("source/invalid-yaml", 2)


@pytest.mark.parametrize(("text", "expected"), [
    ("!!str 5", "5"), ("!!int 5", 5), ("!!float 5", 5.0), ("!!bool true", True), ("!!null ~", None), ("!!binary aGk=", "hi"), ("!foo 5", "5"),
    ("! 5", "5"), ("!!timestamp 2020-01-01", "2020-01-01T00:00:00Z"),
])
def test_tags(text, expected):
    assert load(text) == [expected]


@pytest.mark.parametrize("text", ["!!int x", "!!bool 5", "!!binary '*'", "!!null x", "!!int true"])
def test_wrong_tags(text):
    assert failure(text) == ("source/invalid-yaml", 1)


def test_positions():
    root = load("a: 1\nlist:\n- x\n-   y: 'z'\ntext: |  # a comment\n\n    inner\n  # no comment\nb:\n  deep: >-\n    folded\n")[0]
    assert root.at["a"] == Origin("f.yaml", 1, 4, True, 1, 1)
    assert root.at["list"][:6] == ("f.yaml", 3, 1, True, 2, 1)
    assert root["list"].at[0][:3] == ("f.yaml", 3, 3)
    assert root["list"][1].at["y"] == Origin("f.yaml", 4, 8, True, 4, 5, spelling=Spelling("'"))
    assert (root.at["text"].line, root.at["text"].block) == (5, 5)
    assert root["b"].at["deep"].block == 0


@pytest.mark.parametrize(("text", "block"), [
    ("a: |\n  x\n", 3), ("a: |2\n    x\n", 3), ("- |\n x\n", 2), ("a: |-\n\n   x\n", 4), ("a: !!str |\n  x\n", 3), ("a: &b |\n  x\n", 3), ("a: x\n", 0), ("a: >\n  x\n", 0),
])
def test_the_column_of_a_literal_block(text, block):
    root = load(text)[0]
    assert (root.at["a"] if type(root) is Map else root.at[0]).block == block


def test_an_absent_null_is_told_from_a_written_one():
    root = load("a:\nb: ~\nc: null\nd: ''\n")[0]
    assert [(key, origin.absent) for key, origin in root.at.items()] == [("a", True), ("b", False), ("c", False), ("d", False)]


def test_nothing_in_a_flow_mapping():
    assert load("{a: , b}")[0] == {"a": "", "b": ""}
    assert load("{a: , b}", Dialect.MANIFEST)[0] == {"a": None, "b": None}


def test_comments():
    stream = parse(b"# one\na: 1 # two\nb: '# no'\nc: | # three\n  # text\nd: x#y\n  # four\n", "f.yaml")
    assert [(c.line, c.column, c.text, c.alone, c.embedded) for c in stream.comments()] == [
        (1, 1, "# one", True, False), (2, 6, "# two", False, False), (4, 6, "# three", False, False), (5, 3, "# text", True, True),
        (7, 3, "# four", True, False)]


def test_duplicates():
    text = "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n"
    assert failure(text) == ("source/duplicate-key", 4)
    stream = parse(text.encode(), "f.yaml")
    assert stream.load(Dialect.MANIFEST, duplicates=True) == [{"a": 3, "b": {"c": 2}}]
    assert [(error.line, error.column) for error in stream.duplicates] == [(4, 3), (5, 1)]


@pytest.mark.parametrize(("key", "manifest"), [
    ("1", "1"), ("yes", "true"), ("on", "true"), ("0x10", "16"), ("1.50", "1.5"), ("true", "true"), ("2020-01-01", "2020-01-01"), ("'1'", "1"),
])
def test_keys_of_other_types(key, manifest):
    assert load(f"{key}: 1", Dialect.MANIFEST, any_key=True) == [{manifest: 1}]


@pytest.mark.parametrize(("key", "text"), [("1", "1"), ("yes", "yes"), ("0x10", "0x10"), ("2020-01-01", "2020-01-01")])
def test_keys_as_written(key, text):
    assert load(f"{key}: 1", any_key=True) == [{text: 1}]


@pytest.mark.parametrize("key", ["1", "true", "~", "1.5", "2020-01-01", "[a]", "{a: b}", "? [a]\n"])
def test_keys_that_are_no_strings(key):
    assert failure(f"{key}: 1") == ("source/invalid-yaml", 1)


def test_a_null_key_is_never_read():
    assert failure("~: 1", Dialect.MANIFEST, any_key=True) == ("source/invalid-yaml", 1)


@pytest.mark.parametrize(("text", "line"), [
    ("a: b: c\n", 1), ("a:\n  - b\n c: d\n", 3), ("a: 'x\n", 1), ('a: "\\q"\n', 1), ("\ta: 1\n", 1), ("a: *x\n", 1), ("%YAML 1.2\n---\na: 1\n", 1),
    ("a: &x [*x]\n", 1), ("a: @b\n", 1), ("a: {b: 1\n", 1), ("a: 1\n{{ template }}\n", 2), ("a: {<<: 1}\n", 1), ('a: 1\nb: "x\\/y"\n', 2),
])
def test_invalid(text, line):
    assert failure(text) == ("source/invalid-yaml", line)


def test_an_escaped_slash_is_json_alone():
    assert load('{"a": "x\\/y"}', Dialect.MANIFEST) == [{"a": "x/y"}]
    assert failure('{"a": "x\\/y"}') == ("source/invalid-yaml", 1)
    assert load('"x\\\\/y"') == ["x\\/y"]


@pytest.mark.parametrize(("data", "line"), [(b"a: 1\nb: \xff\n", 2), (b"a: \xc3\x28", 1), ("a: é".encode("latin-1"), 1)])
def test_no_utf8(data, line):
    assert failure(data) == ("source/invalid-yaml", line)


def test_utf16():
    assert decode("a: é".encode("utf-16"), "f.yaml") == "a: é"


@pytest.mark.parametrize("data", [b"a: \x01\n", b"a: \x7f\n"])
def test_control_characters(data):
    assert failure(data)[0] == "source/invalid-yaml"


def test_depth():
    assert load("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    assert failure("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == ("source/hostile-input", 1)


def test_an_alias_bomb():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 8)]
    assert failure("\n".join(lines)) == ("source/hostile-input", 6)


def test_messages_hold_no_text_of_the_file():
    with pytest.raises(SourceError) as caught:
        load("a: *hunter2\n")
    assert "hunter2" not in caught.value.message


def test_embedded_positions():
    root = load("patch: |\n  a: 1\n  b:\n    c: 2\nquoted: 'a: 1'\n")[0]
    inner = parse_embedded(root["patch"], root.at["patch"]).load(Dialect.RESOURCE)[0]
    assert inner.at["a"][:4] == ("f.yaml", 2, 6, False)
    assert inner["b"].at["c"][:4] == ("f.yaml", 4, 8, False)
    quoted = parse_embedded(root["quoted"], root.at["quoted"]).load(Dialect.RESOURCE)[0]
    assert quoted.at["a"][:4] == ("f.yaml", 5, 9, False)


def test_an_embedded_error_is_in_the_file():
    root = load("patch: |\n  a: 1\n  b: c: d\n")[0]
    with pytest.raises(SourceError) as caught:
        parse_embedded(root["patch"], root.at["patch"]).load(Dialect.RESOURCE)
    assert (caught.value.file, caught.value.line) == ("f.yaml", 3)


def test_folded_blocks_are_kustomizes():
    text = "a: >\n  one\n    two\n"
    assert load(text) == [{"a": "one\n\n  two\n"}]
    assert load(text, Dialect.MANIFEST) == [{"a": "one\n  two\n"}]


def test_a_file_is_read_once():
    tree = MemoryTree({"a.yaml": "a: 1\n", "bad.yaml": "a: [\n"})
    sources = Sources(tree)
    assert sources.stream("a.yaml") is sources.stream("a.yaml")
    for _ in range(2):
        with pytest.raises(SourceError):
            sources.stream("bad.yaml")
    assert tree.reads == ["a.yaml", "bad.yaml"]
    assert [path for path, _ in sources.parsed()] == ["a.yaml"]
    assert sources.text("a.yaml") == "a: 1\n"
    with pytest.raises(FileNotFoundError):
        sources.stream("none.yaml")


def test_containers():
    root = load("a: [1]\n")[0]
    assert type(root) is Map
    assert type(root["a"]) is Seq
    assert len(root["a"].at) == 1


READERS = [(dialect, duplicates, any_key) for dialect in Dialect for duplicates in (False, True) for any_key in (False, True)]


def placed(value):
    """A value with all its origins."""
    if isinstance(value, Map):
        return [(key, placed(item), value.at.get(key)) for key, item in value.items()]
    return [(placed(item), at) for item, at in zip(value, value.at, strict=True)] if isinstance(value, Seq) else (type(value), value)


def read(stream, reader):
    try:
        return [placed(document) for document in stream.load(reader[0], duplicates=reader[1], any_key=reader[2])]
    except SourceError as error:
        return error.rule, error.message, error.line, error.column


@pytest.mark.parametrize("text", [
    "a: text\nb: 1\nc: [x, 0x1F, true]\nd:\n", "a: yes\n", "a: [n]\n", "yes: 1\n", "on: x\n", "1: x\n", "null: x\n", "~: x\n",
    "a: 2001-02-03\n", "2001-02-03: x\n", "a: abcd-efgh\nb: 1234-5\n", "a: >\n  x\n\n    y\n  z\n", "a: >\n  x\n  y\n", "a: {b: }\n", "a: [b, ]\n",
    "a: {b}\n", "a: !!str yes\n", "a: !x 1\n", "a: ! 1\n", "a: 1\na: 2\n", "a: &x yes\nb: *x\n", "&x yes: 1\nb: *x\n", "a: &x {b: 1}\nc: {<<: *x, d: no}\n",
    'a: "x\\/y"\n', '{"a": "x\\/y"}', "? a\n: b\n", "? |\n  a\n: b\n", "a: |\n  x\n", "---\n---\na: off\n", "", "a: ''\nb: \"\"\n", "'1': x\n\"yes\": y\n",
    "a: .5\nb: 1e3\nc: 0o7\nd: 1_000\ne: +1\nf: -.inf\n", "<<: {a: 1}\nb: 2\n", "'<<': {a: 1}\n", "a: {<<: {b: 1}, <<: {c: 1}}\n", "a: {b: 1, <<: {b: 2}}\n", "a: {<<: {b: 1}, b: 2}\n", "a: 1\n? [b]\n: c\n",
])
def test_who_read_a_file_before_makes_no_difference(text):
    for second in READERS:
        alone = read(parse(text.encode(), "f.yaml"), second)
        for first in READERS:
            stream = parse(text.encode(), "f.yaml")
            read(stream, first)
            assert read(stream, second) == alone, (first, second)
            assert stream.origins() == parse(text.encode(), "f.yaml").origins()
            assert stream.comments() == parse(text.encode(), "f.yaml").comments()
