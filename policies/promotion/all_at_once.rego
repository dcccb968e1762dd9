# METADATA
# title: One change moves staging and production together
# description: >-
#   Staging can't say anything about a version that reaches production in the same change. Judged with --base, for images and chart
#   versions of the same workload that come to the same version on both sides; a workload that is new in either of them does not
#   move. `allow` holds globs of images and chart names that may move everywhere at once.
# related_resources:
#   - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/best_practices/
# custom:
#   scope: repository
#   severity: note
#   remedy: Merge the change for staging first, and the one for production when staging has run it.
#   parameters: {allow: []}
package gitops_guard.promotion.all_at_once

import data.gitops_guard.lib.images
import data.gitops_guard.lib.promotions

deny contains object.union(promotions.result(pair, version, msg), {"related": [promotions.staging_place(version, "staging in the same change")]}) if {
	some pair in input.history.pairs
	some version in pair.versions
	moved(version)
	not allowed(version)
	msg := sprintf("%s reaches staging and production in one change", [promotions.shown(version)])
}

moved(version) if {
	version.staging != null
	old := version.before
	old != null
	old.production != null
	old.staging != null
	promotions.same(version.kind, version, version.staging)
	not promotions.same(version.kind, version, old.production)
	not promotions.same(version.kind, version, old.staging)
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
