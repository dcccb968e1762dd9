# The answer for whoever asks by OPA's own API: input is {"request": an AdmissionRequest} or {"object": a manifest}.
package gitops_guard

import data.gitops_guard.bundle.review

decision := {
	"allowed": count(review.denied) == 0,
	"denied": review.denied,
	"warnings": review.warnings,
	"findings": review.findings,
	"evaluated": sort(review.asked),
}
