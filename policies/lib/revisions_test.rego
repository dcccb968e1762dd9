package gitops_guard.lib.revisions_test

import data.gitops_guard.lib.revisions

test_fixed if {
	every text in [
		"v1.2.3", "1.4", "release-1.2.3", "kustomize/v5.0.0", "refs/tags/v1", "9b1f3f4",
		"2026-11-03", "RELEASE.2026-11-03T10-00-00Z", "v1.2.3-rc.1+build.5",
	] {
		revisions.fixed(text)
	}
	every text in ["", "HEAD", "main", "release-2.1", "v2.*", "1.x", "feature/login-2", "refs/heads/v1.2.3", "refs/tags/latest", "deadbeef"] {
		not revisions.fixed(text)
	}
}


test_of_file if {
	revisions.of_file("https://raw.githubusercontent.com/a/b/main/x.yaml") == "main"
	revisions.of_file("https://raw.githubusercontent.com/a/b/refs/heads/main/x.yaml") == "main"
	revisions.of_file("https://github.com/a/b/raw/refs/tags/v1.2.3/x.yaml") == "v1.2.3"
	revisions.of_file("https://gitlab.example/a/b/c/-/raw/v1/x.yaml") == "v1"
	revisions.of_file("https://github.com/a/b/releases/latest/download/x.yaml") == "the latest release"
	not revisions.of_file("https://example.com/x.yaml")
}

test_shown_without_credentials if revisions.shown("chart web of https://me:pw@charts.example/x") == "chart web of https://charts.example/x"

test_text_at_a_path if {
	revisions.text_at({"a": {"b": "c"}}, ["a", "b"]) == "c"
	revisions.text_at({"a": {"b": null}}, ["a", "b"]) == ""
	revisions.text_at({}, ["a", "b"]) == ""
	not revisions.text_at({"a": {"b": 1}}, ["a", "b"])
}
