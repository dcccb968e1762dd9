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

# What an ApplicationSet generates, where that is known: templatePatch and the generators' own templates are in it.
deny contains located(about, msg) if {
	not syncs_by_steps
	some about in {fault.about | some made in generated; some fault in made.faults}
	some text in {fault.msg | some made in generated; some fault in made.faults; fault.about == about}
	names := {made.name | some made in generated; some fault in made.faults; fault.msg == text}
	msg := sprintf("%s (%s)", [text, listed(names)])
}

made_known := applications if {
	input.object.kind == "ApplicationSet"
	applications := object.get(input, ["facts", "generates"], [])
	count(applications) > 0
}

generated := [{"name": name, "faults": faults(spec)} |
	some application in made_known
	name := object.get(application, ["metadata", "name"], "")
	spec := object.get(application, "spec", {})
	is_object(spec)
]

listed(names) := concat(", ", sort(names)) if count(names) <= 3

listed(names) := sprintf("%s and %d more", [concat(", ", array.slice(sort(names), 0, 3)), count(names) - 3]) if count(names) > 3

# Where the patch says so, else the template that it is written over.
located(about, msg) := result.violation_in(["spec", "templatePatch"], lines[0], msg) if {
	lines := [line |
		some key in keys_of(about)
		some i, text in split(patch, "\n")
		regex.match(sprintf(`\b%s"?:`, [key]), text)
		line := i + 1
	]
	count(lines) > 0
} else := result.violation(array.concat(template_path, ["automated"]), msg) if {
	about == "automated"
} else := result.violation(array.concat(template_path, ["automated", about]), msg)

keys_of("automated") := ["automated"]

keys_of("enabled") := ["enabled"]

keys_of("selfHeal") := ["selfHeal"] if regex.match(`\bselfHeal"?:`, patch)

# The patch brings automated, and no selfHeal with it.
keys_of("selfHeal") := ["automated"] if {
	not regex.match(`\bselfHeal"?:`, patch)
	automated(template) == null
}

template_path := ["spec", "template", "spec", "syncPolicy"]

template := value if {
	value := object.get(input.object, ["spec", "template", "spec"], {})
	is_object(value)
} else := {}

patch := value if {
	value := object.get(input.object, ["spec", "templatePatch"], "")
	is_string(value)
} else := ""

# Nothing is known of what it generates: the template is asked, where neither the patch nor a generator's template may say otherwise.
deny contains result.violation(path, msg) if {
	input.object.kind == "ApplicationSet"
	not made_known
	not syncs_by_steps
	some fault in faults(template)
	not patched[fault.about]
	not template_of_generators(fault.about)
	path := array.concat(template_path, fault.path)
	msg := fault.msg
}

patched := {about: true |
	some about, text in {"automated": `\bautomated"?:`, "enabled": `\benabled"?:|\bautomated"?:\s*null`, "selfHeal": `\bselfHeal"?:|\bautomated"?:\s*null`}
	regex.match(text, patch)
}

# What the patch says in so many words holds for whatever it is written over.
deny contains result.violation(["spec", "templatePatch"], msg) if {
	input.object.kind == "ApplicationSet"
	not made_known
	not syncs_by_steps
	some text in said
	msg := sprintf("templatePatch has %s: the controller does not apply, or restore, what Git says", [text])
}

said contains "enabled: false" if {
	not conditional
	some i, part in split(patch, "automated")
	i > 0
	regex.match(`\benabled"?:\s*false\b`, substring(part, 0, 300))
}

said contains "automated: null" if {
	not conditional
	regex.match(`\bautomated"?:\s*(null\b|~)`, patch)
}

said contains "selfHeal: false" if {
	not conditional
	input.parameters.self_heal
	regex.match(`\bselfHeal"?:\s*false\b`, patch)
}

said contains "automated without selfHeal" if {
	not conditional
	input.parameters.self_heal
	automated(template) == null
	regex.match(`\bautomated"?:`, patch)
	not regex.match(`\bautomated"?:\s*(null\b|~)|\bselfHeal"?:`, patch)
	not template_of_generators("selfHeal")
}

# What a condition may leave out.
conditional if regex.match(`\{\{-?\s*(if|with|range)\b`, patch)

# A generator's own template wins over the common one, field by field; what one generator leaves out is left out.
template_of_generators(about) if {
	generators := object.get(input.object, ["spec", "generators"], [])
	count(generators) > 0
	every generator in generators {
		overrides(about, generator)
	}
}

overrides(about, generator) if {
	some body in generator
	given := object.get(body, ["template", "spec", "syncPolicy", "automated"], null)
	is_object(given)
	decided(about, given)
}

decided(about, _) if about == "automated"

decided("enabled", given) if "enabled" in object.keys(given)

decided("selfHeal", given) if "selfHeal" in object.keys(given)

deny contains result.violation(["spec", "driftDetection"], msg) if {
	input.object.kind == "HelmRelease"
	input.parameters.drift_detection
	mode == null
	not "driftDetection" in object.get(input, ["facts", "handed"], [])
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

faults(spec) := {{"path": ["automated", "enabled"], "about": "enabled", "msg": "automated sync is switched off by enabled: false"}} if {
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

# With RollingSync the ApplicationSet controller syncs, step by step, and switches automated sync off itself.
syncs_by_steps if object.get(input.object, ["spec", "strategy", "type"], "") == "RollingSync"
