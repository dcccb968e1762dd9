"""Go's path.Match on one text."""

from __future__ import annotations

import pytest

from gitops_guard import gopattern


@pytest.mark.parametrize(("pattern", "text", "fits"), [
    ("", "", True), ("", "a", False), ("*", "", True), ("*", "abc", True), ("a*c", "abbc", True), ("a*c", "abbd", False),
    ("?", "", False), ("?", "é", True), ("[a-c]x", "bx", True), ("[^a-c]x", "bx", False), ("[^a-c]x", "dx", True),
    ("\\*", "*", True), ("\\*", "a", False), ("[", "[", False), ("a\\", "a\\", False), ("[]a]", "]", False),
    ("[\\]a]", "]", True), ("**", "abc", True), ("a.b", "axb", False),
])
def test_fits(pattern, text, fits):
    assert gopattern.fits(pattern, text) is fits


def test_lengths_of_fitting_beginnings():
    assert gopattern.lengths("a*b", "abab") == [2, 4]
    assert gopattern.lengths("*", "ab") == [1, 2]


def test_many_stars_take_no_longer():
    assert not gopattern.fits("*a" * 60 + "b", "a" * 250)
