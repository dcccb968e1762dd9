package gitops_guard.lib.entries_test

import data.gitops_guard.lib.entries

entry(key, text) := {"key": key, "text": text, "type": "Opaque", "argocd": false, "strict": false, "pairs": []}

test_values if {
	every case in [
		["password", "hunter2"], ["guest", "Courtyard.Bell.58"], ["connection", "postgres://a:b-secret@h/d"], ["webhook-url", "https://chat.example.com/hook/1"],
		["PIN", "4711"], ["user-password", "x1y2z3"], ["aws_access_key_id", "abc"], ["htpasswd", "a:$apr1$x"], ["notes", "line\nline"],
	] {
		entries.exposed(entry(case[0], case[1]))
	}
}

test_public if {
	every case in [
		["username", "shop"], ["POSTGRES_USER", "shop"], ["host", "db"], ["PORT", "5432"], ["POSTGRES_DB", "shop"], ["url", "https://a.example.com"],
		["tls.crt", "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n"], ["known_hosts", "github.com ssh-ed25519 AAAA"], ["id.pub", "ssh-ed25519 AAAA x"],
		["insecure", "false"], ["client_id", "shop"], ["keyStorePath", "/etc/x.jks"], ["version", "10"], ["dsn", "postgres://db:5432/x"],
	] {
		not entries.exposed(entry(case[0], case[1]))
	}
}

test_strict_counts_what_is_public if {
	entries.exposed(object.union(entry("username", "shop"), {"strict": true}))
	not entries.exposed(object.union(entry("password", ""), {"strict": true}))
}

test_binary if {
	entries.exposed(object.remove(object.union(entry("keystore.jks", ""), {"binary": true}), ["text"]))
	not entries.exposed(object.remove(object.union(entry("ca.der", ""), {"binary": true}), ["text"]))
}

test_argocd if {
	every case in [["password", "x1y2z3", true], ["url", "https://a", false], ["name", "x", false], ["bearerToken", "${T}", false], ["url", "https://u:pw1@a", true]] {
		found := [1 | entries.exposed(object.union(entry(case[0], case[1]), {"argocd": true}))]
		(count(found) == 1) == case[2]
	}
}

registry(pairs) := object.union(entry(".dockerconfigjson", "{}"), {"type": "kubernetes.io/dockerconfigjson", "pairs": pairs})

test_registry if {
	not entries.exposed(registry([]))
	entries.exposed(registry([{"key": "auths.ghcr.io.auth", "value": base64.encode("ci:hunter2"), "form": "scalar", "line": 0}]))
	not entries.exposed(registry([{"key": "auths.ghcr.io.auth", "value": base64.encode("ci:${TOKEN}"), "form": "scalar", "line": 0}]))
	entries.exposed(registry([{"key": "auths.ghcr.io.password", "value": "hunter2", "form": "scalar", "line": 0}]))
}

test_reference_beside_a_credential if {
	text := "a: ${A}\npassword: hunter2"
	entries.exposed(object.union(entry("c.yaml", text), {"pairs": [{"key": "password", "value": "hunter2", "form": "scalar", "line": 2}]}))
	not entries.exposed(entry("c.yaml", "a: ${A}\nb: c"))
}

test_registry_by_the_type_of_the_secret if {
	odd := object.union(registry([{"key": "auths.ghcr.io.password", "value": "hunter2", "form": "scalar", "line": 0}]), {"key": "docker"})
	entries.exposed(odd)
	not entries.exposed(object.union(odd, {"pairs": []}))
}

test_registry_login_that_is_no_base64 if {
	entries.exposed(registry([{"key": "auths.ghcr.io.auth", "value": "ci:hunter2!", "form": "scalar", "line": 0}]))
	not entries.exposed(registry([{"key": "auths.ghcr.io.auth", "value": "${REGISTRY_AUTH}", "form": "scalar", "line": 0}]))
}

cluster(pairs) := object.union(entry("config", "{}"), {"argocd": true, "pairs": pairs})

test_argocd_cluster if {
	every key in ["bearerToken", "password", "tlsClientConfig.keyData", "execProviderConfig.env.API_TOKEN"] {
		entries.exposed(cluster([{"key": key, "value": "Vd9Em3ZgS6kKc4Xe", "form": "scalar", "line": 0}]))
		not entries.exposed(cluster([{"key": key, "value": "${TOKEN}", "form": "scalar", "line": 0}]))
	}
	not entries.exposed(cluster([{"key": "tlsClientConfig.serverName", "value": "kubernetes", "form": "scalar", "line": 0}]))
}

test_authorities_are_public if {
	every key in ["ca-data", "certificate-authority-data", "server.crt"] {
		not entries.exposed(entry(key, "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUQK"))
	}
}

test_lines_of_private_keys if {
	pairs := [{"key": "", "value": "", "line": 3, "form": "key"}, {"key": "name", "value": "shop", "line": 4, "form": "scalar"}]
	entries.lines(object.union(entry("a", "x"), {"pairs": pairs})) == {3}
}
