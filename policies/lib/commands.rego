# A command of a file input: its operands and options, as the programs that deploy read them.
package gitops_guard.lib.commands

# Options that take the next word as their value; the same for all the programs, where they agree.
_valued := {
	"-n", "--namespace", "--context", "--kube-context", "--kubeconfig", "--cluster", "--user", "-s", "--server", "--as",
	"--as-group", "--token", "--kube-token", "--kube-apiserver", "--request-timeout", "-v", "--v", "--profile", "-o", "--output",
	"-f", "--filename", "--file", "-k", "--kustomize", "-l", "--selector", "--field-selector", "-e", "--environment", "--timeout",
	"--certificate-authority", "--client-certificate", "--client-key", "--cache-dir", "--username", "--password", "--config",
	"--auth-token", "--header", "-H", "--grpc-web-root-path", "--port-forward-namespace", "--server-crt", "--loglevel", "--logformat",
	"--log-level", "--log-format", "--state-values-file", "--state-values-set", "--state-values-set-string", "-b", "--helm-binary",
	"-c", "--container", "--type", "-p", "--patch", "--field-manager", "--sort-by", "-t", "--template", "--set", "--values",
	"--version", "--repo", "--description", "--registry-config", "--repository-cache", "--repository-config", "-a", "--app",
	"--dir", "--stack", "-C", "--cwd", "--default-repo", "--verbosity", "--kubectl-context", "--project",
}

# What stands before `--`: what comes after it belongs to another program.
head(command) := array.slice(command.argv, 0, min([i | some i, word in command.argv; word == "--"])) if {
	"--" in command.argv
} else := command.argv

# The words that are neither options nor their values.
operands(command) := [word |
	words := head(command)
	some i, word in words
	i > 0
	not startswith(word, "-")
	not words[i - 1] in _valued
]

# The operand at a place, empty where there is none.
operand(command, index) := word if {
	words := operands(command)
	index < count(words)
	word := words[index]
} else := ""

# Whether a flag is given, and not switched off.
flag(command, name) if name in head(command)

flag(command, name) if {
	some word in head(command)
	startswith(word, concat("", [name, "="]))
	not endswith(word, "=false")
}

# The values of an option, written with `=` or as the next word.
values(command, name) := {value |
	words := head(command)
	some i, word in words
	value := _value(words, i, word, name)
}

_value(words, i, word, name) := words[i + 1] if {
	word == name
	i + 1 < count(words)
}

_value(_, _, word, name) := trim_prefix(word, start) if {
	start := concat("", [name, "="])
	startswith(word, start)
}

# Nothing is persisted: the API server, or the client alone, only says what it would do.
dry_run(command) if "--dry-run" in head(command)

dry_run(command) if {
	some value in values(command, "--dry-run")
	value in {"client", "server", "true"}
}

dry_run(command) if {
	some name in ["--server-dry-run", "--diff-run", "--help"]
	flag(command, name)
}

# The cluster that the command names itself.
contexts(command) := values(command, "--context") | values(command, "--kube-context")
