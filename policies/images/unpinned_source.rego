# METADATA
# title: A source follows something that moves
# description: >-
#   What a branch, HEAD, a range, `*` or latest names changes when somebody pushes to another repository or registry: what is
#   deployed changes without a commit here, and no review sees it. Judged are the sources of Applications and ApplicationSets, the
#   versions of charts, GitRepositories and OCIRepositories, and the remote bases and charts of kustomizations; of an ApplicationSet
#   the Applications that it generates, as far as they are known from here, else its template. This repository's own
#   address is left alone: that its branch is followed is the point of GitOps. A tag, a commit and an exact version are pinned; `1.2`
#   is exact as a git revision and for Argo CD, and a range where Flux or Helm look for a chart. Of several references of a
#   GitRepository or OCIRepository the one that Flux prefers counts. `allow` holds globs of addresses and chart names that may be
#   followed.
# related_resources:
#   - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/tracking_strategies/
#   - ref: https://fluxcd.io/flux/components/source/gitrepositories/#reference
#   - ref: https://fluxcd.io/flux/components/helm/helmreleases/#chart-template
#   - ref: https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md
# custom:
#   scope: repository
#   kinds:
#     - argoproj.io/Application
#     - argoproj.io/ApplicationSet
#     - helm.toolkit.fluxcd.io/HelmRelease
#     - source.toolkit.fluxcd.io/GitRepository
#     - source.toolkit.fluxcd.io/OCIRepository
#     - source.toolkit.fluxcd.io/HelmChart
#   severity: {production: warning, else: note}
#   security_severity: "4.0"
#   remedy: Name a tag, a commit or an exact version, and let a bot or a promotion raise it.
#   parameters: {allow: []}
package gitops_guard.images.unpinned_source

import data.gitops_guard.lib.result
import data.gitops_guard.lib.revisions

deny contains result.inside(entry, found.path, msg) if {
	some entry in input.objects
	some found in moving(entry.object)
	not allowed(found.url)
	msg := sprintf("%s %s", [revisions.shown(found.what), revisions.shown(found.why)])
}

deny contains object.union(result.at(remote.file, remote.line, msg), {"column": remote.column, "target": remote.target}) if {
	some remote in input.references.remotes
	found := remote_moves(remote)
	not allowed(remote.url)
	msg := sprintf("%s %s", [revisions.shown(found.what), revisions.shown(found.why)])
}

allowed(url) if {
	some pattern in input.parameters.allow
	is_string(pattern)
	glob.match(pattern, [], url)
}

moving(object_) := argocd(object_) if object_.kind == "Application"

# Of an ApplicationSet all of whose Applications are known, those are judged.
moving(object_) := argocd(object_) if {
	object_.kind == "ApplicationSet"
	name := revisions.text_at(object_, ["metadata", "name"])
	namespace := set_namespace(revisions.text_at(object_, ["metadata", "namespace"]))
	not expanded[name][namespace]
}

set_namespace("") := "default"

set_namespace(namespace) := namespace if namespace != ""

expanded[node.name] contains node.namespace if {
	some node in input.graph.nodes
	node.kind == "ApplicationSet"
	node.status == "resolved"
	makers[node.id]
}

makers contains node.generated_by if {
	some node in input.graph.nodes
	node.generated_by != null
}

moving(object_) := flux_source(object_) if object_.kind in {"GitRepository", "OCIRepository"}

moving(object_) := flux_chart(object_) if object_.kind in {"HelmRelease", "HelmChart"}

# Argo CD: a chart's targetRevision is a version or a range, a repository's is any revision.
argocd(object_) := {found |
	some place in argocd_sources(object_)
	url := revisions.text_at(place.source, ["repoURL"])
	url != ""
	not revisions.open(url)
	revision := revisions.text_at(place.source, ["targetRevision"])
	not revisions.open(revision)
	moves := argocd_moves(url, revisions.text_at(place.source, ["chart"]), revision)
	found := object.union(moves, {"url": url, "path": array.concat(place.path, ["targetRevision"])})
}

argocd_moves(url, chart, revision) := {"what": sprintf("chart %s of %s", [chart, url]), "why": version_moves(revision)} if {
	chart != ""
	not exact_for_argocd(revision)
} else := {"what": sprintf("source %s", [url]), "why": version_moves(revision)} if {
	chart == ""
	startswith(url, "oci://")
	not exact_for_argocd(revision)
	not startswith(revision, "sha256:")
	not revisions.build(revision)
} else := {"what": sprintf("source %s", [url]), "why": git_moves(revision)} if {
	chart == ""
	not startswith(url, "oci://")
	not own(url)
	not revisions.fixed(revision)
}

