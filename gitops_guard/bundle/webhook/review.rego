# A request, or an object alone -> what the rules find, and what becomes of that. Nothing that can't be judged is let through: a
# builtin that refuses what it is given ends the evaluation (strict.rego), and so does a rule without an answer.
package gitops_guard.bundle.review

import data.gitops_guard.bundle.rules
import data.gitops_guard.bundle.settings

# An object alone is judged as if it were created, by nobody.
request := input.request if {
	is_object(input.request)
} else := {"operation": "CREATE", "object": input.object} if {
	is_object(input.object)
}

operation := object.get(request, "operation", "")

subresource := object.get(request, "subResource", "")

# The object as it would be, or the one that goes.
subject := sides[0] if {
	count(sides) > 0
} else := {}

sides := [side |
	some key in ["object", "oldObject"]
	side := object.get(request, key, null)
	is_object(side)
]

namespace := object.get(request, "namespace", object.get(subject, ["metadata", "namespace"], ""))

identity := sprintf("%v/%v/%v", [
	object.get(request, ["kind", "kind"], object.get(subject, "kind", "")),
	namespace,
	object.get(subject, ["metadata", "name"], object.get(request, "name", "")),
])

group_and_kind := sprintf("%v/%v", [group, object.get(subject, "kind", "")])

group := parts[0] if {
	count(parts) == 2
} else := ""

parts := split(sprintf("%v", [object.get(subject, "apiVersion", "")]), "/")

# The rules that have something to say of it.
asked contains id if {
	not exempt
	some id, rule in settings.rules
	not rule.of_requests
	operation in {"CREATE", "UPDATE"}
	subresource in {"", "ephemeralcontainers"}
	regex.match(rule.kinds, group_and_kind)
}

asked contains id if {
	not exempt
	some id, rule in settings.rules
	rule.of_requests
	is_object(input.request)
}

exempt if namespace in settings.exempt_namespaces

# What each of them says: of the request, or of the object.
answers[id] := answer(id, {"object": request.object}) if {
	some id in asked
	not settings.rules[id].of_requests
}

answers[id] := answer(id, {"request": request}) if {
	some id in asked
	settings.rules[id].of_requests
}

answer(id, about) := rules.deny(id, object.union(about, {"parameters": settings.rules[id].parameters}))

# What an object had before a change, nobody is kept from leaving as it is.
kept contains [id, text(result)] if {
	operation == "UPDATE"
	some id in asked
	not settings.rules[id].of_requests
	before := object.get(request, "oldObject", null)
	is_object(before)
	some result in answer(id, {"object": before})
	well_formed(result)
}

findings := sort([fault | some fault in faults])

faults contains {"rule": id, "msg": text(result), "severity": grave, "path": object.get(result, "path", []), "status": status} if {
	some id in asked
	some result in answers[id]
	well_formed(result)
	grave := severity(settings.rules[id], result)
	status := outcome(id, grave, text(result))
}

faults contains {"rule": id, "msg": "the policy says something that is no fault", "severity": "error", "path": [], "status": status} if {
	some id in asked
	some result in answers[id]
	not well_formed(result)
	status := settings.outcomes.error
}

faults contains {"rule": id, "msg": "the policy gave no answer", "severity": "error", "path": [], "status": status} if {
	some id in asked
	not answered(id)
	status := settings.outcomes.error
}

answered(id) if is_set(answers[id])

well_formed(result) if {
	is_object(result)
	object.keys(result) - {"msg", "path", "line", "severity", "related"} == set()
	is_string(object.get(result, "msg", null))
	trim_space(result.msg) != ""
	is_array(object.get(result, "path", []))
	object.get(result, "severity", "error") in {"error", "warning", "note"}
}

text(result) := substring(trim_space(result.msg), 0, 2000)

severity(rule, result) := rule.severity if {
	rule.overrides
} else := object.get(result, "severity", rule.severity)

outcome(id, grave, msg) := "waived" if {
	some waiver in settings.rules[id].waivers
	regex.match(waiver.object, identity)
	object.get(waiver, "until", today) >= today
} else := "warned" if {
	settings.outcomes[grave] == "denied"
	[id, msg] in kept
} else := settings.outcomes[grave]

today := time.format([time.now_ns(), "UTC", "2006-01-02"])

denied := told({"denied"})

warnings := told({"warned"})

recorded := sort([sprintf("%s %s: %s", [fault.status, fault.rule, line(fault)]) |
	some fault in faults
	fault.status in {"denied", "warned", "recorded", "waived"}
])

told(statuses) := sort({sprintf("%s: %s", [fault.rule, line(fault)]) |
	some fault in faults
	fault.status in statuses
})

# In one line: the API server leaves warnings with control characters out.
line(fault) := trim_space(regex.replace(fault.msg, `[\s\x00-\x1f\x7f-\x9f\pZ]+`, " "))
