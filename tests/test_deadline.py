import re

import pytest

from gitops_guard.deadline import within


def test_a_regular_expression_is_interrupted():
    with pytest.raises(TimeoutError, match="too long"), within(0.05, TimeoutError("too long")):
        re.fullmatch(r"(a+)+b", "a" * 40)


def test_what_is_quick_enough_goes_on():
    with within(30, TimeoutError("too long")):
        assert True
