"""Calls of every builtin that a policy may use, with values at the edges: what both engines are asked.

An argument is JSON, which the calls take from the input so that no compiler knows its type; or, where JSON has no form for it, Rego.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gitops_guard.evaluate.builtin_names import ARITIES

_TEXTS = [
    "", "a", "abc", "aXbXc", "A\u00c9\u0130\u00df\u01c5\u03a3\u03a3", "\u0131\u017f\ufb03e\u0301", "\U0001f468\u200d\U0001f469", "a\u0000b",
    " \t\u00a0\u0085\u2028\u200b\u3000x\ufeff ", '<&>\u2028"\\/', "%", "%s", "\u0664", "null", "true",
]
_NUMERALS = ["0", "1", "-1", " 1", "1 ", "1.0", "1.5", "-0", "010", "0x1f", "0b1", "1_000", ".5", "5.", "1e2", "1E+2", "1e400", "1e-400",
             "NaN", "Inf", "-inf", "1180591620717411303424", "~", "1,5", "\u0663"]
_NUMBERS = ["0", "1", "-1", "2", "10", "255", "1.0", "1.5", "-1.5", "2.5", "0.1", "1e2", "1e20", "1e21", "1e-7", "9007199254740993",
            "9223372036854775807", "-9223372036854775808", "18446744073709551615", "1180591620717411303424", "1e300"]
_OTHERS = ["null", "true", "[]", "{}"]
_ARRAYS = ["[]", "[1]", '["a", "b"]', '["b", "a", "a"]', '[null, true, 1, 1.5, "a", [], {}]', "[[1], [1, 2]]", "[3, 1.5, -2, 0.25]", '["a", 1]']
_OBJECTS = ["{}", '{"a": 1}', '{"a": {"b": [1, {"c": null}]}, "d": "e"}', '{"1": "x", "a/b": 2, "~": 3}', '{"a": "b", "b": "c"}']
_SETS = ["set()", "{1}", '{"a", "b"}', '{1, "1", true, null}', "{2, 1, 1.5}", "{[1], {2}}", '{"b", "ab", "a"}']
_KEYED = ['{1: "a", true: "b", null: {[1]: "c"}}']
_TIMES = ["0", "1", "-1", "1700000000123456789", "-62135596800000000000", "9223372036854775807", "9223372036854775808", "1.5",
          '[0, "UTC"]', '[1700000000000000000, "Europe/Berlin"]', '[1700000000000000000, ""]', '[0, "Nowhere/Land"]', "[0]", '[0, "UTC", "RFC850"]',
          '[1700000000123456789, "America/New_York", "2006-01-02T15:04:05.000Z07:00"]', '[1700000000123456789, "UTC", "Jan _2 3:04PM .999 MST"]']
_DURATIONS = ["1h", "1d", "1.5h", "-1m", "1h2m3s4ms5us6\u00b5s7ns", "", "0", "1", "1 h", "+5s", ".5s", "1e3s", "9999999h", "2562047h47m16s", "1w", "1\u03bcs"]
_DATES = ["2023-11-14T22:13:20Z", "2023-11-14T22:13:20.123456789+05:30", "2023-11-14t22:13:20z", "2023-11-14 22:13:20Z", "2023-02-29T00:00:00Z",
          "0001-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "2023-11-14T24:00:00Z", "2023-11-14T23:59:60Z", "2023-11-14", ""]
_LAYOUTS = ["2006-01-02", "RFC3339", "RFC1123", "ANSIC", "Kitchen", "Mon Jan _2 15:04:05 2006", "02/01/06 3:04PM", "2006-01-02T15:04:05Z07:00", ""]
_VERSIONS = ["1.2.3", "v1.2.3", "V1.2.3", "1.2", "1", "", "01.2.3", "1.2.3-rc.1", "1.2.3-rc.2+b.1", "1.2.3-01", "1.2.3+", "1.2.3-", "1.2.3-a..b", " 1.2.3",
             "1.2.99999999999999999999", "-1.2.3", "1.2.3-alpha.beta", "1.2.3-1", "1.2.3-10", "1.2.3.4", "1.2.3-\u00e9"]
_YAMLS = ["010", "0o17", "0x1F", "0b11", "1_000", "yes", "No", "on", "~", "null", "", "a: b\na: c", "a: [1, 2.0, 1e3]", "- 1\n- x: y\n  z: {}", "a: &x {b: 1}\nc: *x",
          "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2", "1: a\ntrue: b\n~: c\n1.5: d", "a: |\n  x\n  y\n", "2001-12-14", "a: 2001-12-14T21:59:43Z", "!!str 1", "!x y", "--- a\n--- b",
          "a: 'b", "\t- a", "{a: 1, b}", "a: 1.0", ".inf", "-.inf", ".nan", "12e03", "+12", "0.", ".5", "1:30", "190:20:30", "=", "? a\n: b", "a: b: c", "[a, b", "\ufeffa: 1",
          "!!binary aGk=", "1180591620717411303424", "%YAML 1.1\n---\na", "# c", "a: ''\nb: \"\\u263a\"", '{"a": 1}', "- - 1", "a:\n- b\n-", "0777", "08", "1e400", "!!set {a}",
          "a: !!float 1", "'a'", "y", "Y: n", '!!int "3"', "0x8000000000000000", "-0", "+.inf", "0.1e1", "a:  ", "@a", "`a", "&a b"]
_JSONS = ["010", "1.0", "1e400", "-0", "1e2", '"a"', '"\\ud800"', '"\\u0000"', '{"a": 1, "a": 2}', "[1,]", "nul", "", " [1] ", "{} {}", "NaN", "[1180591620717411303424]", "'a'",
          '"a\tb"', '{"a":{"b":[null,true,1.50]}}', "\ufeff1", "//x\n1", "1.", ".1", "+1", '["\u2028"]']
_BASES = ["", "aGVsbG8=", "aGVsbG8", "aGVs\nbG8=", "aGVsbG8==", "_-8=", "/+8=", "_-8", "/w==", "/x==", "a", "aGVs bG8=", "=", "\u00e9", "YQ==YQ=="]
_HEXES = ["", "6869", "686", "FF", "ff", "0x61", "6G", " 61"]
_UNITS = ["1", "1K", "1k", "1Ki", "1KI", "1kI", "1M", "1m", "1Mi", "1mi", "100m", "0.5Gi", "1e3", "1E", "1e", "1Ei", "-1Gi", ".5", "1.", "", "K", "1 K", '"1K"', "1KB", "1kib", "1TB", "1n", "1u",
          "1h", "1d", "1Q", "1Qi", "1Y", "1Zi", "+1", "1e2K", "1.5e1", "1__0", "0x10", "10i", "1b", "1gb", "1GiB", "18446744073709551616", "1.1", "0.1k", "1\u00b5", "1f", "1da", "1e400", "--1", "1p", "1.5MiB"]
_CIDRS = ["10.0.0.0/30", "10.0.0.7/30", "10.0.0.1/32", "::/126", "2001:db8::1/127", "::1/128", "10.0.0.0", "10.0.0.0/33", "", "010.0.0.0/30", "1.2.3/30", "::ffff:10.0.0.0/126", "10.0.0.0/030",
          "10.0.0.0/+30", "fe80::1%eth0/127", "10.0.0.0/-1", "2001:DB8:0:0::/127"]
_ADDRESSES = ["10.0.0.1", "10.0.0.7/30", "10.0.0.9", "::1", "::ffff:10.0.0.1", "", "010.0.0.1", "10.0.0.0/8", "a"]
_PATTERNS = ["", "a", "^a+$", "a{,3}", "a{2,}", "a{,}", "{", "a{1", "}", "(", "[", "[a", "a**", "*", "x*", "a|", "(a)(b)?", "(?i)K", "(?P<n>b)", "(?<n>b)", r"\d", r"\w+", r"\s", r"\bx", r"\pL", r"\p{Greek}",
             r"\Qa.b\E", r"\C", r"\z", r"\Z", r"\a", r"[[:alpha:]]", r"[[:word:]]", r"[a&&b]", r"[a-b--b]", r"[a~~b]", "[[a]]", "[]a]", "[^]a]", "(?x) a b", "(?R)a", "(?u)a", "(?-u)a", r"\x{61}", r"\u0061",
             r"\u{61}", r"\141", r"\1", r"\<a", r"\b{start}a", "(?s).", ".", "(?m)^a$", "(?U)a+", "a{1001}", "a{1000}", "(?=a)", "(a", "a)", r"\é", r"\-", r"\&", r"\#", r"\~", r"[\d]", r"[\W]", r"\h", r"[\b]", "é",
             "(?i)\u017f", "[^a]", "[a-]", "[-a]", "[z-a]", "(?:a", "(?", "(?P<n>a)(?P<n>b)", "(?P<é>a)", r"\pN", r"\p{Lu}", r"\p{L}", r"\P{L}", r"\p{^L}", r"\p{Alphabetic}", r"\p{sc=Greek}", r"\D\S\W\B", "\\", "(a{1000}){1000}",
             r"\p{Any}", r"\p{Letter}", "(?i:a)B", "a??", "a{2}{3}", "(a*)*", "(|a)*", "(|a)+", "^*", "$", r"\A", "a\\"]
_SEARCHED = ["", "a", "aab", "AKÅ", "xax", "\u0663", "\u00e9", "a.b", "a\nb", "\u03b1 x", "k\u212a", "a{,3}", "\u00a0", "[a&&b]", "s\u017f", "-", "]"]
_FORMATS = ["%s", "%d", "%v", "%q", "%x", "%X", "%o", "%O", "%b", "%c", "%e", "%E", "%f", "%F", "%g", "%G", "%t", "%T", "%p", "%U", "%5d", "%-5d|", "%05d", "%+d", "% d", "%x", "%#x", "%#v", "%+v", "%.2f", "%6.2f", "%5s|",
            "%-5s|", "%.1s", "%05s", "%i", "%z", "%", "%%", "%5%", "a%!b", "%[1]d", "%[2]d", "%*d", "%.3v", "%+q", "%#q", "% x", "%w", "%5t", "%05.1f", "%.0f", "%é", "%08b", "%3c|", "%u", "%.10g", "%[1]d %[1]v", "%+.1e"]
_GIVEN = ["[]", "[1]", "[-3]", "[100000]", "[1.5]", "[-0.1]", "[1234567.25]", "[1.5e-7]", "[1180591620717411303424]", "[9007199254740993]", '["abc"]', '["<\\"é\\u0000"]', "[true]", "[null]", '[[1, "a"]]', '[{"a": ["b", 1.5]}, set()]', "[1, 2]", '["%d"]',
          "[3, 4]", "[128512]"]


class Call(NamedTuple):
    """A call: the name of the builtin, and its arguments."""

    name: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"


def _json(texts: Sequence[str]) -> list[str]:
    return [json.dumps(text) for text in texts]


_TEXT = _json(_TEXTS)
_SHORT = _json(["", "a", "b", "X", "ab", "\u00e9", "\U0001f469", " ", "\u00df", "a."])
_ANY = [*_OTHERS, *_ARRAYS[1:], *_OBJECTS[1:], *_SETS, *_TEXT, *(number for number in _NUMBERS if not {".0", "e"} & {number[-2:], number[1:2]} and len(number) < 21)]
_POOLS: dict[str, list[str]] = {
    "any": _ANY, "text": [*_TEXT, *_json(_NUMERALS), "1", "null", "[]", '{"a"}'], "short": [*_SHORT, "1", "null"], "number": [*_NUMBERS, "null", '"1"', "[]"],
    "small": ["-1", "0", "1", "2", "5", "1.0", "1.5", "1e20", "1180591620717411303424", "null", '"1"'],
    "array": [*_ARRAYS, "null", "{}", '{"a"}', '"a"'], "object": [*_OBJECTS, *_KEYED, "null", "[]", "1"], "sets": [*_SETS, "[]", "null", "{{1}, {2}}", "{set()}"],
    "group": [*_ARRAYS, *_SETS, "null", '"a"', '{"a": 1}'], "time": [*_TIMES, "null", '"0"', "[]"], "duration": [*_json(_DURATIONS), "1"], "date": [*_json(_DATES), "0"],
    "layout": _json(_LAYOUTS), "version": [*_json(_VERSIONS), "1"], "yaml": [*_json(_YAMLS), "1"], "json": [*_json(_JSONS), "1"], "base": [*_json(_BASES), "1"], "hex": [*_json(_HEXES), "1"],
    "unit": [*_json(_UNITS), "1"], "cidr": [*_json(_CIDRS), "1"], "address": [*_json(_ADDRESSES), "1"], "pattern": [*_json(_PATTERNS), "1"], "searched": _json(_SEARCHED), "format": [*_json(_FORMATS), "1"],
    "given": [*_GIVEN, "null", "{1}"], "uuid": _json(["", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "F47AC10B58CC4372A5670E02B2C3D479", "{f47ac10b-58cc-1372-a567-0e02b2c3d479}", "urn:uuid:f47ac10b-58cc-2372-a567-0e02b2c3d479",
                                                      "f47ac10b-58cc-1372-a567-0e02b2c3d47", "00000000-0000-0000-0000-000000000000", "f47ac10b-58cc-7372-8567-0e02b2c3d479", "f47ac10b_58cc_4372_a567_0e02b2c3d479"]),
    "paths": ['["a"]', '["a/b"]', '["/a/b/0"]', '[["a", "b", 0]]', '[["a", "b", "0"]]', '["a", "a/b"]', '["z"]', "[]", '[""]', "null", '["a~1b"]', '[["a/b"]]', '{"a", "d"}', '["1"]', "[1]", '{["a"]}'],
    "keys": ['["a"]', '{"a"}', '{"a": 9}', "[]", "[1, true]", "{1}", '"a"', "null", '[["a"]]', "[1.0]"],
    "key": ['"a"', '["a", "b"]', '["a", "b", 0]', '["a", "b", 1, "c"]', "[]", "1", "1.0", "true", "null", '["a", "b", "0"]', '["a", "b", -1]', '{"a"}', '["d", 0]'],
    "graph": ['{"a": ["b", "c"], "b": ["a"], "c": []}', '{"a": {"b"}, "b": null}', "{}", '{"a": "b"}', '{"a": ["z"]}', '{"a": ["b", ""], "b": ["c"]}', "null", "{1: [2], 2: []}", '{"a": ["a"]}', '{"a": [["b"]]}'],
    "starts": ['["a"]', '{"a", "b"}', "[]", '["z"]', '"a"', '[""]', "[1]", "null"],
    "options": ["{}", '{"pretty": true}', '{"pretty": false, "indent": " "}', '{"indent": "  "}', '{"prefix": "> "}', '{"pretty": true, "prefix": "#", "indent": "-"}', '{"indent": 1}', '{"x": 1}', "null", '{"pretty": "yes"}'],
    "replacement": _json(["", "x", "$1", "${1}", "$n", "${n}x", "$$", "$0", "$1x", "\\1", "${", "$"]),
    "template": _json(["urn:{[a-z]+}", "a{b}c{d}", "{", "}{", "", "{a", "a{a{1}}", "{a|b}c", "é{.}"]),
    "templated": _json(["urn:abc", "abcd", "", "a", "bc", "aa", "éx", "ac"]), "opening": _json(["{", "<", "", "{{"]), "closing": _json(["}", ">", ""]),
    "patterns": ['{"a": "b"}', '{"a": "b", "b": "c"}', '{"": "-"}', '{"a": 1}', "null", "{}", '{"ab": "x", "a": "y"}', "[]"],
    "base of digits": ["2", "8", "10", "16", "3", "0", "-2", '"10"'], "characters": _json(["", "a", "aX", "\u00e9", " \t", "\u200d"]),
    "set": [*_SETS, "[]", "null"], "texts": [*_ARRAYS[:4], '{"a", "b"}', '"a"', '""', "set()", '["a", 1]', "null"],
    "few": ["-2", "0", "1", "3", "1.0", "1.5", "null", '"1"'],  # neither engine counts to a large number in time
    "shift": ["-1", "0", "1", "70", "1.0", "1.5", "null"],  # by more, OPA itself ends in a panic
    "found": ["-1", "0", "1", "2", "1.0", "1.5", "1180591620717411303424", "null"],
}
_SPEC = """
    abs number|array.concat array array|array.reverse array|array.slice array small small|base64.decode base|base64.encode text|base64.is_valid base|base64url.decode base|base64url.encode text
    base64url.encode_no_pad text|bits.and number small|bits.lsh number shift|bits.negate number|bits.or number small|bits.rsh number shift|bits.xor number small|ceil number|concat short texts|contains text short
    count any|crypto.hmac.equal short short|crypto.hmac.md5 text short|crypto.hmac.sha1 short short|crypto.hmac.sha256 short short|crypto.hmac.sha512 short short|crypto.md5 text|crypto.sha1 text|crypto.sha256 text
    endswith text short|floor number|format_int number base_of_digits|glob.quote_meta text|graph.reachable graph starts|hex.decode hex|hex.encode text
    indexof text short|indexof_n text short|intersection sets|is_array any|is_boolean any|is_null any|is_number any|is_object any|is_set any|is_string any|json.filter object paths|json.is_valid json
    json.marshal any|json.marshal_with_options any options|json.remove object paths|json.unmarshal json|lower text|max group|min group|net.cidr_contains cidr address|net.cidr_expand cidr
    net.cidr_intersects cidr cidr|net.cidr_is_valid cidr|numbers.range few few|numbers.range_step few few few|object.filter object keys|object.get object key small|object.keys object|object.remove object keys
    object.subset any group|object.subset object object|object.union object object|object.union_n array|product group|regex.find_all_string_submatch_n pattern searched found|regex.find_n pattern searched found
    regex.is_valid pattern|regex.match pattern searched|regex.replace searched pattern replacement|regex.split pattern searched|replace text short short
    round number|semver.compare version version|semver.is_valid version|sort group|split text short|sprintf format given|startswith text short|strings.any_prefix_match texts texts|strings.any_suffix_match texts texts
    strings.count text short|strings.replace_n patterns text|strings.reverse text|substring text small small|sum group|time.add_date time small small small|time.clock time|time.date time
    time.parse_duration_ns duration|time.parse_rfc3339_ns date|time.weekday time|to_number text|to_number any|trace text|trim text characters|trim_left text characters
    trim_prefix text short|trim_right text characters|trim_space text|trim_suffix text short|type_name any|union sets|units.parse unit|units.parse_bytes unit|upper text|urlquery.decode text
    urlquery.decode_object text|urlquery.encode text|urlquery.encode_object object|walk any|yaml.is_valid yaml|yaml.unmarshal yaml
