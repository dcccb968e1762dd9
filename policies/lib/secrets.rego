# Which texts are real secret values, which keys name a credential, and which values give themselves away by their form.
#
# What Python computed (gitops_guard/evaluate/facts.py) is data; every verdict about it is here.
package gitops_guard.lib.secrets

import data.gitops_guard.lib.formats

# Whether a text is a real value: no placeholder, and no mere reference to where the value is. What stands around references
# counts only where it is a credential by itself: a password in a URL, a token.
real(text) if is_real(text)

# The same as true or false.
is_real(text) := is_real_rest(plain(text), settled(text))

is_real_rest(whole, rest) := false if {
	rest == whole
	placeholder(rest)
} else := true if {
	rest == whole
} else := true if {
	telling(rest)
} else := false

# A text whose substitutions have their literal defaults: `${PASSWORD:-changeme}` deploys changeme where nothing else is given.
plain(text) := regex.replace(trim_space(text), `\$\{[A-Za-z_][A-Za-z0-9_]*:?[-=]([^${}]*)\}|\$\{[A-Z_][A-Z0-9_.]*:([^${}?+=-][^${}]*)\}`, "$1$2") if {
	contains(text, "${")
} else := trim_space(text)

# The text without its references.
settled(text) := regex.replace(plain(text), reference, "") if {
	regex.match(maybe_reference, text)
} else := trim_space(text)

maybe_reference := `[$<{%#@\[]|:[A-Za-z/]|^(?:os\.|projects/|__)`

reference := concat("|", [
	`\$\{\{[^{}]*\}\}`, # ${{ secrets.NAME }}
	`\$_{0,2}[a-z]{0,8}\{[^{}]*\}`, # ${NAME}, $__file{/path}, $__env{NAME}
	`\$\([^()]*\)`, # $(NAME)
	`(?s:\{\{.*?\}\})`, # {{ .name }}
	`(?s:<%.*?%>)`,
	`<path:[^<>]*>`, # argocd-vault-plugin
	`<[A-Za-z][A-Za-z0-9 _.|/:{}'-]*>`, # <the-password>
	`\{[A-Za-z_][A-Za-z0-9_.]*\}`, # {name} of a program's format string
	`ENC\[(?s:[^\]]*)\]`, # SOPS
	`%\([A-Za-z_]+\)s`,
	`#\{[^{}]*\}#?`,
	`@@[A-Za-z0-9_.-]+@@`,
	`^\$[A-Za-z_][A-Za-z0-9_]*$`, # $NAME alone
	`^%[A-Za-z_][A-Za-z0-9_]*%$`,
	`^__[A-Za-z0-9_]+__$`,
	`^@[A-Za-z_.]+@$`,
	`^\[[A-Za-z][A-Za-z _.-]*\]$`,
	`^>?>?(?:ref\+|secretref\+)[a-z0-9.]+://[!-~]+$`, # vals, helmfile
	`^(?:op|vault|bao|secrets|awssm|awsssm|aws-sm|gcpsm|gcp-sm|azkv|azurekeyvault|sm|akv|doppler|infisical|k8s|env|keyring)://[!-~]+$`,
	`^>?>?(?:vault|bao):[^ \t\r\n#]+#[!-~]+$`, # bank-vaults
	`^arn:aws[a-z-]*:(?:secretsmanager|ssm):[!-~]+$`,
	`^projects/[^/ \t\r\n]+/secrets/[!-~]+$`,
	`^(?:env|file|secret|secrets):[A-Za-z_/][A-Za-z0-9_./-]*$`,
	`^os\.environ/[A-Za-z0-9_]+$`, # LiteLLM
	`^%env\(.*\)%$`,
	`^@Microsoft\.KeyVault\(.*\)$`,
])

