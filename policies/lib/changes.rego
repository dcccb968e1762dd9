# What a change does: the decisions that the rules about deletions share.
package gitops_guard.lib.changes

# The controller would delete it, and nothing that was there before keeps it from that.
really_deleted(item) if {
	item.pruned == true
	item.guarded_by == null
}

# Not under another name in the same place.
is_gone(item) if item.event != "renamed"

is_gone(item) if {
	item.event == "renamed"
	item.takes == null
}

# A controller object that takes along what it deployed.
cascades(item) if {
	item.event in {"removed", "renamed", "target-emptied"}
	item.takes != null
	item.takes.cascades == true
	really_deleted(item)
	takes_something(item)
}

takes_something(item) if count(item.takes.objects) > 0

takes_something(item) if item.takes.known == false

# The target is there still, and holds nothing any more.
wiped if {
	input.change.before > 0
	input.change.after == 0
	some item in input.change.deleted
	item.event == "target-emptied"
}

# The Applications of an ApplicationSet, as if it were a target of them.
is_set if input.change.target.kind == "applicationset"

emptied_set if {
	is_set
	wiped
}

cascading if {
	some item in input.change.deleted
	cascades(item)
}

# One event is one finding: a cascade first, then what is left empty, then each deletion. The Applications of an ApplicationSet
# that makes none any more are one event.
emptied if emptied_set

emptied if {
	wiped
	not cascading
}

verb(item) := "renaming deletes" if item.event == "renamed"

else := "this deletes"

# Who deletes it, and when.
by(item) := " (no owner is known: judged as if it were pruned)" if item.owner == null

else := sprintf(" (by %s, once it is resumed)", [item.owner]) if item.deferred

else := sprintf(" (by %s)", [item.owner])

# What the API server deletes with it, as far as it is rendered here.
along(item) := "" if count(item.along) == 0

else := sprintf(", %d objects that are rendered here among it", [count(item.along)])
