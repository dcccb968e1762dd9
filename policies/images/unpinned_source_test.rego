package gitops_guard.images.unpinned_source_test

import data.gitops_guard.images.unpinned_source

application(source) := {"target": "t", "object": {
	"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "shop"}, "spec": {"source": source},
}}

flux(kind, spec) := {"target": "t", "object": {
	"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": kind, "metadata": {"name": "shop"}, "spec": spec,
}}

release(chart) := {"target": "t", "object": {
	"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "shop"}, "spec": {"chart": {"spec": chart}},
}}

given(objects, remotes) := {
	"objects": objects,
	"references": {"own": ["https://github.com/acme/fleet"], "remotes": remotes, "marks": []},
	"parameters": {"allow": ["https://github.com/acme/lib*"]},
}

paths(objects) := {result.path | some result in found} if {
	found := unpinned_source.deny with input as given(objects, [])
}

test_argocd_revisions_that_move if {
	every revision in ["HEAD", "main", "stable", "v2.*", "release-2.1", "feature/x", "*", ">=1.0.0", "", "2.x", "refs/heads/main"] {
		paths([application({"repoURL": "https://github.com/acme/web", "targetRevision": revision})]) == {["spec", "source", "targetRevision"]}
	}
	paths([application({"repoURL": "https://github.com/acme/web"})]) == {["spec", "source", "targetRevision"]}
}

test_argocd_revisions_that_stay if {
	every revision in [
		"v1.4.2", "1.4", "v1.4", "refs/tags/v1.4", "9b1f3f496fa3665762efb038c89bbdef5235ce58", "9b1f3f4", "chart-1.2.3",
		"kustomize/v5.0.0", "2026-11-03", "release-20261103", "{{ .revision }}", "$ARGOCD_APP_REVISION",
	] {
		paths([application({"repoURL": "https://github.com/acme/web", "targetRevision": revision})]) == set()
	}
}

test_own_and_allowed_addresses if {
	paths([application({"repoURL": "https://github.com/acme/fleet", "targetRevision": "main"})]) == set()
	paths([application({"repoURL": "https://github.com/acme/library", "targetRevision": "main"})]) == set()
	paths([flux("GitRepository", {"url": "https://github.com/acme/fleet", "ref": {"branch": "main"}})]) == set()
}

test_argocd_charts if {
	charts := "https://charts.example.com"
	every version in ["1.2.3", "v1.2.3", "1.2", "1.2.3-rc.1"] {
		paths([application({"repoURL": charts, "chart": "web", "targetRevision": version})]) == set()
	}
	every version in ["*", "1.x", "~1.2.0", ">=1.0.0", "1.2.*", ""] {
		paths([application({"repoURL": charts, "chart": "web", "targetRevision": version})]) == {["spec", "source", "targetRevision"]}
	}
}

test_argocd_oci if {
	paths([application({"repoURL": "oci://registry.example/web", "targetRevision": "latest"})]) == {["spec", "source", "targetRevision"]}
	paths([application({"repoURL": "oci://registry.example/web", "targetRevision": "1.2.3"})]) == set()
	paths([application({"repoURL": "oci://registry.example/web", "targetRevision": "1.2.x"})]) == {["spec", "source", "targetRevision"]}
	paths([application({"repoURL": "oci://registry.example/web", "targetRevision": "1.2.*"})]) == {["spec", "source", "targetRevision"]}
}

test_several_sources if {
	entry := {"target": "t", "object": {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "shop"}, "spec": {"template": {"spec": {
		"source": {"repoURL": "https://github.com/acme/web", "targetRevision": "HEAD"},
		"sources": [{"repoURL": "https://github.com/acme/web", "targetRevision": "v1.0.0"}, {"repoURL": "https://github.com/acme/values", "targetRevision": "main"}],
	}}}}}
	paths([entry]) == {["spec", "template", "spec", "sources", 1, "targetRevision"]}
}

judged(objects, nodes) := {result.path | some result in found} if {
	found := unpinned_source.deny with input as object.union(given(objects, []), {"graph": {"nodes": nodes}})
}

# What an ApplicationSet generates is judged in its stead; its template, where some of that is not known.
test_generated_applications if {
	source := {"repoURL": "https://github.com/acme/web"}
	set := {"target": "t", "object": {
		"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "all"},
		"spec": {"template": {"spec": {"source": source}}},
	}}
	one := {"id": "argocd/ApplicationSet/default/all", "kind": "ApplicationSet", "namespace": "default", "name": "all", "status": "resolved", "generated_by": null}
	other := {"id": "argocd/Application/default/shop", "kind": "Application", "namespace": "default", "name": "shop", "status": "resolved", "generated_by": one.id}
	own := ["spec", "source", "targetRevision"]
	of_set := ["spec", "template", "spec", "source", "targetRevision"]
	judged([set, application(source)], [one, other]) == {own}
	judged([set, application(source)], [one]) == {own, of_set}
	judged([set, application(source)], [object.union(one, {"status": "unresolved"}), other]) == {own, of_set}
}