# Whether a text says only that a value belongs here. Alternatives stand in one expression: each look at a text costs the same.
placeholder(text) if {
	lower(text) in {"", "null", "nil", "none", "~", "undefined", "unset", "n/a", "na", "tbd", "todo", "fixme", "redacted", "[redacted]", "{}", "[]", `""`, "''"}
} else if {
	regex.match(filling, text)
} else if {
	regex.match(request, text)
	not contains(text, "\n")
} else if {
	regex.match(`(?i)(?:^|[^a-z0-9])(?:placeholder|replace[ _-]?(?:me|this|with|by|in)|redacted|insert[ _-](?:your|the|here)|fill[ _-]?(?:me|in)|put[ _-]your|enter[ _-]your)(?:$|[^a-z0-9])`, text)
	count(text) < 120
	not contains(text, "\n")
} else if {
	published(text)
}

filling := concat("|", [
	`^(?:[xX]+|\*+|\.+|-+|_+|•+|…|\?+|#+|0+)$`,
	`^[xX*._-]*(?:[xX]{4}|\*{3})[xX*._-]*$`,
	`^(?i:replaceme|fillme|insertme)$`,
	`^(?:CHANGE|SET|ADD|EDIT)[_-](?:ME|THIS|IT)$`,
	# Words in capitals that name a part: USER, DB_PASSWORD.
	`^(?:[A-Z][A-Z0-9]*[_ -]){0,5}(?:USER|USERNAME|LOGIN|PASS|PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET|SECRETS|TOKEN|KEY|KEYS|APIKEY|VAL|CREDENTIAL|CREDENTIALS|HOST|HOSTNAME|PORT|DATABASE|VALUE|HERE|BASE64|ID|NAME|URL|DOMAIN|EMAIL|CERT|CERTIFICATE)$`,
])

request := concat("|", [
	`(?i:^<.*>$|^(?:to[ _-]?be[ _-]|tbd[ _:-]|todo\b|fixme\b))`,
	`(?i:^<?(?:.{0,8}[^a-z0-9])?your(?:[^a-z0-9]|$))`,
	# A token's prefix with a run of x: ghp_xxxxxxxx.
	`(?:[xX]{6}|\*{4}|\.\.\.$|…$)`,
])

# Example keys that AWS prints in its own documentation.
published(text) if {
	contains(text, "IOSFODNN7EXAMPLE")
} else if {
	contains(text, "K7MDENG/bPxRfiCYEXAMPLEKEY")
} else if {
	contains(text, "K7MDENG+bPxRfiCYEXAMPLEKEY")
}

# Whether a text, whatever its key, is a credential by its form.
telling(text) if {
	format(text)
}

# What a text is by its form, in words; undefined for any other text.
format(text) := "a URL with a password" if {
	url_password(text)
} else := found if {
	found := formats.name_of(text)
	not placeholder(text)
}

# A password in a URL's user information, not a digest behind an image's tag, and no placeholder.
url_password(text) if {
	contains(text, "://")
	rest := settled(text)
	some found in regex.find_all_string_submatch_n(`[A-Za-z][A-Za-z0-9+.-]*://([^ \t\r\n/?#@:"'<>]*):([^ \t\r\n/@"'<>]+)@([^ \t\r\n"'@]{0,6})`, rest, -1)
	found[3] != "sha256"
	not placeholder(found[2])
}

# The words of a key: camelCase, snake_case, dots and dashes taken apart, in lower case; figures at the end of a word dropped.
words(key) := [word |
	some part in regex.split(`[^A-Za-z0-9]+`, regex.replace(regex.replace(key, `([a-z0-9])([A-Z])`, "${1}_${2}"), `([A-Z]+)([A-Z][a-z])`, "${1}_${2}"))
	word := regex.replace(lower(part), `[0-9]+$`, "")
	word != ""
]

# How surely a key names a credential: strong (password, client_secret) or weak (secret, token: often the name of one).
strength(key) := grade if {
	all_words := words(regex.replace(key, `^.*[.]`, ""))
	kept := [word | some word in all_words; not word in {"value", "base", "plain", "default", "prod", "production", "dev", "staging", "test"}]
	name := concat("_", kept)
	grade := grade_of(name)
}

grade_of(name) := "none" if {
	regex.match(`(?:^|_)(?:public|publishable|existing|use|enable|enabled|disable|has|allow|require|max|min|no|skip|hide|show|reset|forgot|checksum|hash|digest|fingerprint|sha)_`, name)
} else := "strong" if {
	regex.match(strong, name)
} else := "weak" if {
	regex.match(`(?:^|_)(?:secret|secret_?key|token|credential|credentials|bearer|sas|(?:routing|service|integration)_key)$`, name)
} else := "none"

