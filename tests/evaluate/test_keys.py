"""The private keys of a text."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops_guard.evaluate.keys import keys_in

BODY = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn7uR2CzvSlUYuQdMeYpqY0v9bWvQ0cXyZk\nq8Nf3m2b1l0s9d8f7g6h5j4k3l2z1x0c9v8b7n6m5q4w3e2r1t0y9u8i7o6p5a4s\n"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}-----END RSA PRIVATE KEY-----\n"
AGE = "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSFJ7KM4"


def found(text, **options):
    return [(key.form, key.label, key.encrypted, key.line) for key in keys_in(text, **options)]


@pytest.mark.parametrize(("text", "expected"), [
    (PEM, [("pem", "RSA PRIVATE KEY", False, 1)]),
    ("a: 1\n" + PEM, [("pem", "RSA PRIVATE KEY", False, 2)]),
    ("key: |\n  " + PEM.replace("\n", "\n  "), [("pem", "RSA PRIVATE KEY", False, 1)]),
    ('{"private_key": "' + PEM.replace("\n", "\\n") + '"}', [("pem", "RSA PRIVATE KEY", False, 1)]),
    (PEM.replace("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AB\n\n", 1), [("pem", "RSA PRIVATE KEY", True, 1)]),
    (PEM.replace("RSA PRIVATE", "ENCRYPTED PRIVATE"), [("pem", "ENCRYPTED PRIVATE KEY", True, 1)]),
    (PEM.replace("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"), [("pgp", "PGP PRIVATE KEY BLOCK", False, 1)]),
    ("tls.key: " + base64.b64encode(PEM.encode()).decode(), [("pem", "RSA PRIVATE KEY", False, 1)]),
    ("# public key: age1x\n" + AGE + "\n", [("age", "", False, 2)]),
    ("-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\n", []),
    ("grep -q 'BEGIN RSA PRIVATE KEY' file", []), ("", []), ("-----BEGIN CERTIFICATE-----\n" + BODY, []),
    ("kind: Config\nclusters: []\nusers:\n- user:\n    token: abcdefghij\n", [("kubeconfig", "token", False, 5)]),
    ("kind: ConfigMap\nclusters: []\nusers:\n- user:\n    token: abcdefghij\n", [])])
def test_keys(text, expected):
    assert found(text) == expected


def test_inside_a_secrets_data():
    word = base64.b64encode(("# made by age\n" + AGE + "\n").encode()).decode()
    assert found(f"data:\n  keys.txt: {word}\n") == []
    assert found(f"data:\n  keys.txt: {word}\n", encoded=True) == [("age", "", False, 2)]


@given(st.text(alphabet=st.sampled_from("-BEGIN PRIVATEKY\n=|:LS0tAb1"), max_size=200))
def test_never_raises(text):
    assert all(1 <= key.line <= text.count("\n") + 1 for key in keys_in(text, encoded=True))
