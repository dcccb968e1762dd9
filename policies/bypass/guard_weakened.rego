# METADATA
# title: A change weakens its own guard
# description: |-
#   A change that brings its own waiver, switches a rule off or lowers it, removes a policy, lets the workflow pass whatever is found,
#   excludes more files or takes a target out of its environment excuses itself. It has to be seen by the people who own the guard.
#   Judged with --base alone, by the base side's configuration: the same change can't waive, disable or lower this rule. Tightening
#   is no fault, nor is a waiver that is only moved to another line or ends sooner.
# related_resources:
#   - ref: "https://docs.github.com/en/actions/reference/security/secure-use"
# custom:
#   scope: repository
#   severity: warning
#   remedy: Bring what weakens the guard in a change of its own, which the owners of the guard review.
package gitops_guard.bypass.guard_weakened

import data.gitops_guard.lib.result

ranks := {"never": 0, "error": 1, "warning": 2, "note": 3}

severities := {"note": 1, "warning": 2, "error": 3}

deny contains result.at(waiver.file, waiver.line, msg) if {
	some waiver in input.guard.waivers
	waiver.reason != ""
	not stood(waiver)
	msg := sprintf("this change brings a waiver of %s", [concat(", ", waiver.rules)])
}

# The base side has it, ending no sooner.
stood(waiver) if {
	some last in waiver.before
	holds_longer(last, waiver.expires)
}

holds_longer(last, _) if last == null

holds_longer(last, expires) if {
	last != null
	expires != null
	expires <= last
}

# One entry of the configuration may be about many rules.
deny contains result.at(place.file, place.line, msg) if {
	some place in {{"file": change.file, "line": change.line} | some change in input.guard.rules}
	off := {change.rule | some change in changed(place); change.before.enabled; not change.after.enabled}
	count(off) > 0
	msg := sprintf("this change switches %s off", [listed(off)])
}

deny contains result.at(place.file, place.line, msg) if {
	some place in {{"file": change.file, "line": change.line} | some change in input.guard.rules}
	lowered := {change.rule |
		some change in changed(place)
		change.before.enabled
		change.after.enabled
		severities[change.after.severity] < severities[change.before.severity]
	}
	count(lowered) > 0
	msg := sprintf("this change lowers the severity of %s", [listed(lowered)])
}

changed(place) := [change | some change in input.guard.rules; change.file == place.file; change.line == place.line]

listed(names) := concat(", ", sort(names)) if count(names) <= 3

listed(names) := sprintf("%s and %d more rules", [concat(", ", array.slice(sort(names), 0, 3)), count(names) - 3]) if count(names) > 3

deny contains result.at(change.file, change.line, msg) if {
	some change in input.guard.parameters
	widened(change)
	msg := sprintf("this change makes %s find less: %s", [change.rule, change.name])
}

# A list of what is let through grows.
widened(change) if {
	is_excusing(change)
	is_array(change.after)
	some value in change.after
	not value in items(change.before)
}

# So does what each of some may do.
widened(change) if {
	is_excusing(change)
	is_object(change.after)
	some key, values in change.after
	some value in values
	not value in object.get(entries(change.before), key, [])
}

# A list of what is asked for shrinks; where an empty one stands for everything, it does so by its first item.
widened(change) if {
	not is_excusing(change)
	not is_all(change, change.after)
	is_array(change.before)
	some value in change.before
	not value in items(change.after)
}

widened(change) if {
	is_all(change, change.before)
	not is_all(change, change.after)
}

# Who may deploy past Git, where, and what.
who := {"identities", "controllers", "break_glass_groups"}

filters := {"namespaces", "managed_by"}

is_all(change, value) if {
	change.rule == "admission/manual-deploy"
	change.name in filters
	value == []
}

widened(change) if {
	is_number(change.before)
	is_number(change.after)
	change.after > change.before
}

widened(change) if {
	change.before == true
	not change.after == true
}

is_excusing(change) if regex.match(`^(allow|ignore|exclude|except|exempt|skip)`, change.name)

is_excusing(change) if {
	change.rule == "admission/manual-deploy"
	change.name in who
}

items(value) := value if {
	is_array(value)
} else := []

entries(value) := value if {
	is_object(value)
} else := {}

deny contains result.at(policy.file, policy.line, msg) if {
	some policy in input.guard.policies
	policy.after == null
	msg := sprintf("this change removes the policy %s", [policy.name])
}

