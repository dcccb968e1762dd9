# The forms of tokens whose makers gave them one, so that the value alone says what it is.
package gitops_guard.lib.formats

# What a text holds by its form, in words; undefined for any other text.
name_of(text) := [entry.name | some entry in known; regex.match(entry.pattern, text)][0] if {
	regex.match(beginnings, text)
}

# How they begin; most texts are none of them, and this is quick to say.
beginnings := `AKIA|ASIA|gh[pousr]_|github_pat_|gl[a-z]{2,5}-|xox[a-z]-|xapp-|hooks\.slack|discord|webhook\.office|[rs]k_|whsec_|AIza|GOCSPX|ya29|eyJ|SG\.|npm_|pypi-|sk-|hf_|_v1_|hv[sb]\.|dckr_|dapi|gl[sc]a?_|shp|:AA|atlasv1|dp\.|lin_api_|PMAK|NRAK|ATATT|xkeysib|pul-|(?i:key=)|sig=`

known := [
	{"name": "an AWS access key", "pattern": `(?:^|[^A-Za-z0-9/+=_-])(?:AKIA|ASIA)[A-Z2-7]{16}(?:$|[^A-Za-z0-9/+=_-])`},
	{"name": "a GitHub token", "pattern": `\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})`},
	{"name": "a GitLab token", "pattern": `\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|oas|imt|agent)-[A-Za-z0-9_-]{18,}`},
	{"name": "a Slack token", "pattern": `\bxox[abeoprs]-[A-Za-z0-9-]{16,}|\bxapp-[0-9]-[A-Za-z0-9-]{16,}`},
	{"name": "a Slack webhook", "pattern": `hooks\.slack(?:-gov)?\.com/(?:services/T[A-Za-z0-9_]{5,}/B[A-Za-z0-9_]{5,}/[A-Za-z0-9_]{16,}|workflows/[A-Za-z0-9/_]{30,}|triggers/[A-Za-z0-9/_]{30,})`},
	{"name": "a Discord webhook", "pattern": `discord(?:app)?\.com/api/webhooks/[0-9]{15,}/[A-Za-z0-9_-]{40,}`},
	{"name": "a Teams webhook", "pattern": `webhook\.office\.com/webhookb2/[A-Za-z0-9@-]{30,}/IncomingWebhook/[0-9a-f]{20,}`},
	{"name": "a Stripe key", "pattern": `\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/=]{24,}`},
	{"name": "a Google API key", "pattern": `\bAIza[0-9A-Za-z_-]{35}(?:$|[^0-9A-Za-z_-])`},
	{"name": "a Google OAuth secret", "pattern": `\bGOCSPX-[A-Za-z0-9_-]{20,}|\bya29\.[A-Za-z0-9_-]{20,}`},
	{"name": "a JSON Web Token", "pattern": `\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}`},
	{"name": "a SendGrid key", "pattern": `\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{32,}`},
	{"name": "an npm token", "pattern": `\bnpm_[A-Za-z0-9]{36}`},
	{"name": "a PyPI token", "pattern": `\bpypi-[A-Za-z0-9_-]{50,}`},
	{"name": "an OpenAI or Anthropic key", "pattern": `\bsk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]+-)[A-Za-z0-9_-]{20,}|\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|\bsk-[A-Za-z0-9]{48}\b`},
	{"name": "a Hugging Face token", "pattern": `\bhf_[A-Za-z]{30,}`},
	{"name": "a DigitalOcean token", "pattern": `\bdo[opr]_v1_[0-9a-f]{64}`},
	{"name": "a Vault token", "pattern": `\bhv[sb]\.[A-Za-z0-9_-]{24,}`},
	{"name": "a Docker Hub token", "pattern": `\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}`},
	{"name": "a Databricks token", "pattern": `\bdapi[0-9a-f]{32}`},
	{"name": "a Grafana token", "pattern": `\bgl(?:sa_[A-Za-z0-9]{32}_[0-9a-f]{8}|c_[A-Za-z0-9+/=]{32,})`},
	{"name": "a Shopify token", "pattern": `\bshp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}`},
	{"name": "a Telegram bot token", "pattern": `(?:^|[^0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?:$|[^A-Za-z0-9_-])`},
	{"name": "a Terraform Cloud token", "pattern": `[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}`},
	{"name": "a Doppler token", "pattern": `\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{32,}`},
	{"name": "an API key", "pattern": `\b(?:lin_api_[A-Za-z0-9]{32,}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|NRAK-[A-Z0-9]{27}|ATATT3[A-Za-z0-9_=-]{60,}|xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}|pul-[0-9a-f]{40})`},
	{"name": "an Azure storage or service bus key", "pattern": `(?i:(?:Account|SharedAccess)Key=)[A-Za-z0-9+/]{30,}={0,2}`},
	{"name": "an Azure signature", "pattern": `[?&]sv=20[0-9-]{8}&[^ ]*\bsig=[A-Za-z0-9%+/]{30,}|[?&]sig=[A-Za-z0-9%+/]{30,}[^ ]*&sv=20[0-9-]{8}`},
]