"""
_MOST = 300
"""Calls of one builtin."""


def calls() -> list[Call]:
    """All of them, in the order of the builtins; of too many combinations every n-th."""
    found: dict[Call, None] = {}
    for line in _SPEC.strip().replace("\n", "|").split("|"):
        name, *pools = line.split()
        combinations = list(itertools.product(*(_POOLS[pool.replace("_", " ")] for pool in pools)))
        step = -(-len(combinations) // _MOST)
        while step > 1 and any(len(_POOLS[pool.replace("_", " ")]) % step == 0 for pool in pools):
            step += 1
        found.update((Call(name, one), None) for one in combinations[::step])
    return list(found)


def missing() -> set[str]:
    """Builtins that no call asks for."""
    return {name for name in ARITIES if name not in ("print", "time.now_ns", "glob.match", "json.patch")} - {call.name for call in calls()}


def policy(asked: Sequence[Call]) -> str:
    """A rule for each call: `data.calls.x0` and so on."""
    return "package calls\n" + "".join(f"x{number} := {_written(number, call)}\n" for number, call in enumerate(asked))


def given(asked: Sequence[Call]) -> str:
    """The input, as JSON text: numbers stay as they are written."""
    texts = (f"[{', '.join(argument if _is_json(argument) else 'null' for argument in call.arguments)}]" for call in asked)
    return f'{{"calls": [{", ".join(texts)}], "one": 1}}'


def _written(number: int, call: Call) -> str:
    if call.name == "walk":  # one value after the other
        return f"[found | walk({', '.join(_places(number, call))}, found)]"
    written = f"{call.name}({', '.join(_places(number, call))})"
    return f"{written} + 0" if call.name == "to_number" else written  # 010 is a number to OPA, and none that it can print


def _places(number: int, call: Call) -> Iterator[str]:
    for index, argument in enumerate(call.arguments):
        place = f"input.calls[{number}][{index}]"
        yield place if _is_json(argument) else f"[{place}, {argument}][input.one]"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