strong := concat("|", [
	`(?:^|_)(?:[a-z]*password|[a-z]*passwd|passphrase|pwd|passwort|requirepass|masterauth|rootpw|userpw|bindpw)$|_pass$|^(?:pass|dbpass|smtppass)$`,
	`(?:^|_)(?:(?:client|app|application|consumer|shared|hmac|jwt|oauth|oidc|cookie|session|webhook|signing|csrf|encryption|api|hash|admin|bot|turn|github|gitlab|google|slack|azure|aws|paypal|stripe|access)_secret|clientsecret|appsecret|sharedsecret|jwtsecret|cookiesecret|secret_access_key|secretaccesskey|secret_token|signing_secret)$`,
	`(?:^|_)(?:(?:api|auth|access|bearer|refresh|bot|github|gitlab|gh|git|slack|vault|root|admin|oauth|api|npm|registry|private|personal|deploy|service|user|session|bootstrap|telegram|discord|cloudflare|tunnel|influx|influxdb|consul|hec|id|join|agent|master|node|sonar|snyk|datadog|grafana|install|runner|registration|digitalocean|hcloud|linode|hetzner|pushover|plex)_token|apitoken|authtoken|accesstoken)$`,
	`(?:^|_)(?:api_?key|apikey|private_?key|signing_?key|encryption_?key|master_?key|shared_?key|shared_?access_?key|account_?key|storage_?key|auth_?key|hmac_?key|crypt_?key|cipher_?key|license_?key|secret_?hash|app_?key|application_?key|access_?key|key_?data|jwt_?key|session_?key|csrf_?key|hash_?key|rndc_?key|tsig_?key|cookie_?key)$`,
])

# Whether a pair is a credential, in words; undefined where it isn't. `strict` asks for a value that was surely made by a
# machine, where the place says little: annotations, and objects whose fields mean what they like.
credential(pair, strict) := what if {
	what := format(pair.value)
	live(pair)
} else := named(pair, strict)

# The same without what the value's own form says.
named(pair, strict) := "a value of an HTTP Authorization header" if {
	header(pair)
} else := "a registry login" if {
	login(pair)
} else := "a credential" if {
	hopeful(pair.value, strict)
	grade := strength(pair.key)
	grade != "none"
	is_value(pair, grade, strict)
}

# What `made` asks for, asked first where it is cheap and seldom true.
hopeful(value, strict) if {
	not strict
} else if {
	random(plain(value))
}

# An example in a comment: a URL there names user and password for show.
live(pair) if {
	pair.form != "comment"
} else if {
	not contains(pair.value, "://")
}

header(pair) if {
	regex.match(`(?i)authorization$`, pair.key)
	found := regex.find_all_string_submatch_n(`^(?i:basic|bearer|token)[ \t\r\n]+([A-Za-z0-9+/_.=-]{12,})$`, trim_space(pair.value), 1)
	count(found) == 1
	not placeholder(found[0][1])
}

# Docker's `auth`: user and password in base64.
login(pair) if {
	regex.match(`(?:^|\.)_?auth$`, pair.key)
	regex.match(`^[A-Za-z0-9+/]{8,}={0,2}$`, pair.value)
	base64.is_valid(pair.value)
	found := regex.find_all_string_submatch_n(`^[!-9;-~]+:([!-~]{3,})$`, base64.decode(pair.value), 1)
	count(found) == 1
	real(found[0][1])
}

is_value(pair, grade, strict) if {
	value := plain(pair.value)
	# A value with a reference in it was judged by its form.
	value == settled(pair.value)
	not placeholder(value)
	not harmless(value)
	not regex.match(harmless_name, value)
	shaped(value, pair.form)
	long_enough(value, grade, pair.key)
	made(value, grade, pair.form, strict)
}

