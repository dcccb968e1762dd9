# What a revision, a version or a range says about itself: whether it names one thing for ever.
package gitops_guard.lib.revisions

import data.gitops_guard.lib.images

# What can't be judged: a template's parameter, a variable, a placeholder.
open(text) if regex.match(`\{\{|\$\{|\$\(|^<|^\$`, text)

# The text at a path, as far as it is one; empty where there is none.
text_at(node, path) := value if {
	value := object.get(node, path, "")
	is_string(value)
} else := "" if {
	object.get(node, path, null) == null
}

# A version as github.com/Masterminds/semver reads it: 1, v1.4, 1.2.3-rc.1. Argo CD takes it for exact, as a tag and as a chart's version.
version(text) if regex.match(`^v?[0-9]+(\.[0-9]+){0,2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`, text)

# What Helm and Flux take for exact: anything shorter than three parts is a range.
exact(text) if regex.match(`^\s*=?\s*v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?\s*$`, text)

commit(text) if regex.match(`^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$`, text)

commit(text) if {
	regex.match(`^[0-9a-f]{7,39}$`, text)
	regex.match(`[0-9]`, text)
}

# Whether a git revision stays what it is: a commit, a tag's full name, a version, a name that ends in one or in a date. A name with
# two parts, such as release-2.1, is a branch by all habits.
fixed(text) if commit(text)

fixed(text) if version(text)

fixed(text) if {
	startswith(text, "refs/tags/")
	not moving_word(trim_prefix(text, "refs/tags/"))
}

fixed(text) if {
	not startswith(text, "refs/")
	regex.match(`^([A-Za-z0-9][A-Za-z0-9_.-]*[-_/@])?v?[0-9]+\.[0-9]+\.[0-9]+([-+._][0-9A-Za-z.+-]*)?$`, text)
	not wild(text)
}

fixed(text) if {
	not startswith(text, "refs/")
	regex.match(`(^|[^0-9])(19|20)[0-9]{2}[._-]?(0[1-9]|1[0-2])[._-]?(0[1-9]|[12][0-9]|3[01])([^0-9]|$)`, text)
}

# A tag of a registry that names one build; 1.2.x and 1.2.* are ranges.
build(text) if {
	regex.match(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`, text)
	images.pinned(text)
	not wild(text)
}

wild(text) if regex.match(`(^|[.])[xX*]($|[.])`, text)

# Tags that are pushed again.
moving_word(text) if lower(text) in {"latest", "stable", "edge", "nightly", "main", "master", "head", "dev", "develop", "current", "release"}

# An address as a message may show it: without user and password.
shown(url) := regex.replace(url, `//[^/@]*@`, "//")

# The revision that the address of one file names, as GitHub and GitLab write them; undefined for other addresses.
of_file(url) := ref if {
	found := regex.find_all_string_submatch_n(`^https://raw\.githubusercontent\.com/[^/]+/[^/]+/(?:refs/(?:heads|tags)/)?([^/]+)/`, url, 1)
	ref := found[0][1]
} else := ref if {
	found := regex.find_all_string_submatch_n(`^https://github\.com/[^/]+/[^/]+/(?:raw|blob)/(?:refs/(?:heads|tags)/)?([^/]+)/`, url, 1)
	ref := found[0][1]
} else := ref if {
	found := regex.find_all_string_submatch_n(`^https://[^/]+/.+/-/raw/([^/]+)/`, url, 1)
	ref := found[0][1]
} else := "the latest release" if {
	regex.match(`^https://[^/]+/.+/releases/(permalink/)?latest/`, url)
}
