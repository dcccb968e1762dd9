package gitops_guard.bypass.guard_weakened_test

import data.gitops_guard.bypass.guard_weakened

nothing := {
	"waivers": [], "rules": [], "parameters": [], "policies": [], "exclude": [], "environments": [], "baselines": [], "steps": [],
	"assume_prune": {"file": "c", "line": 1, "before": true, "after": true},
	"admission": {"mode": {"file": "c", "line": 1, "before": "deny", "after": "deny"}, "exempt": []},
}

lines(more) := {result.line | some result in found} if {
	found := guard_weakened.deny with input as {"guard": object.union(nothing, more), "parameters": {}}
}

test_nothing_is_compared if {
	found := guard_weakened.deny with input as {"guard": null, "parameters": {}}
	count(found) == 0
	lines({}) == set()
}

waiver(more) := object.union({"file": "a", "line": 3, "rules": ["images/*"], "reason": "r", "resource": null, "expires": "2027-01-31", "before": []}, more)

test_waivers if {
	every more in [{}, {"before": ["2026-12-31"]}, {"expires": null, "before": ["2026-12-31"]}] {
		lines({"waivers": [waiver(more)]}) == {3}
	}
	every more in [{"reason": ""}, {"before": ["2027-01-31"]}, {"before": [null]}, {"before": ["2028-01-01"]}] {
		lines({"waivers": [waiver(more)]}) == set()
	}
}

rule(name, before, after) := {"file": "c", "line": 4, "rule": name, "before": before, "after": after}

test_rules if {
	error := {"enabled": true, "severity": "error"}
	note := {"enabled": true, "severity": "note"}
	off := {"enabled": false, "severity": "error"}
	lines({"rules": [rule("a/b", error, note), rule("a/c", error, note)]}) == {4}
	lines({"rules": [rule("a/b", error, off)]}) == {4}
	every case in [[note, error], [off, error], [off, note]] {
		lines({"rules": [rule("a/b", case[0], case[1])]}) == set()
	}
}

test_admission if {
	mode := {"file": "c", "line": 7}
	every case in [["deny", "warn"], ["deny", "dryrun"], ["warn", "dryrun"]] {
		lines({"admission": {"mode": object.union(mode, {"before": case[0], "after": case[1]}), "exempt": []}}) == {7}
		lines({"admission": {"mode": object.union(mode, {"before": case[1], "after": case[0]}), "exempt": []}}) == set()
	}
	lines({"admission": {"exempt": [{"file": "c", "line": 8, "namespace": "shop"}]}}) == {8}
}

test_who_may_deploy if {
	parameter := {"file": "c", "line": 6, "rule": "admission/manual-deploy"}
	every case in [
		["identities", ["a"], ["a", "b"]], ["break_glass_groups", [], ["a"]], ["controllers", {}, {"a": ["/secrets"]}],
		["controllers", {"a": ["/secrets"]}, {"a": ["/secrets", "/services"]}], ["namespaces", [], ["a"]], ["namespaces", ["a", "b"], ["a"]],
		["managed_by", [], ["a"]], ["resources", ["a", "b"], ["a"]], ["resources", ["a"], []],
	] {
		lines({"parameters": [object.union(parameter, {"name": case[0], "before": case[1], "after": case[2]})]}) == {6}
	}
	every case in [
		["identities", ["a", "b"], ["a"]], ["break_glass_groups", ["a"], []], ["controllers", {"a": ["/secrets"]}, {}], ["namespaces", ["a"], []],
		["namespaces", ["a"], ["a", "b"]], ["managed_by", ["a"], []], ["resources", [], ["a"]],
	] {
		lines({"parameters": [object.union(parameter, {"name": case[0], "before": case[1], "after": case[2]})]}) == set()
	}
}

test_policies if {
	policy := {"file": "c", "line": 5, "name": "a.rego", "before": "error"}
	lines({"policies": [object.union(policy, {"after": null})]}) == {5}
	lines({"policies": [object.union(policy, {"after": "warning"})]}) == {5}
	lines({"policies": [object.union(policy, {"after": "error"})]}) == set()
}

