# METADATA
# title: Production runs what staging never ran
# description: >-
#   An image or chart version that no render of staging ever had was tried nowhere. Staging and production are two targets with the
#   same path but for the environment; workloads are paired by kind and name without it, containers by name. Staging's renders are
#   those of the current state and of the commits of the first-parent history that brought or removed the version in a file that
#   feeds staging, at most 200. A digest is the same through a mirror; a tag with another digest is another image. Where the history
#   is cut off (a shallow clone), what is not found is said once, as a note. `allow` holds globs of images and chart names that need
#   no staging.
# related_resources:
#   - ref: https://kubernetes.io/docs/concepts/containers/images/#image-names
#   - ref: https://git-scm.com/docs/shallow
# custom:
#   scope: repository
#   severity: warning
#   remedy: Let staging run the version first, and promote that one.
#   parameters: {allow: []}
package gitops_guard.promotion.skipped_staging

import data.gitops_guard.lib.images
import data.gitops_guard.lib.promotions

deny contains object.union(promotions.result(item.pair, item.version, msg), {"related": related(item.version)}) if {
	input.history.state == "whole"
	some item in unseen
	msg := sprintf("%s was never in staging", [promotions.shown(item.version)])
}

# One for all that can't be known.
deny contains object.union(promotions.result(item.pair, item.version, msg), {"severity": "note", "related": related(item.version)}) if {
	why := unknown[input.history.state]
	item := sort(unseen)[0]
	msg := sprintf("%s: whether staging ever ran it%s can't be known: %s", [promotions.shown(item.version), more(count(unseen) - 1), why])
}

unknown := {
	"shallow": "this clone is shallow; fetch the whole history: git fetch --unshallow",
	"long": "the history is too long: 200 versions, 200 commits that hold them and a minute of git are looked through",
	"missing": "git can't read the history here",
	"none": "there is no git history here",
}

more(0) := ""

more(n) := sprintf(" (and %d more)", [n]) if n > 0

unseen := {{"pair": {"production": pair.production, "staging": pair.staging}, "version": version} |
	some pair in input.history.pairs
	some version in pair.versions
	version.staging != null
	promotions.telling(version)
	not ran(version)
	not allowed(version)
}

ran(version) if promotions.same(version.kind, version, version.staging)

ran(version) if {
	some other in version.ran
	promotions.same(version.kind, version, other)
}

allowed(version) if {
	version.kind == "image"
	image := images.reference(version.text)
	images.listed(image, input.parameters.allow)
}

allowed(version) if {
	version.kind != "image"
	some pattern in input.parameters.allow
	is_string(pattern)
	glob.match(pattern, [], version.part)
}

related(version) := [promotions.staging_place(version, "what staging runs")]
