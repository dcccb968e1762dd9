# Label selectors, as the API server reads them.
package gitops_guard.lib.selectors

# Whether a selector with matchLabels and matchExpressions takes labels in; an empty one takes everything.
matches(selector, labels) if {
	is_object(selector)
	is_object(labels)
	every key, value in object.get(selector, "matchLabels", {}) {
		object.get(labels, key, null) == value
	}
	every expression in object.get(selector, "matchExpressions", []) {
		_holds(expression, labels)
	}
}

# No selector.
matches(selector, _) if selector == null

_holds(expression, labels) if {
	expression.operator == "In"
	object.get(labels, expression.key, null) in expression.values
}

_holds(expression, labels) if {
	expression.operator == "NotIn"
	not object.get(labels, expression.key, null) in expression.values
}

_holds(expression, labels) if {
	expression.operator == "Exists"
	expression.key in object.keys(labels)
}

_holds(expression, labels) if {
	expression.operator == "DoesNotExist"
	not expression.key in object.keys(labels)
}
