# What POST / answers: an AdmissionReview for an AdmissionReview. Without a request in the input it has no value, so that OPA
# answers 404 and the API server does what failurePolicy says.
package system

import data.gitops_guard.bundle.review

main := {"apiVersion": input.apiVersion, "kind": "AdmissionReview", "response": response} if input.kind == "AdmissionReview"

response := object.union_n([
	{"uid": input.request.uid, "allowed": count(review.denied) == 0},
	{"status": status | count(review.denied) > 0},
	{"warnings": review.warnings | count(review.warnings) > 0},
	{"auditAnnotations": {"faults": concat("\n", review.recorded)} | count(review.recorded) > 0},
])

status := {"code": 403, "reason": "Forbidden", "message": concat("\n", review.denied)}
