"""Texts -> the pairs that may be credentials."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops_guard.evaluate.pairs import MAX_PAIRS, argument_pairs, names, pairs_in, scalar_pairs, speaks, tokenish


def found(text):
    return {(pair.key, pair.value, pair.line) for pair in pairs_in(text)}


@pytest.mark.parametrize(("text", "expected"), [
    pytest.param("a=b\npassword=hunter2\n", ("password", "hunter2", 2), id="properties"),
    pytest.param("[db]\nname = x\npassword = 'hun ter2' ; why\n", ("password", "hun ter2", 3), id="ini"),
    pytest.param('# c\n\nexport DB_PASSWORD="hunter2"\n', ("DB_PASSWORD", "hunter2", 3), id="env"),
    pytest.param("db:\n  # c\n  auth:\n    password: hunter2\n", ("db.auth.password", "hunter2", 4), id="yaml"),
    pytest.param("a:\n- name: DB_PASSWORD\n  value: hunter2\n", ("DB_PASSWORD", "hunter2", 3), id="yaml, name and value"),
    pytest.param('{"db": {\n"password": "hunter2"}}', ("db.password", "hunter2", 2), id="json"),
    pytest.param('{\n\t"password": "hunter2"\n}', ("password", "hunter2", 2), id="json with tabs"),
    pytest.param("a:\n  b: |\n    x=1\n    password=hunter2\n", ("password", "hunter2", 4), id="a text in a text"),
    pytest.param("<a>\n<password>hunter2</password>\n", ("password", "hunter2", 2), id="xml element"),
    pytest.param('<a>\n<property name="password" value="hunter2"/>\n', ("password", "hunter2", 2), id="xml property"),
    pytest.param('x()\ndict["secret_key"] = "hunter2"\n', ("secret_key", "hunter2", 2), id="program"),
    pytest.param("set -e\nmysql --password=hunter2 -u root\n", ("password", "hunter2", 2), id="command line"),
    pytest.param("a\nurl=Endpoint=sb://x/;SharedAccessKey=abc=\n", ("SharedAccessKey", "abc=", 2), id="connection string"),
    pytest.param("def f():\n    x = 'redis://:hunter2@h/0'\n", ("", "redis://:hunter2@h/0", 2), id="a URL anywhere"),
    pytest.param("x: 1\n# see redis://u:hunter2@h/0\n", ("", "redis://u:hunter2@h/0", 2), id="a URL in a comment"),
])
def test_pairs_in(text, expected):
    assert expected in found(text)


@pytest.mark.parametrize("text", ["", "a=b\nc=d", "x: 1\n", "no secrets here, only words", "a:\n  - b\n  - c\n", "\x00\x01"])
def test_nothing_in(text):
    assert found(text) == set()


def test_what_a_tag_of_the_reading_program_fetches_is_no_value():
    assert found("password: !secret smtp_password\n") == set()


def test_a_comment_says_that_it_is_one():
    assert {pair.form for pair in pairs_in("# redis://u:hunter2@h/0\n")} == {"comment"}


def test_scalar_pairs():
    assert [pair.value for pair in scalar_pairs("spec.password", "hunter2")] == ["hunter2"]
    assert scalar_pairs("spec.replicas", "3") == []
    assert [pair.key for pair in scalar_pairs("env.DSN", "host=a password=hunter2")] == ["password"]


def test_argument_pairs():
    words = list(enumerate(["run", "--db-password=hunter2", "--token", "abc", "--token-ttl", "-v", "--verbose"]))
    assert [(index, pair.key, pair.value) for index, pair in argument_pairs(words)] == [
        (1, "db-password", "hunter2"), (3, "token", "abc")]


@pytest.mark.parametrize("key", [
    "password", "DB_PWD", "apiKey", "client-secret", "Authorization", "aws_secret_access_key", "keyData"])
def test_keys_that_pass_the_sieve(key):
    assert speaks(key)


@pytest.mark.parametrize("value", [
    "redis://:pw@h", "AKIA" + "Q" * 16, "ghp_" + "a" * 36, "glpat-" + "a" * 20, "xoxb-" + "1" * 20, "sk_live_" + "a" * 20,
    "SG." + "a" * 22, "npm_" + "a" * 36, "sk-proj-" + "a" * 24, "hf_" + "a" * 34, "dop_v1_" + "a" * 64, "hvs." + "a" * 24,
    "glsa_" + "a" * 32, "shpat_" + "a" * 32, "123456789:AA" + "a" * 33, "https://hooks.slack.com/services/T/B/x",
    "dp.pt." + "a" * 40, "whsec_" + "a" * 24, "GOCSPX-" + "a" * 20,
    "a" * 14 + ".atlasv1." + "a" * 60, "dapi" + "a" * 32, "https://x.webhook.office.com/webhookb2/a", "https://discord.com/api/webhooks/1/a",
    "AccountKey=" + "a" * 40, "https://x/?sv=2020&sig=aaa", "eyJhbGciOi.eyJ", "xapp-1-aaaa",
    "pypi-" + "a" * 50, "AIza" + "a" * 35,
])
def test_tokens_that_pass_the_sieve(value):
    assert tokenish(value)
    assert pairs_in(f"x = '{value}'\n")


def test_a_flood_is_said_not_cut():
    assert [pair.form for pair in pairs_in("".join(f"password{n}=a\n" for n in range(MAX_PAIRS + 1)))] == ["overflow"]


@pytest.mark.parametrize("text", [
    "a" * 300_000, "a = x" + " " * 300_000 + "y", "eyJ" * 100_000, "password=" * 30_000, "://" + "a:" * 100_000,
    'key="' * 60_000,
    "--token " * 40_000, "<a " * 100_000, "-" * 300_000, "[" * 100_000, "{" * 200, "Basic " + " " * 300_000,
], ids=lambda text: text[:12])
def test_hostile_texts_take_little_time(text):
    start = time.process_time()
    pairs_in(text)
    assert time.process_time() - start < 5


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:=-\n \"'{}[]|>&*!#%@/.,<>$\\\tpasswordkey"), max_size=80))
def test_any_text_is_read_without_an_error(text):
    lines = text.count("\n") + 1
    assert all(1 <= pair.line <= lines for pair in pairs_in(text + "password"))


@pytest.mark.parametrize(("line", "expected"), [
    ("mysql -u root -phunter2 db", [("password", "hunter2")]), ("mysqladmin -p'hunter2' ping", [("password", "hunter2")]),
    ("mysql -u root -ppassw0rd-x db", [("password", "passw0rd-x")]), ("mysql -p $MYSQL_PASSWORD", []),
    ("other -ppassw0rd db", []), ("mysql -password hunter2", [("password", "hunter2")])])
def test_a_password_glued_to_its_flag(line, expected):
    assert [(pair.key, pair.value) for pair in pairs_in("# \n" + line) if pair.form in ("flag", "glued")] == expected
    assert [(pair.key, pair.value) for _, pair in argument_pairs(list(enumerate(line.replace("'", "").split())))] == expected


@pytest.mark.parametrize(("key", "value", "expected"), [
    ("password", "abc", True), ("passwordValue", "abc", True), ("client_secret_1", "abc", True), ("apiKeyBase64", "abc", True),
    ("token-prod", "abc", True), ("keyData", "abc", True), ("secretName", "abc", False), ("PASSWORD_FILE", "abc", False),
    ("password", "true", False), ("password", "12", False), ("password", "", False)])
def test_names_of_credentials(key, value, expected):
    assert names(key, value) is expected