test_configuration if {
	lines({"exclude": [{"file": "c", "line": 6, "pattern": "**"}]}) == {6}
	lines({"assume_prune": {"file": "c", "line": 7, "before": true, "after": false}}) == {7}
	lines({"assume_prune": {"file": "c", "line": 7, "before": false, "after": true}}) == set()
	lines({"baselines": [{"file": "b", "line": 8, "added": 2}]}) == {8}
	target := {"file": "c", "line": 9, "target": "t"}
	lines({"environments": [object.union(target, {"before": "production", "after": "staging"})]}) == {9}
	lines({"environments": [object.union(target, {"before": "staging", "after": null})]}) == {9}
	lines({"environments": [object.union(target, {"before": "staging", "after": "production"})]}) == set()
}

step := {"file": "w", "line": 12, "job": "j", "fails": true, "fail_on": "error", "ignored": [], "selected": [], "baseline": [], "builtin": true, "policies": [], "paths": [], "events": ["pull_request"], "filters": [trigger({}, {})]}

trigger(only, without) := {"event": "pull_request", "only": only, "without": without}

test_steps if {
	was := {"file": "w", "line": 1, "gone": false, "before": step}
	lines({"steps": [object.union(was, {"after": null})]}) == {1}
	lines({"steps": [object.union(was, {"after": step})]}) == set()
	every more in [{"fails": false}, {"fail_on": "never"}, {"ignored": ["images/*"]}, {"selected": ["images/*"]}, {"baseline": ["b.json"]}, {"builtin": false}, {"events": []}] {
		lines({"steps": [object.union(was, {"after": object.union(step, more)})]}) == {12}
	}
	lines({"steps": [object.union(was, {"after": object.union(step, {"fail_on": "note", "events": ["pull_request", "push"]})})]}) == set()
	lines({"steps": [object.union(was, {"before": object.union(step, {"fails": false}), "after": null})]}) == set()
	lines({"steps": [object.union(was, {"before": object.union(step, {"selected": ["a/*"]}), "after": step})]}) == set()
}

test_parameters if {
	parameter := {"file": "c", "line": 6, "rule": "a/b"}
	every case in [
		["allow", [], ["x"]], ["allow_keys", ["a"], ["a", "x"]], ["require_digest", ["x"], []], ["include", ["x"], null], ["max_objects", 20, 200],
		["min_resources", 5, 50], ["self_heal", true, false],
	] {
		lines({"parameters": [object.union(parameter, {"name": case[0], "before": case[1], "after": case[2]})]}) == {6}
	}
	every case in [
		["allow", ["x"], []], ["require_digest", [], ["x"]], ["max_objects", 20, 2], ["self_heal", false, true], ["strict", null, true], ["allow", null, []],
	] {
		lines({"parameters": [object.union(parameter, {"name": case[0], "before": case[1], "after": case[2]})]}) == set()
	}
}

stopped(before, after) := lines({"steps": [{"file": "w", "line": 1, "gone": false, "before": object.union(step, before), "after": object.union(step, after)}]}) == {12}

test_triggers_and_paths if {
	every more in [
		{"filters": [trigger({"paths": ["apps/**"]}, {})]}, {"filters": [trigger({}, {"paths": ["overlays/production/**"]})]},
		{"filters": [trigger({"branches": ["develop"]}, {})]}, {"paths": ["overlays/staging"]}, {"selected": ["images/*"]},
	] {
		stopped({}, more)
		not stopped(more, {})
	}
	stopped({"policies": ["house"]}, {"policies": []})
	not stopped({"filters": [trigger({"paths": ["a"]}, {})]}, {"filters": [trigger({"paths": ["a", "b"]}, {})]})
	stopped({"filters": [trigger({"paths": ["a", "b"]}, {})]}, {"filters": [trigger({"paths": ["a"]}, {})]})
}

selecting(after) := lines({"steps": [{
	"file": "w.yaml", "line": 12, "gone": false,
	"before": object.union(step, {"selected": ["secrets/*", "images/*"]}), "after": object.union(step, {"selected": after}),
}]})

test_selecting_less if {
	every selected in [["secrets/*"], ["secrets/*", "schema/*"]] {
		selecting(selected) == {12}
	}
	every selected in [["images/*", "secrets/*"], ["secrets/*", "images/*", "schema/*"], []] {
		selecting(selected) == set()
	}
}
