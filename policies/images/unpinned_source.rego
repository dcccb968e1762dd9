# METADATA
# title: A source follows something that moves
# description: >-
#   What a branch, HEAD, a range, `*` or latest names changes when somebody pushes to another repository or registry: what is
#   deployed changes without a commit here, and no review sees it. Judged are the sources of Applications and ApplicationSets, the
#   versions of charts, GitRepositories and OCIRepositories, and the remote bases and charts of kustomizations. This repository's own
#   address is left alone: that its branch is followed is the point of GitOps. A tag, a commit and an exact version are pinned; `1.2`
#   is exact as a git revision and for Argo CD, and a range where Flux or Helm look for a chart. Of several references of a
#   GitRepository or OCIRepository the one that Flux prefers counts. `allow` holds globs of addresses that may be followed.
# related_resources:
#   - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/tracking_strategies/
#   - ref: https://fluxcd.io/flux/components/source/gitrepositories/#reference
#   - ref: https://fluxcd.io/flux/components/helm/helmreleases/#chart-template
#   - ref: https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md
# custom:
#   scope: resource
#   kinds:
#     - argoproj.io/Application
#     - argoproj.io/ApplicationSet
#     - helm.toolkit.fluxcd.io/HelmRelease
#     - source.toolkit.fluxcd.io/GitRepository
#     - source.toolkit.fluxcd.io/OCIRepository
#     - source.toolkit.fluxcd.io/HelmChart
#     - kustomize.config.k8s.io/Kustomization
#     - kustomize.config.k8s.io/Component
#   severity: {production: warning, else: note}
#   security_severity: "4.0"
#   remedy: Name a tag, a commit or an exact version, and let a bot or a promotion raise it.
#   parameters: {allow: []}
package gitops_guard.images.unpinned_source

import data.gitops_guard.lib.images
import data.gitops_guard.lib.result
import data.gitops_guard.lib.revisions

deny contains result.violation(found.path, msg) if {
	some found in moving
	url := found.url
	allow := input.parameters.allow
	not allowed(url, allow)
	msg := sprintf("%s %s", [revisions.shown(found.what), found.why])
}

allowed(url, patterns) if {
	some pattern in patterns
	is_string(pattern)
	glob.match(pattern, [], url)
}

# Argo CD: a chart's targetRevision is a version or a range, a repository's is any revision.
moving contains {"path": path, "url": url, "what": what, "why": why} if {
	some place in argocd_sources
	url := revisions.text_at(place.source, ["repoURL"])
	url != ""
	not revisions.open(url)
	revision := revisions.text_at(place.source, ["targetRevision"])
	not revisions.open(revision)
	chart := revisions.text_at(place.source, ["chart"])
	found := argocd_moves(url, chart, revision)
	what := found.what
	why := found.why
	path := array.concat(place.path, ["targetRevision"])
}

argocd_moves(url, chart, revision) := {"what": sprintf("chart %s of %s", [chart, url]), "why": why} if {
	chart != ""
	not revisions.version(revision)
	not revisions.exact(revision)
	why := version_moves(revision)
} else := {"what": sprintf("source %s", [url]), "why": why} if {
	chart == ""
	startswith(url, "oci://")
	not revisions.version(revision)
	not revisions.exact(revision)
	not startswith(revision, "sha256:")
	not images.pinned(revision)
	why := version_moves(revision)
} else := {"what": sprintf("source %s", [url]), "why": why} if {
	chart == ""
	not startswith(url, "oci://")
	not own(url)
	not revisions.fixed(revision)
	why := git_moves(revision)
}

argocd_sources contains {"path": array.concat(prefix, ["source"]), "source": source} if {
	some prefix in argocd_specs
	count(several(prefix)) == 0
	source := object.get(input.object, array.concat(prefix, ["source"]), null)
	is_object(source)
}

argocd_sources contains {"path": array.concat(prefix, ["sources", index]), "source": source} if {
	some prefix in argocd_specs
	some index, source in several(prefix)
	is_object(source)
}

argocd_sources contains {"path": array.concat(prefix, ["sourceHydrator", "drySource"]), "source": source} if {
	some prefix in argocd_specs
	source := object.get(input.object, array.concat(prefix, ["sourceHydrator", "drySource"]), null)
	is_object(source)
}

several(prefix) := items if {
	items := object.get(input.object, array.concat(prefix, ["sources"]), [])
	is_array(items)
} else := []

argocd_specs contains ["spec"] if input.object.kind == "Application"

argocd_specs contains ["spec", "template", "spec"] if input.object.kind == "ApplicationSet"

