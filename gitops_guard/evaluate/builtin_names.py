"""The builtins that both engines have and that give the same answer in each, with their numbers of arguments.

regorus 0.13 was asked for every builtin of OPA 1.x's documentation; tests/evaluate/test_lint.py asks it again.
"""

from __future__ import annotations

_BY_COUNT: dict[int, str] = {
    0: """
        time.now_ns
    """,
    1: """
        abs array.reverse base64.decode base64.encode base64.is_valid base64url.decode base64url.encode
        base64url.encode_no_pad bits.negate ceil count crypto.md5 crypto.sha1 crypto.sha256 floor glob.quote_meta
        hex.decode hex.encode intersection is_array is_boolean is_null is_number is_object is_set is_string
        json.is_valid json.marshal json.unmarshal lower max min net.cidr_expand net.cidr_is_valid object.keys
        object.union_n product regex.is_valid round semver.is_valid sort strings.reverse sum time.clock time.date
        time.parse_duration_ns time.parse_rfc3339_ns time.weekday to_number trace trim_space type_name union
        units.parse units.parse_bytes upper urlquery.decode urlquery.decode_object urlquery.encode
        urlquery.encode_object walk yaml.is_valid yaml.unmarshal
    """,
    2: """
        array.concat bits.and bits.lsh bits.or bits.rsh bits.xor concat contains crypto.hmac.equal crypto.hmac.md5
        crypto.hmac.sha1 crypto.hmac.sha256 crypto.hmac.sha512 endswith format_int graph.reachable
        indexof indexof_n json.filter json.marshal_with_options json.patch json.remove net.cidr_contains
        net.cidr_intersects numbers.range object.filter object.remove object.subset object.union regex.match regex.split
        semver.compare split sprintf startswith strings.any_prefix_match strings.any_suffix_match strings.count
        strings.replace_n trim trim_left trim_prefix trim_right trim_suffix
    """,
    3: """
        array.slice glob.match numbers.range_step object.get regex.find_all_string_submatch_n regex.find_n regex.replace
        replace substring
    """,
    4: """
        time.add_date
    """,
}

ARITIES: dict[str, int] = {"print": -1} | {name: count for count, names in _BY_COUNT.items() for name in names.split()}
"""Name -> number of arguments; -1 for any."""

WRITERS = frozenset(("format_int", "json.marshal", "json.marshal_with_options", "sprintf"))
"""Those that make text of numbers."""

_OUTSIDE = "a verdict can't depend on the machine or the network"
_RANDOM = "a verdict can't depend on chance"
_ONE = "only one of the two engines has it"
_APART = "the two engines answer it differently"

_MISSING = """
    array.flatten crypto.parse_private_keys crypto.x509.parse_and_verify_certificates
    crypto.x509.parse_and_verify_certificates_with_options crypto.x509.parse_certificate_request
    crypto.x509.parse_certificates crypto.x509.parse_keypair crypto.x509.parse_rsa_private_key graphql.is_valid graphql.parse
    graphql.parse_and_verify graphql.parse_query graphql.parse_schema graphql.schema_is_valid io.jwt.decode
    io.jwt.decode_verify io.jwt.encode_sign io.jwt.encode_sign_raw io.jwt.verify_eddsa io.jwt.verify_es256
    io.jwt.verify_es384 io.jwt.verify_es512 io.jwt.verify_hs256 io.jwt.verify_hs384 io.jwt.verify_hs512
    io.jwt.verify_ps256 io.jwt.verify_ps384 io.jwt.verify_ps512 io.jwt.verify_rs256 io.jwt.verify_rs384
    io.jwt.verify_rs512 net.cidr_contains_matches net.cidr_merge providers.aws.sign_req regex.globs_match
    rego.metadata.chain rego.metadata.rule rego.parse_module strings.render_template uri.parse uri.is_valid
"""

_DIFFERENT = """
    graph.reachable_paths json.match_schema json.verify_schema regex.template_match time.diff time.format time.parse_ns uuid.parse
    yaml.marshal
"""

REFUSED: dict[str, str] = {
    "http.send": _OUTSIDE, "net.lookup_ip_addr": _OUTSIDE, "opa.runtime": _OUTSIDE, "rand.intn": _RANDOM, "uuid.rfc4122": _RANDOM,
    **dict.fromkeys(_DIFFERENT.split(), _APART),
    **dict.fromkeys(_MISSING.split(), _ONE),
}
"""Name -> why no policy may call it."""
