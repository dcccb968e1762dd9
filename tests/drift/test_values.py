"""Scalars that mean the same to the API server, and those that do not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.drift.values import duration, quantity, same


@pytest.mark.parametrize(("one", "other", "sort", "wanted"), [
    # The table of argo-cd#1615, #16400, #17682 and #21135.
    ("1000m", "1", "quantity", True), ("1000m", 1, "quantity", True), ("0.5", "500m", "quantity", True), (0.5, "500m", "quantity", True),
    ("1024Mi", "1Gi", "quantity", True), ("1000M", "1G", "quantity", True), ("1G", "1Gi", "quantity", False), ("1e3", "1k", "quantity", True),
    ("1E", "1000P", "quantity", True), ("0", "0m", "quantity", True), ("100m", "0.1", "quantity", True), ("1.5Gi", "1536Mi", "quantity", True),
    (".5", "500m", "quantity", True), ("+1", "1", "quantity", True), ("-1", "1", "quantity", False), ("1", "1x", "quantity", False),
    ("1000m", "1", "", False),
    (80, "80", "int-or-string", True), ("25%", "25%", "int-or-string", True), ("25%", 25, "int-or-string", False),
    ("1h", "60m", "duration", True), ("1h0m0s", "60m", "duration", True), ("1m30s", "90s", "duration", True), ("500ms", "0.5s", "duration", True),
    ("5m", "5", "duration", False), ("0", "0s", "duration", True),
    ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "time", True), ("2026-01-01T00:00:00Z", "2026-01-01", "time", False),
    ("YWJj", "YWJj\n", "bytes", True), ("YWJj", "YWJk", "bytes", False), ("YWJj", "not base64!", "bytes", False),
    (True, 1, "", False), (True, "true", "", False), (None, None, "", True), (None, "", "", False), (1, 1.0, "", True), ("1", 1, "", False),
])
def test_same(one, other, sort, wanted):
    assert same(one, other, sort) is wanted
    assert same(other, one, sort) is wanted


@pytest.mark.parametrize("text", ["", "m", "1 Gi", "1KiB", "0x10", "1_000", "9" * 70, "NaN", "1e9999", True, None, [], "\u0661"])
def test_no_quantity(text):
    assert quantity(text) is None


@given(st.integers(0, 10**9))
def test_spellings_of_an_amount_are_one(amount):
    assert quantity(f"{amount}m") == quantity(f"{amount}e-3") == Fraction(amount, 1000)
    assert quantity(f"{amount}Ki") == quantity(amount * 1024) == quantity(f"{amount * 1024}")
    assert quantity(f"{amount}k") == quantity(f"{amount}e3") == quantity(f"{amount * 1000}")


@given(st.integers(0, 10**6))
def test_spellings_of_a_duration_are_one(seconds):
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    assert duration(f"{hours}h{minutes}m{left}s") == duration(f"{seconds}s") == duration(f"{seconds * 1000}ms")
