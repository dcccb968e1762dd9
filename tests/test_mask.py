import base64

import pytest

from gitops_guard.mask import Mask
from gitops_guard.model import Fault, Location, Resource
from gitops_guard.origin import Origin, Spelling
from gitops_guard.source import Dialect, parse

SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData:
  password: hunter2-long  # why
  short: abc
  block: |
    first line of it
    second line of it
  after: &anchor "quoted value"
data:
  token: TOKEN
""".replace("TOKEN", base64.b64encode(b"decoded-token").decode())


def loaded(text, file="s.yaml"):
    stream = parse(text.encode(), file)
    body = stream.load(Dialect.MANIFEST)[0]
    return stream, Resource(body, None, body.at["kind"])


def test_messages_lose_every_value_of_a_secret():
    mask = Mask()
    mask.secret(loaded(SECRET)[1])
    message = mask.text("hunter2-long, decoded-token, second line of it, 'quoted value' and ZGVjb2RlZC10b2tlbg==")
    assert message == "***, ***, ***, '***' and ***"


def test_messages_lose_the_values_of_the_other_side_too():
    mask, other = Mask(), Mask()
    other.secret(loaded(SECRET)[1])
    assert mask.text("hunter2-long") == "hunter2-long"
    mask.values_of(other)
    assert mask.text("hunter2-long") == "***"
    assert mask.source("s.yaml", "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n") == "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n"


def test_excerpts_lose_places_too():
    mask = Mask()
    mask.document(loaded(SECRET)[0])
    shown = mask.source("s.yaml", SECRET).split("\n")
    assert shown[:4] == SECRET.split("\n")[:4]
    assert shown[4:12] == ["  password: ***", "  short: ***", "  block: ***", "    ***", "    ***", "  after: ***", "data:", "  token: ***"]


def test_the_entry_that_brings_a_secret_from_elsewhere_holds_none():
    mask = Mask()
    _stream, secret = loaded(SECRET, "other/s.yaml")
    values = secret.body["stringData"]
    values.at["password"] = Origin("app.yaml", 2, 9, exact=False, away=True)
    mask.secret(secret)
    mask.fault(Fault("secrets/plaintext-secret", "m", resource=secret, path=("stringData", "password")))
    assert mask.source("app.yaml", "kind: Application\npath: overlays/hunter2-long\n") == "kind: Application\npath: overlays/***\n"


@pytest.mark.parametrize("data", ["{url: hunter2a,\n url: hunter2b}", "{url: hunter2a,\n <<: {url: hunter2b}}", "{<<: {url: hunter2a},\n url: hunter2b}",
                                  "{<<: [{url: hunter2a},\n {url: hunter2b}]}", "{url: [hunter2a, {x: hunter2a}],\n url: hunter2b}"])
def test_what_another_value_overrides_is_hidden_where_it_stands(data):
    mask = Mask()
    text = f"kind: Secret\nstringData: {data}\n"
    mask.document(parse(text.encode(), "s.yaml"))
    assert "hunter2" not in mask.source("s.yaml", text)
    patch = "patches:\n- patch: |\n    " + text.replace("\n", "\n    ").rstrip() + "\n"
    mask.document(parse(patch.encode(), "p.yaml"))
    assert "hunter2" not in mask.source("p.yaml", patch)


def test_a_harmless_text_that_another_one_overrides_is_shown_in_messages():
    mask = Mask()
    mask.document(parse(b"kind: Pod\nspec: {imagePullSecrets: []}\nmetadata: {name: web-app, name: other-app}\n", "p.yaml"))
    assert mask.text("web-app") == "web-app"


def test_one_place_with_two_spellings():
    mask = Mask()
    for spelling in (None, Spelling("'"), Spelling("", "0x1")):
        _, resource = loaded(SECRET)
        strings = resource.body["stringData"]
        strings.at["password"] = strings.at["password"]._replace(spelling=spelling)
        mask.secret(resource)
    assert mask.source("s.yaml", SECRET).split("\n")[4] == "  password: ***"


def test_other_files_lose_values_only():
    mask = Mask()
    mask.secret(loaded(SECRET)[1])
    assert mask.source("other.yaml", "a: hunter2-long\nb: abc\n") == "a: ***\nb: abc\n"


def test_what_a_secrets_rule_reported_in_a_config_map():
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  conf: |\n    a: 1\n    password: grand-total\n  plain: tellnobody\n"
    resource = loaded(text)[1]
    mask = Mask()
    mask.fault(Fault("secrets/credential-in-config", "m", resource=resource, path=("data", "conf"), line=2))
    mask.fault(Fault("secrets/credential-in-config", "m", resource=resource, path=("data", "plain")))
    mask.fault(Fault("images/unpinned-tag", "m", resource=resource, path=("metadata", "name")))
    assert mask.source("s.yaml", text).split("\n")[4:9] == ["  conf: |", "    a: 1", "    password: ***", "  plain: ***", ""]
    assert mask.text("grand-total tellnobody") == "*** ***"


def test_a_generator_literal_and_an_env_line():
    text = "secretGenerator:\n  - name: db\n    literals:\n      - password=open-sesame\n"
    mask = Mask()
    mask.document(parse(text.encode(), "kustomization.yaml"))
    assert mask.source("kustomization.yaml", text).split("\n")[3] == "      - password=***"
    mask.fault(Fault("secrets/plaintext-generator", "m", location=Location("db.env", 2, 1)))
    assert mask.source("db.env", "# x\nPASSWORD=short\n") == "# x\nPASSWORD=***\n"


def test_broken_secrets_show_nothing():
    mask = Mask()
    mask.document(parse(b"a: 1\n? [x]\n: y\nkind: Secret\n", "f.yaml"))
    assert mask.text("untouched") == "untouched"


def test_every_line_end_of_yaml_counts():
    text = "apiVersion: v1\r\nkind: Secret\rmetadata: {name: x}\x85stringData:\u2028  a: abc\n"
    mask = Mask()
    mask.document(parse(text.encode(), "f.yaml"))
    assert mask.source("f.yaml", text) == text.replace("abc", "***")


def test_a_user_name_is_public_and_a_word_is_masked_as_a_word():
    mask = Mask()
    mask.secret(loaded("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {POSTGRES_USER: postgres, password: orange}\n")[1])
    assert mask.text("image postgres:14 of oranges, orange") == "image postgres:14 of oranges, ***"


def shown(text, file="f.yaml"):
    mask = Mask()
    mask.document(parse(text.encode(), file))
    return mask.source(file, text)


@pytest.mark.parametrize("text", [
    "secretGenerator:\n- name: s\n  literals:\n  - open-sesame\n",
    "secretGenerator:\n- name: s\n  literals: password=open-sesame\n",
    "kind: Secret\nstringData: open-sesame\n",
    "kind: Secret\ndata: [open-sesame, {a: open-sesame}]\n",
    "kind: Secret\nstringData: {a: {b: [open-sesame]}}\n",
    "patches:\n- patch: |\n    stringData:\n      a: open-sesame\n",
    "patches:\n- patch: |\n    kind: Secret\n    stringData: {a: &x [open-sesame]}\n    data: *x\n",
    "patches:\n- patch: |\n    - {op: add, path: /stringData/a, value: open-sesame}\n",
    "patches:\n- patch: '{\"stringData\": {\"a\": \"open-sesame\"}}'\n",
    "patchesStrategicMerge:\n- |\n  kind: Secret\n  stringData: {a: open-sesame}\n",
    'patches:\n- patch: |\n    kind: Secret\n    stringData:\n      a: "open-sesame\n',
])
def test_values_in_places_where_none_belongs(text):
    assert "open-sesame" not in shown(text)


@pytest.mark.parametrize(("line", "expected"), [
    ("kubectl --token=abc apply -f x", "kubectl --token=*** apply -f x"),
    ("argocd login --password 'a b' host", "argocd login --password *** host"),
    ("kubectl create secret generic x --from-literal=a=abc", "kubectl create secret generic x --from-literal=a=***"),
    ("DB_PASSWORD=abc kubectl apply", "DB_PASSWORD=*** kubectl apply"),
    ("curl -H 'Authorization: Bearer abc'", "curl -H 'Authorization: Bearer ***'"),
    ("git push https://bot:abc@host/x", "git push https://bot:***@host/x"),
    ("helm upgrade --set db.password=abc,a=b x", "helm upgrade --set db.password=***,a=b x"),
    ("kubectl --token=$TOKEN apply", "kubectl --token=$TOKEN apply"),
    ('kubectl --token="${{ secrets.T }}" apply', 'kubectl --token="${{ secrets.T }}" apply'),
    ("secretName: web-tls", "secretName: web-tls"),
    ("kubectl apply --dry-run -f token.yaml", "kubectl apply --dry-run -f token.yaml"),
])
def test_excerpts_of_commands_lose_what_they_give_away(line, expected):
    assert Mask().source("Makefile", line) == expected


def test_messages_lose_values_in_other_spellings():
    mask = Mask()
    mask.secret(loaded('kind: Secret\nstringData: {a: "open \\"sesame\\" now"}\n')[1])
    assert mask.text('{"a": "open \\"sesame\\" now"}') == '{"a": "***"}'
    assert mask.text(base64.b64encode(b'open "sesame" now').decode()) == "***"


def test_a_pointer_loses_values_and_keeps_words():
    mask = Mask()
    mask.secret(loaded("kind: Secret\nstringData: {password: password, b: Zq7-9Kp-x}\n")[1])
    assert mask.path("/stringData/password") == "/stringData/password"
    assert mask.path("/data/Zq7-9Kp-x") == "/data/***"


def test_the_longest_value_goes_first_and_words_stand_alone():
    mask = Mask()
    mask.secret(loaded("kind: Secret\nstringData: {a: abcdefgh, b: abcdefgh-more, c: Secret-1}\n")[1])
    assert mask.text("abcdefgh-more abcdefgh xabcdefgh abcdefghi Secret-12 abcde") == "*** *** xabcdefgh abcdefghi ***2 abcde"


def test_private_keys_are_hidden_wherever_they_stand():
    text = "a: 1\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKC\nAQEA0Z3V\n-----END RSA PRIVATE KEY-----\nb: 2\nKEY=AGE-SECRET-KEY-1QQQ\n"
    assert Mask().source("notes.md", text) == (
        "a: 1\n-----BEGIN RSA PRIVATE KEY-----\n***\n***\n-----END RSA PRIVATE KEY-----\nb: 2\nKEY=***\n")


def test_of_a_file_that_should_be_encrypted_only_keys_are_shown():
    mask = Mask()
    mask.file("values.enc.yaml", {"rule": {"encrypted": False}})
    mask.file("a.env", {"plain": [{"key": "A", "line": 1, "column": 1}]})
    mask.file("public.yaml", {"rule": {"encrypted": True}})
    assert mask.source("values.enc.yaml", "smtp:\n  password: abc\n  text: |\n    QWxhZGRpbg==\n") == (
        "smtp:\n  password: ***\n  text: ***\n***\n")
    assert mask.source("a.env", "A=abc\nQWxhZGRpbg==\n") == "A=***\n***\n"
    assert mask.source("public.yaml", "a: b\n") == "a: b\n"


def test_a_short_value_alone():
    mask = Mask()
    mask.secret(loaded("apiVersion: v1\nkind: Secret\nstringData: {a: x1-y, b: 8080, c: v1.2, d: abcd}\n")[1])
    assert mask.text("the value 'x1-y', not ax1-yb, 8080, abcd") == "the value '***', not ax1-yb, 8080, abcd"


def test_a_fake_store():
    text = "apiVersion: external-secrets.io/v1\nkind: SecretStore\nspec: {provider: {fake: {data: [{key: /a, value: Cobalt-Harbour}]}}}\n"
    mask = Mask()
    mask.secret(loaded(text)[1])
    assert "Quarto" not in mask.source("s.yaml", text)


@pytest.mark.parametrize(("line", "shown"), [
    ("argocd app set shop --parameter db.password=VALUE", "argocd app set shop --parameter db.password=***"),
    ("argocd app set shop -p 'auth.token=VALUE' x", "argocd app set shop -p 'auth.token=***' x"),
    ("argocd app set shop --helm-set global.apiKey=VALUE", "argocd app set shop --helm-set global.apiKey=***"),
    ("argocd app set shop --parameter p=VALUE -p=x", "argocd app set shop --parameter p=*** -p=x"),
    ("argocd app set shop --parameter replicas=2", "argocd app set shop --parameter replicas=2")])
def test_parameters_on_a_command_line(line, shown):
    assert Mask().source("deploy.sh", line) == shown


def test_what_a_finding_is_about_keeps_its_name():
    mask = Mask()
    mask.secret(loaded(SECRET.replace("hunter2-long", "postgres"))[1])
    assert mask.text("container postgres: image example/postgres:17 of postgres-db") == "container ***: image example/***:17 of ***-db"
    assert mask.text("container postgres: image example/postgres:17", {"postgres", "example/postgres:17"}) == (
        "container postgres: image example/postgres:17")
    assert mask.text("the value quoted value of quoted", {"quoted"}) == "the value *** of quoted"
    assert mask.text("the claim decoded-token", {"decoded-token"}) == "the claim ***"
