# What two environments run: when two versions are the same thing.
package gitops_guard.lib.promotions

import data.gitops_guard.lib.images
import data.gitops_guard.lib.revisions

# A version that one environment runs and another one may have run. `kind` is image, chart or artifact; each of the two is
# {"name", "text"}. A digest is the same thing whatever stands before it, and another digest is another thing whatever tag stands
# beside it; where one of the two has no digest, repository and tag decide.
same("image", one, other) if one.text == other.text

same("image", one, other) if {
	a := images.reference(one.text)
	b := images.reference(other.text)
	alike(a, b)
}

same(kind, one, other) if {
	kind in {"chart", "artifact"}
	one.name == other.name
	trim_prefix(one.text, "v") == trim_prefix(other.text, "v")
}

alike(a, b) if {
	a.digest != ""
	a.digest == b.digest
}

alike(a, b) if {
	"" in {a.digest, b.digest}
	familiar(a.repository) == familiar(b.repository)
	a.tag == b.tag
	a.tag != ""
}

# Docker Hub's names may be written in full.
familiar(repository) := regex.replace(repository, `^(?:(?:index\.)?docker\.io/)?(?:library/)?`, "")

# Whether a version names one thing at all: a range or an unreadable image is judged elsewhere.
telling(version) if {
	version.kind == "image"
	images.reference(version.text)
}

telling(version) if {
	version.kind in {"chart", "artifact"}
	exact(version.text)
}

exact(text) if revisions.version(text)

exact(text) if revisions.build(text)

exact(text) if regex.match(`^[a-z0-9]+:[0-9a-f]{32,}$`, text)

# What a message calls it.
shown(version) := sprintf("container %s: image %s", [version.part, images.shown(version)]) if {
	version.kind == "image"
} else := sprintf("chart %s %s", [version.part, version.text]) if {
	version.kind == "chart"
} else := sprintf("artifact %s %s", [revisions.shown(version.name), version.text])

# A result about what production runs.
result(pair, version, msg) := {"target": pair.production, "resource": version.object, "path": version.path, "msg": msg}

staging_place(version, msg) := {"file": version.staging.file, "line": version.staging.line, "column": version.staging.column, "msg": msg}
