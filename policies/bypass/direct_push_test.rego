package gitops_guard.bypass.direct_push_test

import data.gitops_guard.bypass.direct_push

tracked := {"branches": ["main"], "repositories": ["github.com/acme/fleet"]}

given(files, objects, nodes) := {
	"files": files, "objects": objects, "tracked": tracked, "graph": {"nodes": nodes}, "parameters": {"allow": []},
}

workflow(events, commands, uses) := {"file": "w.yaml", "type": "github-workflow", "events": events, "commands": commands, "uses": uses}

any_push := {"push": {"branches": null, "ignored": [], "tags": false}}

of(line, text) := {"argv": split(text, " "), "program": split(text, " ")[0], "line": line, "job": "a", "when": "", "env": {}}

lines(found) := {result.line | some result in found}

pushed(events, text) := found if {
	found := direct_push.deny with input as given([workflow(events, [of(9, text)], [])], [], [])
}

test_pushes if {
	every text in [
		"git push origin main", "git push origin HEAD:main", "git push -f origin +HEAD:refs/heads/main", "git push", "git push origin HEAD",
		"git -C fleet push origin main", "git -c user.name=x push", "git push -u origin main", "git push --follow-tags",
		"git push https://x:${TOKEN}@github.com/acme/fleet.git main", "git push https://x:$T@github.com/${{github.repository}} HEAD:main",
		"git push origin HEAD:${{github.ref_name}}", "git push origin HEAD:$CI_DEFAULT_BRANCH", "git push --all", "git push -o ci.skip origin main",
		"git push origin ${GITHUB_REF_NAME}", "git push origin v1 main", "gh pr merge 12 --admin --squash",
	] {
		lines(pushed(any_push, text)) == {9}
	}
}

test_no_pushes if {
	every text in [
		"git push origin bump", "git push origin HEAD:gh-pages", "git push --tags", "git push origin refs/tags/v1", "git push origin --delete main",
		"git push origin main:bump", "git push --dry-run origin main", "git push origin :main", "git push origin $BRANCH", "git push origin mainline",
		"git push https://github.com/acme/other main", "git push origin HEAD:${{github.head_ref}}", "git pull origin main", "git push origin HEAD:bump-$GITHUB_REF_NAME",
		"git push git@github.com:acme/fleet.wiki.git master", "gh pr merge --auto 12", "git push --mirror backup", "git commit -m push",
	] {
		count(pushed(any_push, text)) == 0
	}
}

test_what_starts_the_workflow if {
	every events in [
		{"push": {"branches": ["main"], "ignored": [], "tags": false}}, {"schedule": {"branches": null, "ignored": [], "tags": false}},
		{"push": {"branches": ["ma*"], "ignored": [], "tags": false}}, {"workflow_dispatch": {"branches": null, "ignored": [], "tags": false}},
	] {
		lines(pushed(events, "git push")) == {9}
	}
	every events in [
		{"pull_request": {"branches": ["main"], "ignored": [], "tags": false}}, {"push": {"branches": ["bump/**"], "ignored": [], "tags": false}},
		{"push": {"branches": null, "ignored": [], "tags": true}}, {"push": {"branches": null, "ignored": ["main"], "tags": false}},
	] {
		count(pushed(events, "git push")) == 0
	}
}

test_conditions if {
	every condition in [
		"(github.event_name == 'pull_request')", "(github.ref != 'refs/heads/main')", "(github.ref_name != 'main')", "(startsWith(github.ref, 'refs/tags/'))",
	] {
		step := object.union(of(9, "git push"), {"when": condition})
		found := direct_push.deny with input as given([workflow(object.union(any_push, {"pull_request": any_push.push}), [step], [])], [], [])
		count(found) == 0
	}
	every condition in ["(github.ref == 'refs/heads/main')", "(github.event_name == 'push')", "(success())"] {
		step := object.union(of(9, "git push"), {"when": condition})
		found := direct_push.deny with input as given([workflow(any_push, [step], [])], [], [])
		lines(found) == {9}
	}
}

test_another_branch_or_repository_before if {
	every text in [
		"git checkout -b bump", "git switch -c bump", "git clone https://github.com/acme/other", "git checkout gh-pages",
		"git clone -b other https://github.com/acme/fleet", "git remote set-url origin https://x:$T@github.com/acme/other.git",
	] {
		found := direct_push.deny with input as given([workflow(any_push, [of(3, text), of(9, "git push")], [])], [], [])
		count(found) == 0
	}
	every text in ["git checkout main", "git clone https://github.com/acme/fleet", "git checkout -- a.yaml", "git checkout a.yaml"] {
		found := direct_push.deny with input as given([workflow(any_push, [of(3, text), of(9, "git push")], [])], [], [])
		lines(found) == {9}
	}
	reviewed := {"action": "actions/checkout@v5", "inputs": {"ref": "${{ github.head_ref }}"}, "line": 2, "job": "a", "when": ""}
	found := direct_push.deny with input as given([workflow(any_push, [of(9, "git push")], [reviewed])], [], [])
	count(found) == 0
}

