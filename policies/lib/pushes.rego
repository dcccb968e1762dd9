# Where CI files and scripts push to with git, as git and the CI systems' manuals say; inputs are files of scope repository.
package gitops_guard.lib.pushes

_global := {"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path", "--config-env"}

_valued := {"-o", "--push-option", "--repo", "--receive-pack", "--exec"}

# Options that make a push one of something else than branches, or none at all.
_no_branches := {"--tags", "--delete", "-d", "--dry-run", "-n"}

_default_branch := `(CI_DEFAULT_BRANCH|github\.event\.repository\.default_branch|DEFAULT_BRANCH)\b`

_triggering_branch := `(github\.ref_name|github\.ref|GITHUB_REF_NAME|GITHUB_REF|CI_COMMIT_BRANCH|CI_COMMIT_REF_NAME)\b`

# Events after which the repository's default branch is checked out.
_on_default := {"schedule", "workflow_dispatch", "repository_dispatch", "workflow_run", "issue_comment", "issues", "pull_request_target"}

# The words of a git command after its global options: the subcommand and what follows it.
words(command) := array.slice(command.argv, first, count(command.argv)) if {
	command.program == "git"
	first := min([i |
		some i, word in command.argv
		i > 0
		not startswith(word, "-")
		not command.argv[i - 1] in _global
	])
}

# The tracked branches that a push command writes to; undefined for other commands.
branches(file, index, tracked) := found if {
	command := file.commands[index]
	given := words(command)
	given[0] == "push"
	count(_no_branches & {word | some word in given}) == 0
	operands := [word |
		some i, word in given
		i > 0
		not startswith(word, "-")
		not given[i - 1] in _valued
	]
	not _is_elsewhere(file, command, operands, tracked)
	found := _written(file, command, given, operands, tracked)
}

# Every branch.
_written(_, _, given, operands, tracked) := {branch | some branch in tracked.branches} if {
	some option in ["--all", "--branches", "--mirror"]
	option in given
	array.concat(operands, ["origin"])[0] == "origin"
}

_written(file, command, given, operands, tracked) := found if {
	count({"--all", "--branches", "--mirror"} & {word | some word in given}) == 0
	specs := array.slice(operands, 1, count(operands))
	found := {branch |
		some spec in _specs(specs)
		some branch in _destination(file, command, spec, tracked)
	}
}

# Without a refspec the current branch is pushed.
_specs(specs) := specs if count(specs) > 0

_specs(specs) := ["HEAD"] if count(specs) == 0

_destination(file, command, spec, tracked) := current(file, command, tracked) if {
	trim_prefix(spec, "+") in {"HEAD", "@"}
}

_destination(file, command, spec, tracked) := named(file, command, name, tracked) if {
	plain := trim_prefix(spec, "+")
	not plain in {"HEAD", "@"}
	not startswith(plain, ":")
	parts := regex.split(`:(?:[^\-+=?}]|$)`, plain)
	name := trim_prefix(substring(plain, _after_colon(plain, parts), -1), "refs/heads/")
}

# Where the destination begins in source:destination; a colon in a shell expansion (`${A:-b}`) divides nothing.
_after_colon(_, parts) := 0 if count(parts) == 1

_after_colon(_, parts) := count(parts[0]) + 1 if count(parts) > 1

# The tracked branches that a branch's name, as it is written, may stand for.
named(_, _, name, tracked) := {name} if name in tracked.branches

named(_, _, name, tracked) := {branch | some branch in tracked.branches} if {
	not name in tracked.branches
	regex.match(_default_branch, name)
	_is_one_variable(name)
}

named(file, command, name, tracked) := triggering(file, command, tracked) if {
	not name in tracked.branches
	not regex.match(_default_branch, name)
	regex.match(_triggering_branch, name)
	_is_one_variable(name)
}

named(_, _, name, tracked) := set() if {
	not name in tracked.branches
	not regex.match(_default_branch, name)
	not regex.match(_triggering_branch, name)
}

named(_, _, name, tracked) := set() if {
	not name in tracked.branches
	not _is_one_variable(name)
}

_is_one_variable(name) if regex.match(`^"?\$([A-Za-z0-9_]+|\{[^{}]*\}|\{\{[^{}]*\}\})"?$`, name)

# The tracked branches that may be checked out where a step runs: what it switched to last, else what started it.
current(file, step, tracked) := named(file, step, switched[count(switched) - 1].branch, tracked) if {
	switched := _switches(file, step, tracked)
	count(switched) > 0
}

current(file, step, tracked) := triggering(file, step, tracked) if count(_switches(file, step, tracked)) == 0

# What changes the branch before a step of the same job, in order.
_switches(file, step, tracked) := sort([{"line": found.line, "branch": found.branch} |
	some found in _commanded(file, step, tracked) | _checked_out(file, step)
])

_commanded(file, step, tracked) := {{"line": command.line, "branch": branch} |
	some command in file.commands
	command.job == step.job
	command.line < step.line
	given := words(command)
	branch := _switched_to(given, tracked)
}

_switched_to(given, _) := branch if {
	given[0] in {"checkout", "switch"}
	not "--" in given
	operands := [word | some i, word in given; i > 0; not startswith(word, "-")]
	branch := operands[0]
	_is_branch(given, operands)
}

