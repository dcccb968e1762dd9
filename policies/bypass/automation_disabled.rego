# METADATA
# title: The controller does not apply or restore what Git says
# description: |-
#   Without automated sync a merge is deployed when somebody clicks; without self-heal, or without Helm drift detection, what
#   somebody changes in the cluster stays. selfHeal and driftDetection are off by default, and `enabled: false` switches
#   automated off whatever stands beside it. `prune: false` is no fault here.
# related_resources:
#   - ref: "https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/"
#   - ref: "https://fluxcd.io/flux/components/helm/helmreleases/#drift-detection"
# custom:
#   scope: resource
#   severity: {production: warning, else: note}
#   kinds: [argoproj.io/Application, argoproj.io/ApplicationSet, helm.toolkit.fluxcd.io/HelmRelease]
#   remedy: "Set syncPolicy.automated with selfHeal: true; for a HelmRelease driftDetection.mode: enabled."
#   parameters: {self_heal: true, drift_detection: true}
package gitops_guard.bypass.automation_disabled

import data.gitops_guard.lib.result

deny contains result.violation(path, msg) if {
	input.object.kind == "Application"
	spec := object.get(input.object, "spec", {})
	is_object(spec)
	some fault in faults(spec)
	path := array.concat(["spec", "syncPolicy"], fault.path)
	msg := fault.msg
}

deny contains result.violation(path, msg) if {
	input.object.kind == "ApplicationSet"
	spec := object.get(input.object, ["spec", "template", "spec"], {})
	is_object(spec)
	not syncs_by_steps
	some fault in faults(spec)
	not patched(fault.about)
	not generated(fault.about)
	path := array.concat(["spec", "template", "spec", "syncPolicy"], fault.path)
	msg := fault.msg
}

# What templatePatch writes over the template.
deny contains result.violation(["spec", "templatePatch"], msg) if {
	input.object.kind == "ApplicationSet"
	patch_says(`enabled"?:\s*false\b`)
	msg := "automated sync is switched off by enabled: false in templatePatch"
}

deny contains result.violation(["spec", "templatePatch"], msg) if {
	input.object.kind == "ApplicationSet"
	input.parameters.self_heal
	regex.match(`selfHeal"?:\s*false\b`, patch)
	msg := "selfHeal is false in templatePatch: what somebody changes in the cluster stays until the next commit"
}

deny contains result.violation(["spec", "templatePatch"], msg) if {
	input.object.kind == "ApplicationSet"
	regex.match(`\bautomated"?:\s*(null\b|~)`, patch)
	msg := "templatePatch takes automated sync away: what is merged is deployed when somebody syncs by hand"
}

deny contains result.violation(["spec", "templatePatch"], msg) if {
	input.object.kind == "ApplicationSet"
	input.parameters.self_heal
	automated(object.get(input.object, ["spec", "template", "spec"], {})) == null
	patched("automated")
	not patched("selfHeal")
	not regex.match(`\bautomated"?:\s*(null\b|~)`, patch)
	not generated("selfHeal")
	msg := "templatePatch brings automated sync without selfHeal: what somebody changes in the cluster stays until the next commit"
}

deny contains result.violation(["spec", "driftDetection"], msg) if {
	input.object.kind == "HelmRelease"
	input.parameters.drift_detection
	mode == null
	msg := "the HelmRelease has no driftDetection, which is then disabled: what somebody changes in the cluster stays"
}

deny contains result.violation(["spec", "driftDetection", "mode"], msg) if {
	input.object.kind == "HelmRelease"
	input.parameters.drift_detection
	mode in {"disabled", "warn", ""}
	msg := sprintf("driftDetection.mode is %s: what somebody changes in the cluster stays", [json.marshal(mode)])
}

mode := object.get(input.object, ["spec", "driftDetection", "mode"], null)

# What is wrong with the syncPolicy of an Application's spec, by paths below it.
faults(spec) := {{"path": ["automated"], "about": "automated", "msg": "the Application has no automated sync: what is merged is deployed when somebody syncs it by hand"}} if {
	automated(spec) == null
}

faults(spec) := {{"path": ["automated", "enabled"], "about": "automated", "msg": "automated sync is switched off by enabled: false"}} if {
	automated(spec) != null
	automated(spec).enabled == false
}

faults(spec) := {{"path": ["automated", "selfHeal"], "about": "selfHeal", "msg": "automated sync without selfHeal: what somebody changes in the cluster stays until the next commit"}} if {
	automated(spec) != null
	object.get(automated(spec), "enabled", true) != false
	object.get(automated(spec), "selfHeal", false) != true
	input.parameters.self_heal
}

automated(spec) := value if {
	value := object.get(spec, ["syncPolicy", "automated"], null)
	is_object(value)
} else := null

patch := object.get(input.object, ["spec", "templatePatch"], "")

# The patch has automated, and within it (not far behind) this text.
patch_says(text) if {
	some index, part in split(patch, "automated")
	index > 0
	regex.match(text, substring(part, 0, 300))
}

patched("automated") if regex.match(`\bautomated"?:`, patch)

patched("selfHeal") if regex.match(`\bselfHeal"?:`, patch)

# A generator's own template wins over the common one, field by field.
generated("automated") if {
	generators := input.object.spec.generators
	count(generators) > 0
	every generator in generators {
		some _, body in generator
		is_object(object.get(body, ["template", "spec", "syncPolicy", "automated"], null))
	}
}

generated("selfHeal") if {
	generators := input.object.spec.generators
	count(generators) > 0
	every generator in generators {
		some _, body in generator
		object.get(body, ["template", "spec", "syncPolicy", "automated", "selfHeal"], false) == true
	}
}

# With RollingSync the ApplicationSet controller syncs, step by step, and switches automated sync off itself.
syncs_by_steps if object.get(input.object, ["spec", "strategy", "type"], "") == "RollingSync"
