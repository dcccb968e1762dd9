from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.fold import fold
from gitops_guard.model import Location, Occurrence, ResourceId, Rule, Severity, Waiver

WEB = ResourceId("apps/v1", "Deployment", "shop", "web")
RULES = {"a/b": Rule("a/b", "t", Severity.ERROR, Severity.WARNING),
         "a/special": Rule("a/special", "t", Severity.ERROR, Severity.ERROR, replaces=("a/b",))}
WAIVER = Waiver(("a/b",), "why", None, Location("w", 1, 1))


def occurrence(rule="a/b", line=3, target="one", path="/spec", severity=Severity.ERROR, resource=WEB, message="m", **more):
    place = Location("f.yaml", line, 5, more.pop("quality", "exact"))
    return Occurrence(rule, severity, message, "", place, (), resource, path, target, **more)


def test_one_position_is_one_finding_with_all_its_targets():
    other = WEB._replace(name="api")
    findings = fold([occurrence(target="two"), occurrence(target="one"), occurrence(target="one", resource=other)], RULES)
    assert [(finding.targets, finding.resource) for finding in findings] == [(("one", "two"), other)]


def test_the_highest_severity_left_counts():
    findings = fold([occurrence(severity=Severity.WARNING), occurrence(target="two", waiver=WAIVER)], RULES)
    assert [(finding.severity, finding.waiver, finding.targets) for finding in findings] == [(Severity.WARNING, None, ("one", "two"))]


def test_waived_only_if_all_are():
    finding, = fold([occurrence(waiver=WAIVER), occurrence(target="two", waiver=WAIVER)], RULES)
    assert finding.waiver == WAIVER
    assert not finding.counts


def test_several_results_about_one_resource_stay_apart():
    findings = fold([occurrence(message="first"), occurrence(message="second"),
                     occurrence(message="first", target="two"), occurrence(message="second", target="two")], RULES)
    assert [(finding.message, finding.targets) for finding in findings] == [("first", ("one", "two")), ("second", ("one", "two"))]
    assert len({finding.fingerprint for finding in findings}) == 2


def test_nearest_positions_fold_by_path():
    assert len(fold([occurrence(path="/a", quality="nearest"), occurrence(path="/b", quality="nearest", target="two")], RULES)) == 2
    assert len(fold([occurrence(path="/a"), occurrence(path="/b", target="two")], RULES)) == 1


def test_a_more_special_rule_replaces():
    findings = fold([occurrence(), occurrence(rule="a/special"), occurrence(line=9)], RULES)
    assert [(finding.rule, finding.location.line) for finding in findings] == [("a/special", 3), ("a/b", 9)]


def test_the_fingerprint_knows_neither_line_nor_message():
    one, = fold([occurrence()], RULES)
    two, = fold([occurrence(line=30, message="other")], RULES)
    assert one.fingerprint == two.fingerprint


LISTS = st.lists(st.builds(
    occurrence, line=st.integers(1, 3), target=st.sampled_from(["one", "two", None]), path=st.sampled_from(["/a", "/b"]),
    severity=st.sampled_from(Severity), message=st.sampled_from(["m", "n"]), quality=st.sampled_from(["exact", "nearest"]),
    resource=st.sampled_from([WEB, WEB._replace(name="api"), None])), max_size=12)


@given(LISTS, st.randoms())
def test_order_of_input_changes_nothing(occurrences, random):
    before = fold(occurrences, RULES)
    random.shuffle(occurrences)
    assert fold(occurrences, RULES) == before
    assert len({finding.fingerprint for finding in before}) == len(before)
