import pytest

from gitops_guard.graph.cycles import cycles


def key(name):
    return (name, "")


@pytest.mark.parametrize(("deploys", "expected"), [
    ("", []),
    ("ab bc", []),
    ("aa", []),
    ("ab ba", ["ab"]),
    ("aa ab bb", []),
    ("ra ab bc ca cx xy", ["abc"]),
    ("ab ba cd dc", ["ab", "cd"]),
    ("ab ba bc cd dc", ["abcd"]),
])
def test_cycles(deploys, expected):
    pairs = [(key(pair[0]), key(pair[1])) for pair in deploys.split()]
    assert [[name for name, _scope in group] for group in cycles(pairs)] == [list(group) for group in expected]