# Flux takes the first of these that is there.
preferred := {"GitRepository": ["commit", "name", "semver", "tag", "branch"], "OCIRepository": ["digest", "semver", "tag"]}

moving contains {"path": path, "url": url, "what": sprintf("source %s", [url]), "why": why} if {
	fields := preferred[input.object.kind]
	url := revisions.text_at(input.object, ["spec", "url"])
	not own(url)
	given := [[field, value] |
		some field in fields
		value := revisions.text_at(input.object, ["spec", "ref", field])
		value != ""
	]
	found := flux_moves(input.object.kind, given)
	path := array.concat(["spec", "ref"], found.fields)
	why := found.why
}

flux_moves("GitRepository", []) := {"fields": [], "why": "names no revision, which means branch master"}

flux_moves("OCIRepository", []) := {"fields": [], "why": "names no version, which means latest"}

flux_moves(kind, given) := {"fields": [field], "why": sprintf("follows %s", [value])} if {
	[field, value] := given[0]
	not revisions.open(value)
	flux_follows(kind, field, value)
}

flux_follows(_, "branch", _)

flux_follows(_, "semver", value) if not revisions.exact(value)

flux_follows("GitRepository", "name", value) if {
	not startswith(value, "refs/tags/")
	not revisions.commit(value)
}

flux_follows("GitRepository", "tag", value) if revisions.moving_word(value)

flux_follows("OCIRepository", "tag", value) if not images.pinned(value)

# Flux: the version of a chart, where it comes from a Helm repository.
moving contains {"path": array.concat(prefix, ["version"]), "url": chart, "what": sprintf("chart %s", [chart]), "why": why} if {
	prefix := chart_specs[input.object.kind]
	spec := object.get(input.object, prefix, null)
	is_object(spec)
	object.get(spec, ["sourceRef", "kind"], "HelmRepository") == "HelmRepository"
	chart := revisions.text_at(spec, ["chart"])
	version := revisions.text_at(spec, ["version"])
	not revisions.open(version)
	not revisions.exact(version)
	why := version_moves(version)
}

chart_specs := {"HelmRelease": ["spec", "chart", "spec"], "HelmChart": ["spec"]}

# Kustomize: remote bases, files read over HTTP, and charts.
moving contains {"path": remote.path, "url": remote.url, "what": sprintf("remote base %s", [remote.url]), "why": git_moves(remote.ref)} if {
	some remote in remotes
	remote.git
	not remote.own
	not revisions.open(remote.ref)
	not revisions.fixed(remote.ref)
}

moving contains {"path": remote.path, "url": remote.url, "what": sprintf("remote file %s", [remote.url]), "why": sprintf("follows %s", [ref])} if {
	some remote in remotes
	not remote.git
	not remote.own
	ref := file_revision(remote.url)
	not revisions.fixed(ref)
}

remotes := object.get(input.facts, "remotes", [])

# GitHub's and GitLab's addresses of one file name the revision.
file_revision(url) := ref if {
	found := regex.find_all_string_submatch_n(`^https://raw\.githubusercontent\.com/[^/]+/[^/]+/(?:refs/heads/)?([^/]+)/`, url, 1)
	ref := found[0][1]
} else := ref if {
	found := regex.find_all_string_submatch_n(`^https://github\.com/[^/]+/[^/]+/raw/(?:refs/heads/)?([^/]+)/`, url, 1)
	ref := found[0][1]
} else := ref if {
	found := regex.find_all_string_submatch_n(`^https://[^/]+/.+/-/raw/([^/]+)/`, url, 1)
	ref := found[0][1]
} else := "the latest release" if {
	regex.match(`^https://[^/]+/[^/]+/[^/]+/(-/)?releases/(latest|permalink/latest)/`, url)
}

moving contains {"path": ["helmCharts", index, "version"], "url": chart, "what": sprintf("chart %s", [chart]), "why": version_moves(version)} if {
	not input.object.kind in {"Application", "ApplicationSet", "HelmRelease", "GitRepository", "OCIRepository", "HelmChart"}
	charts := object.get(input.object, "helmCharts", [])
	is_array(charts)
	some index, item in charts
	is_object(item)
	revisions.text_at(item, ["repo"]) != ""
	chart := revisions.text_at(item, ["name"])
	version := revisions.text_at(item, ["version"])
	not revisions.open(version)
	not revisions.exact(version)
}

own(url) if url in object.get(input.facts, "own", [])

git_moves("") := "names no revision, which means HEAD"

git_moves(revision) := sprintf("follows %s", [revision]) if revision != ""

version_moves("") := "names no version: the newest counts"

version_moves(version) := sprintf("follows %s", [version]) if version != ""