# What no credential is: a switch, a path, an address, a UUID, a digest, public key material, a type, a term of time.
harmless(value) if {
	lower(value) in {
		"true", "false", "yes", "no", "on", "off", "enabled", "disabled", "auto", "automatic", "prompt", "required", "optional", "always", "never",
		"string", "str", "int", "bool", "boolean", "number", "object", "bytes", "any", "text", "file", "env", "vault", "basic", "bearer", "kubernetes",
		"opaque", "jwt", "ldap", "oauth", "oidc", "saml", "empty", "generated",
	}
} else if {
	regex.match(harmless_form, value)
}

harmless_form := concat("|", [
	`^(?:/|\./|\.\./|~/|[A-Za-z]:\\|file:)[A-Za-z0-9_.@:\\/{}*-]*$`,
	`^[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+\.(?:pem|key|crt|txt|json|ya?ml|conf|jks|p12|pub|asc|env)$`,
	`^[A-Za-z0-9_-]+\.(?:pem|key|crt|cer|txt|json|ya?ml|conf|ini|jks|p12|pub|asc|env|sh|py|html)$`,
	`^[A-Za-z][A-Za-z0-9+.-]*://`,
	`^\{?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\}?$`,
	`^(?i:sha[0-9]{1,3}|md5)[:-]`,
	`^(?:arn:|urn:|projects/|ssh-|ecdsa-|sk-ssh|age1[a-z0-9]{20}|pk_(?:live|test)_)`,
	"-----BEGIN",
	# The name of a variable, of a field.
	`^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$`,
	`^[a-z_]+(?:\.[a-z_]+)+,?$`,
	`^[0-9.]+(?:ms|s|m|h|d|w|y|[kKMGT]i?[bB]?)$`,
	`[ \t\r\n][!-~]+[ \t\r\n]`,
	# Serialized structure, code, a format string.
	"[(){}`]|^[\\[<]|[$][A-Za-z_]|%[sdv]",
])

# The name of a Secret, of a key in one, or of a header: words joined by dashes, of which one says what it holds.
harmless_name := `^[a-z0-9]+(?:[-.][a-z0-9]+)*[-.](?:passwords?|pass|pwd|secrets?|tokens?|keys?|creds?|credentials?|auth|tls|cert|certs|config|env|sa|account|user)$|^(?:passwords?|secrets?|tokens?|creds?|credentials?|auth)[-.][a-z]+(?:[-.][a-z]+)*$|^[Xx]-[A-Za-z-]+$`

shaped(value, form) if {
	form in {"scalar", "named", "part", "flag", "glued"}
} else if {
	form in {"line", "code"}
	regex.match(`^[!-~]+$`, value)
	not regex.match(`^[a-zA-Z_][A-Za-z0-9_]*(?:\.[a-zA-Z_][A-Za-z0-9_]*)+$|^(?:self|this|os|process|req|request|config|settings)\b|\|\||&&|^[&*!=,;:\\]`, value)
}

long_enough(value, grade, key) if {
	grade == "strong"
	regex.match(`(?i)pass|pwd`, key)
	regex.match(`^.{3,}$`, value)
	not regex.match(`^[0-9]{1,3}$`, value)
} else if {
	grade == "strong"
	regex.match(`^.{8,}$`, value)
	not regex.match(`^[0-9.,:-]+$`, value)
} else if {
	grade == "weak"
	regex.match(`^.{8,}$`, value)
	not regex.match(`^[0-9.,:-]+$`, value)
}

# Where the key says less, the value has to say more: figures and letters mixed, no word of a language, no name.
made(value, grade, form, strict) if {
	grade == "strong"
	not strict
} else if {
	# A variable or a flag called secret holds one, or the name of one: lower-case words.
	form in {"named", "flag", "part"}
	not strict
	regex.match(`^[!-~]+$`, value)
	not regex.match(`^[a-z0-9]+(?:[-_.][a-z0-9]+)*$`, value)
} else if {
	random(value)
}

random(value) if {
	regex.match(`^[A-Za-z0-9+/_=.~!@#%^&*-]{12,}$`, value)
	regex.match(`[0-9]`, value)
	regex.match(`[A-Za-z]`, value)
	not regex.match(`^[a-z]+(?:[-_.][a-z0-9]{1,9})*$`, value)
} else if {
	regex.match(`^[0-9a-f]{20,}$`, value)
}