# `git checkout file` takes one file back.
_is_branch(given, _) if given[0] == "switch"

_is_branch(given, _) if {
	given[0] == "checkout"
	count({"-b", "-B", "--orphan", "-t", "--track"} & {word | some word in given}) > 0
}

_is_branch(given, operands) if {
	given[0] == "checkout"
	count(operands) == 1
	not regex.match(`^\.|/$|\.[a-z]{2,4}$`, operands[0])
}

_switched_to(given, tracked) := branch if {
	given[0] == "clone"
	branch := array.concat([given[i + 1] | some i, word in given; word in {"-b", "--branch"}], tracked.branches)[0]
}

_checked_out(file, step) := {{"line": use.line, "branch": branch} |
	some use in file.uses
	use.job == step.job
	use.line < step.line
	startswith(lower(use.action), "actions/checkout@")
	branch := trim_prefix(object.get(use.inputs, "ref", ""), "refs/heads/")
	branch != ""
	not regex.match(`^\$\{\{\s*github\.(ref|ref_name)\s*\}\}$`, branch)
}

# The tracked branches whose pushes, schedules and so on start a step.
triggering(file, step, tracked) := {branch |
	file.type == "github-workflow"
	some branch in tracked.branches
	some event, filter in object.get(file, "events", {})
	_starts(event, filter, branch)
	not _forbidden(step.when, event, branch)
} | {branch |
	file.type == "gitlab-ci"
	some branch in tracked.branches
	some part in [sprintf("\"%s\"", [branch]), sprintf("'%s'", [branch]), "$CI_DEFAULT_BRANCH", sprintf("/^%s$/", [branch])]
	some operator in ["==", "=~"]
	contains(step.when, sprintf("$CI_COMMIT_BRANCH %s %s", [operator, part]))
}

_starts(event, _, _) if event in _on_default

_starts("push", filter, branch) if {
	not filter.tags
	filter.branches == null
	not _fits_one(filter.ignored, branch)
}

_starts("push", filter, branch) if {
	filter.branches != null
	_fits_one(filter.branches, branch)
}

_fits_one(patterns, branch) if {
	some pattern in patterns
	glob.match(pattern, ["/"], branch)
}

_forbidden(condition, event, _) if {
	regex.match(`github\.event_name\s*==`, condition)
	not regex.match(sprintf(`github\.event_name\s*==\s*'%s'`, [event]), condition)
}

_forbidden(condition, event, _) if regex.match(sprintf(`github\.event_name\s*!=\s*'%s'`, [event]), condition)

_forbidden(condition, _, branch) if {
	regex.match(sprintf(`github\.ref(_name)?\s*!=\s*'(refs/heads/)?%s'`, [branch]), condition)
}

_forbidden(condition, _, _) if {
	regex.match(`startsWith\(\s*github\.ref,\s*'refs/tags|github\.ref_type\s*==\s*'tag'|github\.head_ref\b`, condition)
	not regex.match(`github\.head_ref\s*==\s*''|!\s*github\.head_ref|!\s*startsWith`, condition)
}

_forbidden(condition, _, _) if {
	regex.match(`github\.ref\s*!=\s*format|github\.ref_name\s*!=\s*github\.event\.repository\.default_branch`, condition)
}

# A repository that this is not: the remote's own address, or that of the clone before the push.
_is_elsewhere(_, _, operands, tracked) if is_foreign(operands[0], tracked)

_is_elsewhere(file, command, operands, tracked) if {
	not _is_address(array.concat(operands, ["origin"])[0])
	places := sort([[place.line, place.address] | some place in _places(file, command)])
	count(places) > 0
	is_foreign(places[count(places) - 1][1], tracked)
}

_places(file, step) := {{"line": command.line, "address": address} |
	some command in file.commands
	command.job == step.job
	command.line < step.line
	given := words(command)
	address := _address_in(given)
} | {{"line": use.line, "address": sprintf("https://github.com/%s", [use.inputs.repository])} |
	some use in file.uses
	use.job == step.job
	use.line < step.line
	startswith(lower(use.action), "actions/checkout@")
	object.get(use.inputs, "repository", "") != ""
}

_address_in(given) := word if {
	given[0] == "clone"
	word := [one | some one in given; _is_address(one)][0]
}

_address_in(given) := word if {
	given[0] == "remote"
	given[1] in {"add", "set-url"}
	word := [one | some one in given; _is_address(one)][0]
}

_is_address(word) if contains(word, "://")

_is_address(word) if regex.match(`^[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:`, word)

# A written address of another repository; what a variable stands for may be this one.
is_foreign(address, tracked) if {
	_is_address(address)
	name := _name(address)
	not contains(name, "$")
	count(tracked.repositories) > 0
	not name in tracked.repositories
}

is_foreign(address, _) if {
	_is_address(address)
	regex.match(`\.wiki(\.git)?$`, address)
}

_name(address) := trim_suffix(trim_suffix(lower(regex.replace(regex.replace(address, `^[A-Za-z0-9_+]+://`, ""), `^[^@]*@`, "")), "/"), ".git") if {
	contains(address, "://")
}

_name(address) := trim_suffix(lower(replace(regex.replace(address, `^[^@]*@`, ""), ":", "/")), ".git") if not contains(address, "://")
