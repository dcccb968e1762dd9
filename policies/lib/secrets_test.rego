package gitops_guard.lib.secrets_test

import data.gitops_guard.lib.secrets

test_placeholders if {
	every text in [
		"", "PLACEHOLDER", "REPLACE_ME", "replace-me", "TODO", "xxxx", "XXXXXXXX", "****", "....", "---", "your-password", "<your password>",
		"USER", "DB_PASSWORD", "<redacted>", "ghp_xxxxxxxxxxxxxxxx", "CHANGE_ME", "none", "to be filled in", "AKIAIOSFODNN7EXAMPLE",
		"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	] {
		not secrets.real(text)
	}
}

test_references if {
	every text in [
		"${PASSWORD}", "$(PASSWORD)", "$PASSWORD", "{{ .Values.password }}", "{{ op://vault/item/field }}", "<path:secret/data/x#key>",
		"<client-secret>", "<cookie | base64encode>", "$__file{/etc/secret}", "$__env{GF_PASSWORD}", "vault:secret/data/x#KEY", "ref+vault://x/y",
		"op://vault/item/field\n", "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]", "${{ secrets.TOKEN }}", "${PASSWORD:?required}", "os.environ/TOKEN",
		"postgres://<path:a#user>:<path:a#password>@db:5432/x", "${PORT:-}",
	] {
		not secrets.real(text)
	}
}

test_values if {
	every text in [
		"changeme", "changeit", "hunter2", "password", "Walnut-Sluice-31", "${PASSWORD:-changeme}", "${DB_PASSWORD:=changeme}",
		"postgres://shop:hunter2@<path:a#host>/x", "true-story", "{\"a\": 1}",
	] {
		secrets.real(text)
	}
}

test_url_passwords if {
	every text in [
		"postgres://shop:hunter2@db/x", "redis://:hunter2@cache:6379/0", "amqps://u:Vd9Em3ZgS6kKc4Xe@mq:5671/e", "https://u:p%40ss@host",
		"a = \"redis://:basalt@redis:6379/0\"",
	] {
		secrets.url_password(text)
	}
}

test_urls_without_passwords if {
	every text in [
		"https://user@host/x", "https://24025c43@sentry.io/4507", "ssh://git@github.com/a/b", "https://host:8080/a@b", "docker://nginx:1.27@sha256:abc",
		"postgres://USER:PASSWORD@host/x", "postgres://user:${PASSWORD}@host", "https://user:<password>@host", "http://user:****@host", "https://u:{token}@h",
	] {
		not secrets.url_password(text)
	}
}

test_keys if {
	every key in [
		"password", "DB_PASSWORD", "postgresPassword", "spring.datasource.password", "smtp_auth_password", "clientSecret", "client_secret", "API_KEY",
		"apiKey", "AWS_SECRET_ACCESS_KEY", "db_pass", "accessToken", "requirepass", "SharedAccessKey", "POSTGRES_PASSWORD_PROD", "password1", "passphrase",
	] {
		secrets.strength(key) == "strong"
	}
	every key in ["secret", "token", "SSO_SECRET", "secretKey", "credentials"] {
		secrets.strength(key) == "weak"
	}
	every key in [
		"PASSWORD_MIN_LENGTH", "PASSWORD_FILE", "passwordSecretRef", "existingSecret", "adminPasswordKey", "secretName", "TOKEN_ENDPOINT", "API_KEY_HEADER",
		"ACCESS_TOKEN_LIFETIME", "usePassword", "publicKey", "checksum/secret", "apiKeyId", "passwordless", "VAULT_SECRET_PATH", "key", "login.password.label",
	] {
		secrets.strength(key) == "none"
	}
}

pair(key, value, form) := {"key": key, "value": value, "form": form, "path": ["data", "a"], "line": 0}

test_credentials if {
	every case in [
		["DB_PASSWORD", "hunter2", "scalar"], ["password", "changeme", "line"], ["client_secret", "ZXhhbXBsZS1hcHA", "scalar"], ["password", "password", "named"],
		["token", "7C8QKLhTAfqiCFv5tZY2WdJY9Rg6DRmzYFR87RMS", "flag"], ["SSO_SECRET", "BqkTUqJt", "named"], ["SECRET_KEY", "Amber-Sparrow-4482", "named"],
		["Authorization", "Bearer 7C8QKLhTAfqiCFv5tZY2Wd", "scalar"], ["MYSQL_ROOT_PASSWORD", "fake_password", "named"],
		["routing_key", "3f1e8c9d7b6a4f5e8d2c1b0a9f8e7d6c", "scalar"],
	] {
		secrets.credential(pair(case[0], case[1], case[2]), false)
	}
}

test_no_credentials if {
	every case in [
		["password", "", "scalar"], ["password", "true", "scalar"], ["DB_PASSWORD", "/run/secrets/db", "scalar"], ["apiKey", "b9a2adfa-4257-4bdd-8372-3b89c53a5323", "scalar"],
		["secret", "shop-tls", "scalar"], ["routing_key", "orders.created", "scalar"], ["secretKey", "postgres-password", "scalar"], ["API_KEY", "GOOGLE_API_KEY_VAL", "named"], ["password", "get_password()", "code"],
		["password", "os.environ.password", "line"], ["max_password", "3", "scalar"], ["signing_key", "-----BEGIN PUBLIC KEY-----", "scalar"],
		["token", "vault", "scalar"], ["password", "Forgot your password?", "line"], ["api_key", "X-Api-Key", "scalar"], ["password", "$1", "code"],
		["accessToken", "https://login.example.com/token", "scalar"], ["password", "sha256:cd37e2b71c8d843bd7", "scalar"],
	] {
		not secrets.credential(pair(case[0], case[1], case[2]), false)
	}
}

test_registry_login if {
	secrets.credential(pair("auths.ghcr.io.auth", base64.encode("ci:Walnut-Sluice-31"), "scalar"), false)
	not secrets.credential(pair("auths.ghcr.io.auth", base64.encode("ci:${TOKEN}"), "scalar"), false)
	not secrets.credential(pair("auth", "required", "scalar"), false)
}

test_strict_wants_a_made_value if {
	not secrets.credential(pair("password", "friend", "scalar"), true)
	secrets.credential(pair("password", "Vd9Em3ZgS6kKc4Xe", "scalar"), true)
}

test_a_url_in_a_comment_is_an_example if {
	not secrets.credential(pair("", "postgres://user:secret@host/db", "comment"), false)
}
