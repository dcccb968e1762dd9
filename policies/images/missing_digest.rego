# METADATA
# title: A version tag without a digest
# description: >-
#   A tag can be pushed again; a digest can't. Images that `require_digest` names (globs, with or without the tag) must carry one:
#   there it is an error, elsewhere a note. A moving tag, or none, is images/unpinned-tag alone. `allow` holds globs of images that
#   need no digest.
# related_resources:
#   - ref: https://kubernetes.io/docs/concepts/containers/images/#image-names
#   - ref: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
# custom:
#   scope: resource
#   kinds: [Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, PodTemplate, "*.*/*"]
#   mentions: ['"image":"', '"reference":"']
#   severity: note
#   remedy: "Add the digest: name:tag@sha256:…, or digest: in the images entry of the kustomization."
#   parameters: {require_digest: [], allow: []}
#   admission: true
package gitops_guard.images.missing_digest

import data.gitops_guard.lib.images
import data.gitops_guard.lib.images.used
import data.gitops_guard.lib.result

deny contains fault if {
	some use in used
	use.image.digest == ""
	# A moving tag, or none, is the business of images/unpinned-tag.
	use.image.tag != ""
	images.pinned(use.image.tag)
	fault := told(use)
}

told(use) := object.union(result.violation(use.path, msg), {"severity": "error"}) if {
	images.listed(use.image, input.parameters.require_digest)
	msg := sprintf("container %s: image %s must carry a digest", [use.container, images.shown(use.image)])
} else := result.violation(use.path, msg) if {
	not images.listed(use.image, input.parameters.allow)
	msg := sprintf("container %s: image %s has no digest", [use.container, images.shown(use.image)])
}
