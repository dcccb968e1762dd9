# One entry of a Secret, committed or generated: whether it exposes a value, and what is public by its field.
#
# An entry is {"key", "text" or "binary", "type", "argocd", "pairs", "strict"}: `pairs` are those of its text (pairs.py),
# `type` is the Secret's, `argocd` says that the Secret is one of Argo CD's own, `strict` that every value counts.
package gitops_guard.lib.entries

import data.gitops_guard.lib.secrets

# Whether the entry holds a real value.
exposed(entry) if exposed_as(form(entry), entry)

form(entry) := "binary" if {
	object.get(entry, "binary", false)
} else := "registry" if {
	registry(entry)
} else := "argocd" if {
	entry.argocd
} else := "text"

exposed_as("binary", entry) if {
	entry.strict
} else if {
	not public_binary(entry.key)
	not entry.argocd
}

exposed_as("registry", entry) if {
	some pair in entry.pairs
	registry_credential(pair)
} else if {
	entry.strict
	secrets.real(entry.text)
}

exposed_as("argocd", entry) if {
	argocd_credential(entry)
} else if {
	entry.strict
	secrets.real(entry.text)
}

exposed_as("text", entry) if {
	exposed_text(secrets.is_real(entry.text), entry)
}

exposed_text(true, entry) if {
	entry.strict
} else if {
	not public(entry.key, entry.text)
}

# References beside a credential in clear: a configuration file with both.
exposed_text(false, entry) if {
	not secrets.placeholder(trim_space(entry.text))
	count(lines(entry)) > 0
}

# The lines of the text at which a credential can be named; none where the value is only a whole.
lines(entry) := {pair.line |
	some pair in entry.pairs
	pair.line > 0
	nameable(pair)
}

# A private key that a generator packs is named, too: secrets/private-key reports it at the same line.
nameable(pair) if {
	pair.form == "key"
} else if {
	secrets.credential(pair, false)
}

# Docker's configuration: credentials are in the entries of auths; {} and credHelpers hold none.
registry(entry) if {
	entry.key in {".dockerconfigjson", ".dockercfg", "config.json", ".docker/config.json"}
	startswith(trim_space(entry.text), "{")
} else if {
	entry.type in {"kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"}
	startswith(trim_space(entry.text), "{")
}

registry_credential(pair) if {
	regex.match(`(?:^|\.)(?:password|identitytoken|registrytoken|secret)$`, pair.key)
	secrets.real(pair.value)
} else if {
	regex.match(`(?:^|\.)auth$`, pair.key)
	not secrets.placeholder(pair.value)
	base64.is_valid(pair.value)
	login := base64.decode(pair.value)
	contains(login, ":")
	secrets.real(regex.replace(login, `^[^:]*:`, ""))
} else if {
	regex.match(`(?:^|\.)auth$`, pair.key)
	not base64.is_valid(pair.value)
	secrets.real(pair.value)
}

# Argo CD's repository and cluster Secrets: their credential fields, and those inside a cluster's `config`.
argocd_credential(entry) if {
	argocd_fields[entry.key]
	secrets.real(entry.text)
} else if {
	entry.key == "config"
	some pair in entry.pairs
	argocd_config(pair)
} else if {
	secrets.format(entry.text)
}

argocd_fields := {
	"password", "sshPrivateKey", "githubAppPrivateKey", "azureServicePrincipalClientSecret", "gcpServiceAccountKey", "bearerToken",
	"tlsClientCertKey", "token",
}

argocd_config(pair) if {
	regex.match(`(?:^|\.)(?:bearerToken|password|keyData)$`, pair.key)
	secrets.real(pair.value)
} else if {
	secrets.credential(pair, false)
}

# What is public by its field, whoever reads it.
public(key, text) if {
	regex.match(`-----BEGIN (?:TRUSTED |X509 )?(?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY|PGP PUBLIC KEY BLOCK|SSH2 PUBLIC KEY|CERTIFICATE REQUEST|X509 CRL|DH PARAMETERS)`, text)
	not contains(text, "PRIVATE KEY")
} else if {
	regex.match(`^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-[!-~]+|sk-[!-~]+@openssh\.com) AAAA[!-~]+(?: [!-~]+)*[ \t\r\n]*$`, text)
} else if {
	# Only what a field of one line can hold is public by the field's name.
	not contains(trim_space(text), "\n")
	public_name(key)
	not secrets.format(text)
} else if {
	regex.match(`(?i)^(?:known_hosts|ssh_known_hosts|authorized_keys|.*\.pub)$`, key)
} else if {
	regex.match(`^(?:true|false|True|False|yes|no|on|off)$`, trim_space(text))
} else if {
	address(trim_space(text))
	not regex.match(`(?i)hook|token|secret|key|pass`, key)
} else if {
	certificate(key, text)
} else if {
	regex.match(`(?i)(?:path|file|dir|directory)$`, key)
	regex.match(`^/[A-Za-z0-9_./-]+$`, trim_space(text))
} else if {
	regex.match(`(?i)version$`, key)
	regex.match(`^v?[0-9][0-9.]*$`, trim_space(text))
}

# The bundle of authorities, in base64 once more (a kubeconfig's field as a key).
certificate(key, text) if {
	regex.match(`(?i)(?:\.crt|\.cer|cert|ca-?data|ca_?bundle|certificate-authority-data)$`, key)
	startswith(trim_space(text), "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS")
}

public_binary(key) if regex.match(`(?i)\.(?:crt|cer|der|pub|crl)$|^(?:truststore|cacerts)`, key)

# The last word of a key, where it names what everybody may know.
public_name(key) if {
	all_words := secrets.words(key)
	count(all_words) > 0
	last := all_words[count(all_words) - 1]
	public_words[last]
	not misleading(all_words, last)
} else if {
	name := concat("_", secrets.words(key))
	regex.match(`(?:^|_)(?:user_?name|user_name|login_name|user_id|client_id|tenant_id|account_id|subscription_id|project_id|app_id|application_id|installation_id|role_id|zone_id|key_name|public_key|db_name|database_name|bucket_name|server_name|host_name|service_name|cluster_name|ca_crt|tls_crt)$`, name)
	not endswith(name, "access_key_id")
}

public_words := {
	"user", "username", "usr", "login", "email", "mail", "host", "hosts", "hostname", "hostnames", "port", "ports", "server", "servers", "address",
	"addr", "addresses", "endpoint", "endpoints", "url", "urls", "uri", "domain", "database", "dbname", "db", "schema", "region", "zone",
	"bucket", "namespace", "protocol", "scheme", "sslmode", "issuer", "tenant", "realm", "timeout", "crt", "cer", "mtime", "expiration", "description", "groups",
}

# `user` says who owns what the other words name; an address may be a hook that whoever knows it can call.
misleading(all_words, last) if {
	some word in all_words
	word in {"password", "secret", "token", "passwd", "pwd", "webhook", "hook"}
	last != "crt"
	not last in {"user", "username", "login", "host", "port"}
}

# An address without a password, and without anything in its query that could be one.
address(text) if {
	regex.match(`^(?:jdbc:)?[A-Za-z][A-Za-z0-9+.-]*://[^ \t\r\n?]+(?:\?[^ \t\r\n]*)?$`, text)
	not secrets.format(text)
	not regex.match(`(?i)[?&;][^=&;]*(?:pass|pwd|secret|token|key|sig)[^=&;]*=`, text)
} else if {
	regex.match(`^[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+\.(?:svc|local|com|net|org|io|dev|internal|cloud|example)(?:\.cluster\.local)?(?::[0-9]{1,5})?$`, text)
}