test_flux_takes_the_first if {
	url := "https://github.com/acme/web"
	paths([flux("GitRepository", {"url": url})]) == {["spec", "ref"]}
	paths([flux("GitRepository", {"url": url, "ref": {"branch": "main"}})]) == {["spec", "ref", "branch"]}
	paths([flux("GitRepository", {"url": url, "ref": {"branch": "main", "tag": "v1.0.0"}})]) == set()
	paths([flux("GitRepository", {"url": url, "ref": {"tag": "v1.0.0", "semver": ">=1.0.0"}})]) == {["spec", "ref", "semver"]}
	paths([flux("GitRepository", {"url": url, "ref": {"name": "refs/heads/main"}})]) == {["spec", "ref", "name"]}
	paths([flux("GitRepository", {"url": url, "ref": {"name": "refs/tags/v1"}})]) == set()
	paths([flux("GitRepository", {"url": url, "ref": {"branch": "main", "commit": "9b1f3f496fa3665762efb038c89bbdef5235ce58"}})]) == set()
	paths([flux("GitRepository", {"url": url, "ref": {"tag": "latest"}})]) == {["spec", "ref", "tag"]}
}

test_oci_repositories if {
	url := "oci://registry.example/web"
	paths([flux("OCIRepository", {"url": url})]) == {["spec", "ref"]}
	paths([flux("OCIRepository", {"url": url, "ref": {"tag": "latest"}})]) == {["spec", "ref", "tag"]}
	paths([flux("OCIRepository", {"url": url, "ref": {"semver": "1.x"}})]) == {["spec", "ref", "semver"]}
	paths([flux("OCIRepository", {"url": url, "ref": {"tag": "1.2.3"}})]) == set()
	paths([flux("OCIRepository", {"url": url, "ref": {"tag": "latest", "digest": "sha256:aa"}})]) == set()
}

test_helm_releases if {
	every version in ["17.0", "*", "1.x", ">=1.0.0", "^1.2.3", "1"] {
		paths([release({"chart": "redis", "version": version})]) == {["spec", "chart", "spec", "version"]}
	}
	paths([release({"chart": "redis"})]) == {["spec", "chart", "spec", "version"]}
	every version in ["17.0.1", "v1.2.3", "=1.2.3", "1.2.3-rc.1+build", "${VERSION}"] {
		paths([release({"chart": "redis", "version": version})]) == set()
	}
	paths([release({"chart": "./charts/redis", "sourceRef": {"kind": "GitRepository", "name": "fleet"}})]) == set()
}

lines(remotes) := {result.line | some result in found} if {
	found := unpinned_source.deny with input as given([], remotes)
}

place(line) := {"target": "t", "file": "kustomization.yaml", "line": line, "column": 5}

test_remote_bases if {
	lines([
		object.union(place(1), {"kind": "base", "url": "https://github.com/acme/base", "revision": "", "own": false}),
		object.union(place(2), {"kind": "base", "url": "https://github.com/acme/base", "revision": "main", "own": false}),
		object.union(place(3), {"kind": "base", "url": "https://github.com/acme/base", "revision": "v1.2.3", "own": false}),
		object.union(place(4), {"kind": "base", "url": "https://github.com/acme/fleet", "revision": "main", "own": true}),
	]) == {1, 2}
}

test_remote_files if {
	lines([
		object.union(place(1), {"kind": "file", "url": "https://raw.githubusercontent.com/acme/base/main/all.yaml", "own": false}),
		object.union(place(2), {"kind": "file", "url": "https://raw.githubusercontent.com/acme/base/v1.2.3/all.yaml", "own": false}),
		object.union(place(3), {"kind": "file", "url": "https://github.com/acme/base/releases/latest/download/all.yaml", "own": false}),
		object.union(place(4), {"kind": "file", "url": "https://github.com/acme/base/releases/download/v1.0.0/all.yaml", "own": false}),
		object.union(place(5), {"kind": "file", "url": "https://gitlab.com/acme/base/-/raw/master/all.yaml", "own": false}),
		object.union(place(6), {"kind": "file", "url": "https://docs.example.com/all.yaml", "own": false}),
	]) == {1, 3, 5}
}

test_charts_of_kustomizations if {
	lines([
		object.union(place(1), {"kind": "chart", "url": "https://charts.example.com", "chart": "web", "version": ""}),
		object.union(place(2), {"kind": "chart", "url": "https://charts.example.com", "chart": "web", "version": "1.2"}),
		object.union(place(3), {"kind": "chart", "url": "https://charts.example.com", "chart": "web", "version": "1.2.3"}),
	]) == {1, 2}
}

test_credentials_are_not_shown if {
	found := unpinned_source.deny with input as given([application({"repoURL": "https://user:pw@github.com/acme/web", "targetRevision": "main"})], [])
	every result in found {
		not contains(result.msg, "pw")
	}
}

test_the_source_that_the_hydrator_reads if {
	spec := {
		"source": {"repoURL": "https://github.com/acme/web", "targetRevision": "v1.2.3"},
		"sourceHydrator": {"drySource": {"repoURL": "https://github.com/acme/web", "targetRevision": "main"}},
	}
	hydrated := {"target": "t", "object": {
		"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "shop"}, "spec": spec,
	}}
	paths([hydrated]) == {["spec", "sourceHydrator", "drySource", "targetRevision"]}
}
