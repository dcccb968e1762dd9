# METADATA
# title: This one does not parse
# description: A policy that does not parse judges nothing, which must not look like success.
# custom:
#   scope: resource
#   severity: error
#   kinds: [Deployment]
#   remedy: None.
package gitops_guard.house.broken

deny contains {"path": [], "msg": "unclosed"} if {