test_scripts_and_gitlab if {
	script := {"file": "a.sh", "type": "script", "events": null, "commands": [of(3, "git push"), of(4, "git push origin main")], "uses": []}
	found := direct_push.deny with input as given([script], [], [])
	lines(found) == {4}
	every condition in [`($CI_COMMIT_BRANCH == "main")`, "($CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH)"] {
		job := object.union(of(5, "git push origin HEAD:$CI_COMMIT_REF_NAME"), {"when": condition})
		gitlab := {"file": ".gitlab-ci.yml", "type": "gitlab-ci", "events": null, "commands": [job], "uses": []}
		more := direct_push.deny with input as given([gitlab], [], [])
		lines(more) == {5}
	}
	review := object.union(of(5, "git push origin HEAD:$CI_COMMIT_REF_NAME"), {"when": `($CI_PIPELINE_SOURCE == "merge_request_event")`})
	none := direct_push.deny with input as given([{"file": ".gitlab-ci.yml", "type": "gitlab-ci", "events": null, "commands": [review], "uses": []}], [], [])
	count(none) == 0
}

used(action, inputs, events) := found if {
	use := {"action": action, "inputs": inputs, "line": 7, "job": "a", "when": ""}
	found := direct_push.deny with input as given([workflow(events, [], [use])], [], [])
}

test_actions if {
	every case in [
		["stefanzweifel/git-auto-commit-action@v6", {}], ["EndBug/add-and-commit@v9", {"message": "x"}], ["ad-m/github-push-action@v1", {"branch": "main"}],
		["ad-m/github-push-action@v1", {"branch": "${{ github.ref }}"}], ["fjogeleit/yaml-update-action@main", {"commitChange": true}], ["actions-js/push@v1", {}],
	] {
		lines(used(case[0], case[1], any_push)) == {7}
	}
	every case in [
		["stefanzweifel/git-auto-commit-action@v6", {"branch": "bump"}], ["EndBug/add-and-commit@v9", {"push": false}], ["EndBug/add-and-commit@v9", {"new_branch": "x"}],
		["peter-evans/create-pull-request@v7", {"base": "main"}], ["fjogeleit/yaml-update-action@main", {"createPR": true}],
		["ad-m/github-push-action@v1", {"branch": "main", "repository": "acme/other"}], ["stefanzweifel/git-auto-commit-action@v6", {"branch": "${{ github.head_ref }}"}],
	] {
		count(used(case[0], case[1], any_push)) == 0
	}
	count(used("stefanzweifel/git-auto-commit-action@v6", {}, {"pull_request": any_push.push})) == 0
}

source := {"target": "t", "object": {"kind": "GitRepository", "metadata": {"name": "fleet", "namespace": "flux-system"}, "spec": {"url": "ssh://git@github.com/acme/fleet", "ref": {"branch": "main"}}}}

automation(git) := {"target": "t", "object": {"apiVersion": "image.toolkit.fluxcd.io/v1", "kind": "ImageUpdateAutomation", "metadata": {"name": "web", "namespace": "flux-system"}, "spec": {"sourceRef": {"kind": "GitRepository", "name": "fleet"}, "git": git}}}

test_automations if {
	every case in [
		[{}, ["spec", "git", "push", "branch"]], [{"push": {"branch": "main"}}, ["spec", "git", "push", "branch"]],
		[{"checkout": {"ref": {"branch": "main"}}}, ["spec", "git", "checkout", "ref", "branch"]],
		[{"checkout": {"ref": {"branch": "main"}}, "push": {"refspec": "refs/heads/main:refs/heads/x"}}, ["spec", "git", "checkout", "ref", "branch"]],
		[{"push": {"branch": "x", "refspec": "refs/heads/x:refs/heads/main"}}, ["spec", "git", "push", "refspec"]],
	] {
		found := direct_push.deny with input as given([], [automation(case[0]), source], [])
		{result.path | some result in found} == {case[1]}
	}
	every git in [{"push": {"branch": "updates"}}, {"checkout": {"ref": {"branch": "updates"}}}, {"push": {"branch": "${branch}"}}, {"push": {"branch": "x", "refspec": "refs/heads/x:refs/for/main"}}] {
		found := direct_push.deny with input as given([], [automation(git), source], [])
		count(found) == 0
	}
	alone := direct_push.deny with input as given([], [automation({})], [])
	count(alone) == 1
	node := {"kind": "Kustomization", "sources": [{"repository": "ssh://git@github.com/acme/fleet", "revision": "stable"}]}
	other := direct_push.deny with input as given([], [automation({}), source], [node])
	count(other) == 0
}

application(notes) := {"target": "t", "object": {
	"kind": "Application",
	"metadata": {"name": "web", "annotations": {key: value | some short, value in notes; key := sprintf("argocd-image-updater.argoproj.io/%s", [short])}},
	"spec": {"source": {"targetRevision": "main"}},
}}

test_image_updater_annotations if {
	every notes in [{"write-back-method": "git"}, {"write-back-method": "git:secret:a/b", "git-branch": "main"}, {"write-back-method": "git", "git-branch": "x:main"}] {
		found := direct_push.deny with input as given([], [application(object.union({"image-list": "a"}, notes))], [])
		count(found) == 1
	}
	every notes in [{}, {"write-back-method": "argocd"}, {"write-back-method": "git", "git-branch": "main:updates"}] {
		found := direct_push.deny with input as given([], [application(object.union({"image-list": "a"}, notes))], [])
		count(found) == 0
	}
}

test_image_updaters if {
	updater := {"target": "t", "object": {"kind": "ImageUpdater", "metadata": {"name": "a"}, "spec": {
		"writeBackConfig": {"method": "git", "gitConfig": {"branch": "main:updates"}},
		"applicationRefs": [{"namePattern": "a"}, {"namePattern": "b", "writeBackConfig": {"method": "git", "gitConfig": {"branch": "main"}}}],
	}}}
	found := direct_push.deny with input as given([], [updater], [])
	{result.path | some result in found} == {["spec", "applicationRefs", 1, "writeBackConfig", "method"]}
}
