"""What plain scalars mean; every expected value is go.yaml.in/yaml's own answer (v3.0.3, and v2.4.2 for manifests)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.scalars import Dialect, go_float, is_timestamp, key_text, refold, resolve

BOTH = [
    ("true", True), ("TRUE", True), ("tRue", "tRue"), ("False", False), ("null", None), ("~", None), ("", None), ("nULL", "nULL"),
    ("0", 0), ("-0", 0), ("+12", 12), ("1_000", 1000), ("0x1F", 31), ("0X1f", 31), ("0b11", 3), ("-0b11", -3), ("017", 15), ("-017", -15),
    ("0o17", 15), ("08", 8.0), ("09.5", 9.5), ("1.0", 1.0), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), (".1_0", 0.1), (".1_", ".1_"),
    ("1e3", 1000.0), ("7342e55", 7342e55), ("1e400", "1e400"), (".1e400", ".1e400"), ("1e", "1e"), ("1:20", "1:20"), ("-", "-"), ("0x", "0x"),
    ("18446744073709551615", 2**64 - 1), ("18446744073709551616", 2.0**64), ("-9223372036854775808", -(2**63)),
    ("+18446744073709551615", 2.0**64), ("0x10000000000000000", "0x10000000000000000"), ("=", "="), ("<<", "<<"), ("a", "a"), ("é", "é"),
    (".inf", math.inf), ("-.Inf", -math.inf), ("infinity", "infinity"), ("0x1p4", "0x1p4"), ("1.2.3", "1.2.3"), ("2020-13-01", "2020-13-01"),
]
DIALECTS = [
    ("yes", "yes", True), ("No", "No", False), ("on", "on", True), ("OFF", "OFF", False), ("y", "y", True), ("n", "n", False),
    ("2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01"), ("2020-1-2", "2020-01-02T00:00:00Z", "2020-1-2"),
    ("0000-02-29", "0000-02-29T00:00:00Z", "0000-02-29"), ("2020-01-01t1:2:3+01:00", "2020-01-01T01:02:03+01:00", "2020-01-01t1:2:3+01:00"),
    ("2020-01-01  10:00:00.50", "2020-01-01T10:00:00.5Z", "2020-01-01  10:00:00.50"),
    ("2020-01-01T10:00:00,5Z", "2020-01-01T10:00:00.5Z", "2020-01-01T10:00:00,5Z"), ("2020-02-30", "2020-02-30", "2020-02-30"),
    ("2020-01-01T24:00:00Z", "2020-01-01T24:00:00Z", "2020-01-01T24:00:00Z"),
]


@pytest.mark.parametrize(("text", "value"), BOTH)
@pytest.mark.parametrize("dialect", [Dialect.RESOURCE, Dialect.MANIFEST])
def test_the_same_in_both_dialects(text, value, dialect):
    found = resolve(text, dialect)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("text", "resource", "manifest"), DIALECTS)
def test_different_in_the_dialects(text, resource, manifest):
    assert resolve(text, Dialect.RESOURCE) == resource
    assert resolve(text, Dialect.MANIFEST) == manifest


def test_not_a_number():
    assert math.isnan(resolve(".NaN", Dialect.RESOURCE))


@pytest.mark.parametrize(("text", "expected"), [("2020-01-01", True), ("2020-01-32", False), ("12345678", False), ("abcd-01-01", False)])
def test_is_timestamp(text, expected):
    assert is_timestamp(text) is expected


@pytest.mark.parametrize(("value", "expected"), [
    (1234567.5, "1.2345675e+06"), (123456.7, "123456.7"), (1e-5, "1e-05"), (0.0001, "0.0001"), (1.5e-7, "1.5e-07"), (2.5e22, "2.5e+22"),
    (-0.5, "-0.5"), (1e20, "1e+20"),
])
def test_go_float(value, expected):
    assert go_float(value) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_go_float_reads_back(value):
    assert float(go_float(value)) == value


@pytest.mark.parametrize(("value", "expected"), [
    (True, "true"), (False, "false"), (16, "16"), (1.5, "1.5"), (0.1, "0.1"), (1e6, "1e+06"), (math.inf, ".inf"), (-math.inf, "-.inf"),
    (math.nan, ".nan"), (None, None), ("a", "a"),
])
def test_key_text(value, expected):
    assert key_text(value) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("one two", "one two"), ("one\n", "one\n"), ("one\ntwo\n", "one\ntwo\n"), ("one\n  two\n", "one\n\n  two\n"), ("one\n\n", "one\n\n\n"),
    (" one\ntwo", " one\ntwo"), (" one\ntwo\nthree", " one\ntwo three"), (" one\ntwo\n\nthree", " one\ntwo\nthree"), ("  one\n  two\n", "  one\n  two\n"),
    ("one \n  two", "one \n  two"), ("a\tb\n  c", "a\tb\n  c"), ("\n", "\n"), ("\n\none\n two", "\n\none\n\n two"),
])
def test_refold(text, expected):
    """Seen on kustomize v5.8.1: a folded block is written once more by an emitter that looks at the wrong character."""
    assert refold(text) == expected