deny contains result.at(policy.file, policy.line, msg) if {
	some policy in input.guard.policies
	policy.after != null
	severities[policy.after] < severities[policy.before]
	msg := sprintf("this change lowers the severity of the policy %s", [policy.name])
}

deny contains result.at(entry.file, entry.line, msg) if {
	some entry in input.guard.exclude
	msg := sprintf("this change excludes %s: nothing there is read any more", [entry.pattern])
}

deny contains result.at(place.file, place.line, msg) if {
	some place in {{"file": change.file, "line": change.line, "before": change.before} | some change in input.guard.environments}
	lost := {change.target | some change in input.guard.environments; change.file == place.file; change.line == place.line; change.before == place.before; weaker_environment(change)}
	count(lost) > 0
	msg := sprintf("this change takes %s out of the environment %s", [concat(", ", sort(lost)), place.before])
}

weaker_environment(change) if change.before == "production"

weaker_environment(change) if change.after == null

deny contains result.at(input.guard.assume_prune.file, input.guard.assume_prune.line, msg) if {
	input.guard.assume_prune.before
	not input.guard.assume_prune.after
	msg := "this change sets assume-prune to false: deletions in targets without a known owner count no more"
}

modes := {"deny": 2, "warn": 1, "dryrun": 0}

deny contains result.at(mode.file, mode.line, msg) if {
	mode := input.guard.admission.mode
	modes[mode.after] < modes[mode.before]
	msg := sprintf("this change lets the cluster %s what it refused: mode %s", [{"warn": "tell", "dryrun": "only record"}[mode.after], mode.after])
}

deny contains result.at(entry.file, entry.line, msg) if {
	some entry in input.guard.admission.exempt
	msg := sprintf("this change exempts the namespace %s from admission", [entry.namespace])
}

deny contains result.at(baseline.file, baseline.line, msg) if {
	some baseline in input.guard.baselines
	msg := sprintf("this change adds %d findings to the baseline", [baseline.added])
}

deny contains result.at(step.file, step.line, msg) if {
	some step in input.guard.steps
	step.before.fails
	step.after == null
	msg := "this change removes the step that runs gitops-guard"
}

deny contains result.at(step.after.file, step.after.line, msg) if {
	some step in input.guard.steps
	step.after != null
	step.before.fails
	reasons := weaker_step(step.before, step.after)
	count(reasons) > 0
	msg := sprintf("gitops-guard stops less than before this change: %s", [concat(", ", sort(reasons))])
}

weaker_step(before, after) := {reason | some reason in not_failing(after) | lower_threshold(before, after) | narrower(before, after) | not_started(before, after)}

not_failing(after) := {"its failure is ignored"} if not after.fails

not_failing(after) := set() if after.fails

lower_threshold(before, after) := {sprintf("--fail-on %s", [after.fail_on])} if {
	object.get(ranks, after.fail_on, 1) < object.get(ranks, before.fail_on, 1)
} else := set()

narrower(before, after) := union({
	{sprintf("--ignore %s", [rule]) | some rule in after.ignored; not rule in before.ignored},
	{"--select" | narrowed(before.selected, after.selected)},
	{"fewer paths" | narrowed(before.paths, after.paths)},
	{sprintf("--baseline %s", [file]) | some file in after.baseline; not file in before.baseline},
	{sprintf("without --policy %s", [folder]) | some folder in before.policies; not folder in after.policies},
	{"--no-builtin-policies" | before.builtin; not after.builtin},
})

# An empty list stands for all.
narrowed(before, after) if {
	count(after) > 0
	count(before) == 0
}

narrowed(before, after) if {
	some value in before
	not value in after
	count(after) > 0
}

not_started(before, after) := {sprintf("%s does not start it any more", [event]) | some event in before.events; not event in after.events} | {sprintf("%s does not start it for all %s any more", [filter.event, kind]) |
	some filter in after.filters
	some was in before.filters
	was.event == filter.event
	some kind in ["paths", "branches", "files"]
	filtered(was, filter, kind)
}

filtered(was, now, kind) if {
	narrowed(object.get(was.only, kind, []), object.get(now.only, kind, []))
}

filtered(was, now, kind) if {
	some pattern in object.get(now.without, kind, [])
	not pattern in object.get(was.without, kind, [])
}