exact_for_argocd(revision) if revisions.version(revision)

exact_for_argocd(revision) if revisions.exact(revision)

argocd_sources(object_) := [place |
	some prefix in argocd_specs[object_.kind]
	spec := object.get(object_, prefix, null)
	is_object(spec)
	some inner in source_paths(spec)
	source := object.get(spec, inner, null)
	is_object(source)
	place := {"path": array.concat(prefix, inner), "source": source}
]

argocd_specs := {"Application": [["spec"]], "ApplicationSet": [["spec", "template", "spec"]]}

# The hydrator's source beats the list of sources, and that the single one.
source_paths(spec) := [["sourceHydrator", "drySource"]] if {
	is_object(object.get(spec, "sourceHydrator", null))
} else := [["sources", index] | some index, _ in spec.sources] if {
	is_array(object.get(spec, "sources", null))
	count(spec.sources) > 0
} else := [["source"]]

# Flux takes the first of these that is there.
preferred := {"GitRepository": ["commit", "name", "semver", "tag", "branch"], "OCIRepository": ["digest", "semver", "tag"]}

flux_source(object_) := {found |
	url := revisions.text_at(object_, ["spec", "url"])
	url != ""
	not own(url)
	given := [[field, value] |
		some field in preferred[object_.kind]
		value := revisions.text_at(object_, ["spec", "ref", field])
		value != ""
	]
	moves := flux_moves(object_.kind, given)
	found := {
		"url": url, "what": sprintf("source %s", [url]), "why": moves.why,
		"path": array.concat(["spec", "ref"], moves.fields),
	}
}

flux_moves("GitRepository", []) := {"fields": [], "why": "names no revision, which means branch master"}

flux_moves("OCIRepository", []) := {"fields": [], "why": "names no version, which means latest"}

flux_moves(kind, given) := {"fields": [field], "why": sprintf("follows %s", [value])} if {
	count(given) > 0
	[field, value] := given[0]
	not revisions.open(value)
	flux_follows(kind, field, value)
}

flux_follows(_, field, _) if field == "branch"

flux_follows(_, "semver", value) if not revisions.exact(value)

flux_follows("GitRepository", "name", value) if {
	not startswith(value, "refs/tags/")
	not revisions.commit(value)
}

flux_follows("GitRepository", "tag", value) if revisions.moving_word(value)

flux_follows("OCIRepository", "tag", value) if not revisions.build(value)

# Flux: the version of a chart, where it comes from a Helm repository.
flux_chart(object_) := {found |
	prefix := chart_specs[object_.kind]
	spec := object.get(object_, prefix, null)
	is_object(spec)
	object.get(spec, ["sourceRef", "kind"], "HelmRepository") == "HelmRepository"
	chart := revisions.text_at(spec, ["chart"])
	version := revisions.text_at(spec, ["version"])
	not revisions.open(version)
	not revisions.exact(version)
	found := {
		"url": chart, "what": sprintf("chart %s", [chart]), "why": version_moves(version),
		"path": array.concat(prefix, ["version"]),
	}
}

chart_specs := {"HelmRelease": ["spec", "chart", "spec"], "HelmChart": ["spec"]}

# Kustomize: remote bases, files read over HTTP, and charts.
remote_moves(remote) := {"what": sprintf("remote base %s", [remote.url]), "why": git_moves(remote.revision)} if {
	remote.kind == "base"
	not remote.own
	not revisions.open(remote.revision)
	not revisions.fixed(remote.revision)
} else := {"what": sprintf("remote file %s", [remote.url]), "why": sprintf("follows %s", [revision])} if {
	remote.kind == "file"
	revision := revisions.of_file(remote.url)
	not revisions.fixed(revision)
} else := {"what": sprintf("chart %s of %s", [remote.chart, remote.url]), "why": version_moves(remote.version)} if {
	remote.kind == "chart"
	not revisions.open(remote.version)
	not revisions.exact(remote.version)
}

own(url) if url in input.references.own

git_moves("") := "names no revision, which means HEAD"

git_moves(revision) := sprintf("follows %s", [revision]) if revision != ""

version_moves("") := "names no version: the newest counts"

version_moves(version) := sprintf("follows %s", [version]) if version != ""
