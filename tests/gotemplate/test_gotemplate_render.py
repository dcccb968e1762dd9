"""What isn't a table: lines of errors, what can't be known, functions brought by the caller, data left alone."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_guard.gotemplate import GoTemplateError, TemplateError, UnsupportedError, fast, render
from gitops_guard.gotemplate.functions import FUNCTIONS, UNKNOWN

LINES = [
    ("a\n{{ .x", 2),
    ("a\n\n{{ foo }}", 3),
    ("{{ if .a }}\n\n", 3),
    ("a\n{{ .name.x }}", 2),
    ("a\n{{ upper\n 1 }}", 3),
    ("{{/* two\nlines */}}\n{{ index .list 9 }}", 3),
    ("a  \n{{- foo }}", 2),
    ("a {{ .name -}}\n\n{{ $x }}", 3),
    ("{{ `raw\n` }}{{ fail `x` }}", 2),
    ("{{ define `t` }}\n{{ .x.y }}{{ end }}{{ template `t` 1 }}", 2),
]


@pytest.mark.parametrize(("text", "line"), LINES)
def test_an_error_has_the_line_of_its_place(text, line):
    with pytest.raises(TemplateError) as caught:
        render(text, {"name": "x", "list": [1.0]})
    assert caught.value.line == line
    assert caught.value.message == str(caught.value)


@pytest.mark.parametrize("name", sorted(UNKNOWN))
def test_what_cant_be_known_says_so_when_it_is_called(name):
    assert render("{{ if .no }}{{ " + name + " 1 }}{{ end }}ok", {"no": False}) == "ok"
    with pytest.raises(UnsupportedError) as caught:
        render("\n{{ " + name + " 1 }}", {})
    assert (caught.value.name, caught.value.line) == (name, 2)
    assert name in caught.value.message


@pytest.mark.parametrize("name", ["env", "expandenv", "getHostByName", "include", "lookup", "nope"])
def test_functions_that_argo_cd_does_not_have_are_refused(name):
    with pytest.raises(TemplateError, match=f'function "{name}" not defined'):
        render("{{ if false }}{{ " + name + " `x` }}{{ end }}", {})


@pytest.mark.parametrize(
    "text",
    ["{{ keys .m }}", "{{ first (keys .m) }}", "{{ range values .m }}{{ end }}", "{{ keys .m | join `,` }}", "{{ $k := keys .m }}{{ $k }}"],
)
def test_a_random_order_is_not_guessed(text):
    with pytest.raises(UnsupportedError, match="order"):
        render(text, {"m": {"a": "1", "b": "2"}})
    assert render(text, {"m": {"a": "1"}}) is not None


def test_the_caller_brings_yaml():
    brought = {"toYaml": lambda value: f"yaml of {sorted(value)}", "fromYaml": lambda text: {"text": text}, "fromYamlArray": lambda text: [text]}
    assert render("{{ toYaml .m }}|{{ (fromYaml `x`).text }}|{{ index (fromYamlArray `y`) 0 }}", {"m": {"b": 1.0, "a": 2.0}}, functions=brought) == "yaml of ['a', 'b']|x|y"
    with pytest.raises(TemplateError, match="wrong type"):
        render("{{ fromYaml .m }}", {"m": {}}, functions=brought)


def test_a_brought_function_refuses_by_value_error():
    def refuse(_value):
        raise ValueError("no YAML")

    with pytest.raises(TemplateError, match="error calling fromYaml: no YAML"):
        render("{{ fromYaml `x` }}", {}, functions={"fromYaml": refuse})


def test_the_data_are_left_alone():
    params = {"m": {"a": {"b": 1.0}}, "list": [1.0]}
    before = copy.deepcopy(params)
    text = "{{ $_ := set . `x` 1 }}{{ $_ := unset .m `a` }}{{ $_ := merge .m (dict `k` 1) }}{{ append .list 2 }}{{ .x }}{{ .m }}"
    assert render(text, params) == "[1 2]1map[k:1]"
    assert params == before


def test_messages_hold_no_values():
    params = {"secret": "hunter2", "list": ["hunter2"], "m": {"k": "hunter2"}}
    for text in ("{{ fail .secret }}", "{{ .secret.x }}", "{{ index .list `hunter` }}", "{{ semver .secret }}", "{{ add1 .m.k.z }}", "{{ mustFromJson .secret }}", "{{ regexFind .secret 1 }}"):
        with pytest.raises(TemplateError) as caught:
            render(text, params)
        assert "hunter2" not in caught.value.message


def test_cut_characters_are_whole_again_when_joined():
    assert render("{{ trunc 1 .x }}{{ substr 1 2 .x }}", {"x": "é"}) == "é"
    assert render("{{ trunc 1 .x }}", {"x": "é"}) == "\ufffd"


def test_an_int_of_the_data_is_an_int():
    assert render("{{ printf `%T %T` .i .f }} {{ repeat .i `x` }}", {"i": 3, "f": 3.0}) == "int float64 xxx"


def test_the_option_must_be_one_of_go():
    with pytest.raises(ValueError, match="sometimes"):
        render("x", {}, missing_key="sometimes")


def test_only_yaml_can_be_brought():
    with pytest.raises(ValueError, match="toYaml"):
        render("x", {}, functions={"upper": str.upper})


def test_fast_refuses_a_tag_without_end():
    with pytest.raises(TemplateError) as caught:
        fast.render("{{a}}\n{{b", {"a": "x"})
    assert caught.value.line == 2


BOMBS = {
    "endless": "{{ define `t` }}{{ template `t` }}{{ end }}{{ template `t` }}",
    "output": "{{ range until 2000 }}{{ repeat 1000 `x` }}{{ end }}",
    "repeat": "{{ repeat 1000000000 `x` }}",
    "nested repeat": "{{ repeat 1000 (repeat 1000 (repeat 1000 `x`)) }}",
    "until": "{{ until 1000000000 }}",
    "seq": "{{ seq 1 1000000000 }}",
    "range": "{{ range 1000000000 }}{{ end }}",
    "indent": "{{ indent 1000000000 `x` }}",
    "replace": "{{ $x := repeat 1000 `a` }}{{ replace `a` (replace `a` $x $x) $x }}",
    "doubling text": "{{ $x := `a` }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}{{ $x }}",
    "doubling list": "{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}{{ $x }}",
    "doubling json": "{{ $x := list 1 }}{{ range until 100 }}{{ $x = list $x $x }}{{ end }}{{ toJson $x }}",
    "join": "{{ join (repeat 100000 `x`) (until 10000) }}",
    "itself": "{{ $x := dict }}{{ $_ := set $x `x` $x }}{{ $x }}",
    "width": "{{ printf `%999999999d` 1 }}",
    "precision": "{{ printf `%.999999f` 1.5 }}",
    "regex size": "{{ regexFind `a{900}b{900}c{900}d{900}e{900}f{900}` `a` }}",
    "regex steps": "{{ regexFind `(x+x+)+y` (repeat 900000 `x`) }}",
    "regex growth": "{{ regexReplaceAll `` (repeat 10000 `x`) (repeat 1000 `y`) }}",
    "wrap": "{{ wrapWith 1 (repeat 1000 `x`) (repeat 10000 `a`) }}",
    "parentheses": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "blocks": "{{ if 1 }}" * 5000 + "{{ end }}" * 5000,
    "else if": "{{ if 0 }}" + "{{ else if 0 }}" * 5000 + "{{ end }}",
    "deep data": "{{ $x := list }}{{ range until 3000 }}{{ $x = list $x }}{{ end }}{{ toJson $x }}",
    "deep json": "{{ fromJson (repeat 100000 `[`) }}",
    "uniq": "{{ uniq (until 20000) }}",
    "many expressions": "{{ range until 1000 }}{{ regexMatch `(a?){50}a{50}` (repeat 200 `a`) }}{{ end }}",
    "many comparisons": "{{ $x := until 2000 }}{{ range until 1000 }}{{ uniq $x }}{{ end }}",
    "dig": "{{ $x := dict }}{{ range until 3000 }}{{ $x = dict `a` $x }}{{ end }}{{ deepEqual $x (deepCopy $x) }}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_bounded(name):
    with pytest.raises(UnsupportedError):
        render(BOMBS[name], {})


PIECES = st.sampled_from(
    ["{{", "}}", "{{-", "-}}", " ", "\n", "(", ")", "|", ".a", ".", "$", "$x", ":=", "=", ",", '"s"', "'c'", "`r`", "1", "-2.5", "nil", "true", "if", "else", "end", "range", "with", "define", "template", "block", "break", "print", "index", "/*", "*/", "é", "@", "\\"],
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_text_renders_or_is_refused(text):
    first = outcome(text, {"a": [1.0, {"a": None}]})
    assert first == outcome(text, {"a": [1.0, {"a": None}]})
    if isinstance(first, tuple):
        assert 1 <= first[1] <= text.count("\n") + 1


def outcome(text, params):
    """The text, or what is wrong and in which line."""
    try:
        return render(text, params)
    except GoTemplateError as error:
        return error.message, error.line


@given(st.text().filter(lambda text: "{{" not in text))
def test_a_text_without_actions_stays(text):
    assert render(text, {}) == text
    assert fast.render(text, {}) == text


CALLABLE = sorted(set(FUNCTIONS) - set(UNKNOWN))
WORDS = st.sampled_from([".s", ".n", ".l", ".m", ".z", ".q", "1", "2.5", '"a-b"', "true", "nil", "(list 1)", '(dict "a" 1)', "(until 2)", '"[a-"', '">=1"'])


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(CALLABLE), st.lists(WORDS, max_size=4))
def test_any_call_renders_or_is_refused(name, words):
    params = {"s": "x y", "n": 3.0, "l": ["b", "a"], "m": {"k": "v", "x": None}, "z": None}
    assert outcome("{{ " + " ".join([name, *words]) + " }}", params) is not None
