# METADATA
# title: An image tag moves
# description: >-
#   Without a tag, with latest, a word (stable, main, a branch), or a bare major version (16, v2, 16-alpine), what runs changes
#   without a commit: two nodes may run two builds, a rollback brings back nothing, and no review saw what is deployed. Two or more
#   version parts, a date, a commit and a long build number name one build; a version glued to what the image is built on
#   (stable-alpine3.20) is not the image's own. Anything beside a digest is pinned; a registry's port is no tag. Pods, all kinds
#   that make them, custom resources that embed a list of containers, and the steps of Argo Workflows and Tekton are judged. A
#   variable without a default can't be judged. `allow` holds globs of images that may move.
# related_resources:
#   - ref: https://kubernetes.io/docs/concepts/containers/images/#image-names
#   - ref: https://github.com/distribution/reference/blob/main/reference.go
# custom:
#   scope: resource
#   kinds: [Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, PodTemplate, "*.*/*"]
#   mentions: ['"image":"', '"reference":"']
#   severity: {production: error, else: warning}
#   security_severity: "5.0"
#   remedy: Write a tag that names one build (1.27.3, a date, a commit), or pin the digest.
#   parameters: {allow: []}
#   admission: true
package gitops_guard.images.unpinned_tag

import data.gitops_guard.lib.images
import data.gitops_guard.lib.images.used
import data.gitops_guard.lib.result

deny contains result.violation(use.path, msg) if {
	some use in used
	use.image.digest == ""
	why := moves(use.image.tag)
	allow := input.parameters.allow
	not images.listed(use.image, allow)
	msg := sprintf("container %s: image %s %s", [use.container, images.shown(use.image), why])
}

moves(tag) := "has no tag, which means latest" if {
	tag == ""
} else := sprintf("has the moving tag %s", [tag]) if {
	not images.pinned(tag)
}
