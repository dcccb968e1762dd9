package gitops_guard.prune.immutable_change_test

import data.gitops_guard.lib.change_cases as cases
import data.gitops_guard.prune.immutable_change

job(image) := {
	"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate"},
	"spec": {"template": {"spec": {"containers": [{"name": "migrate", "image": image}]}}},
}

judged(before, after, more) := found if {
	found := immutable_change.deny with input as cases.edited([cases.edit_with(before, after, more)])
}

annotated(object_, annotations) := object.union(object_, {"metadata": {"annotations": annotations}})

test_template_of_a_job if {
	found := judged(job("a:1.0"), job("a:1.1"), {})
	found == {{
		"resource": cases.name_of(job("a:1.1")),
		"path": ["spec", "template", "spec", "containers", 0, "image"],
		"msg": "spec.template.spec.containers.0.image of a Job can't be changed: the API server refuses the update",
	}}
}

test_hooks_are_made_anew if {
	every hook in [{"argocd.argoproj.io/hook": "PreSync"}, {"helm.sh/hook": "pre-upgrade"}] {
		found := judged(annotated(job("a:1.0"), hook), annotated(job("a:1.1"), hook), {})
		count(found) == 0
	}
}

test_job_that_is_meant_to_be_made_anew if {
	every own in [{"kustomize.toolkit.fluxcd.io/force": "enabled"}, {"argocd.argoproj.io/sync-options": "Replace=true,Force=true"}] {
		found := judged(job("a:1.0"), annotated(job("a:1.1"), own), {"recreated_by": "its own option"})
		count(found) == 0
	}
}

test_job_under_an_option_of_its_owner if {
	every option in ["spec.force", "syncOptions: Force=true"] {
		found := judged(job("a:1.0"), job("a:1.1"), {"recreated_by": option})
		{fault.msg | some fault in found} == {sprintf("spec.template.spec.containers.0.image of a Job can't be changed: %s deletes the object and creates it anew", [option])}
	}
}

claims(size) := {
	"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"},
	"spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": size}}}}]},
}

test_recreated_is_said if {
	found := judged(claims("1Gi"), claims("2Gi"), {"recreated_by": "spec.force"})
	some fault in found
	endswith(fault.msg, "can't be changed: spec.force deletes the object and creates it anew")
}

test_another_object_of_the_same_generator if {
	before := {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c-6h2mhg7b2t"}, "immutable": true, "data": {"a": "1"}}
	after := {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c-9hf2gtm5bh"}, "immutable": true, "data": {"a": "2"}}
	count(judged(before, after, {})) == 0
}

test_name_that_the_api_server_makes if {
	before := {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "m-"}, "spec": {"template": {"a": 1}}}
	after := {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "m-"}, "spec": {"template": {"a": 2}}}
	resource := {"apiVersion": "batch/v1", "kind": "Job", "namespace": "", "name": "m-"}
	edit := {"resource": resource, "before": before, "after": after, "reinstalls": null, "recreated_by": null}
	found := immutable_change.deny with input as cases.edited([edit])
	count(found) == 0
}
