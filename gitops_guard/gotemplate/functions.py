"""Every function that a template of an ApplicationSet may call: Go's own, Sprig's and Argo CD's, less those Argo CD removes."""

from __future__ import annotations

from . import (
    functions_builtin,
    functions_defaults,
    functions_dicts,
    functions_encoding,
    functions_lists,
    functions_math,
    functions_paths,
    functions_regex,
    functions_semver,
    functions_strings,
    functions_times,
    functions_wrap,
)
from .errors import UnknownError
from .signature import Registry

YAML = {"toYaml": "any", "fromYaml": "string", "fromYamlArray": "string"}
"""Functions that the caller brings, with their parameter's type."""

_CLOCK = (
    "now ago date date_in_zone dateInZone date_modify dateModify must_date_modify mustDateModify htmlDate htmlDateInZone "
    "toDate mustToDate unixEpoch"
)
_RANDOM = (
    "randAlphaNum randAlpha randAscii randNumeric randBytes randInt shuffle uuidv4 bcrypt htpasswd genPrivateKey "
    "buildCustomCert genCA genCAWithKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey encryptAES"
)
_CIPHERS = "derivePassword decryptAES"
_NEWER = "tpl"

UNKNOWN = {
    **dict.fromkeys(_CLOCK.split(), "it depends on the clock or the time zone of the controller"),
    **dict.fromkeys(_RANDOM.split(), "its result is random"),
    **dict.fromkeys(_CIPHERS.split(), "it is not reproduced here"),
    **dict.fromkeys(_NEWER.split(), "only some versions of Argo CD have it"),
    **dict.fromkeys(YAML, "no YAML library was brought"),
}
"""Functions whose result can't be known, with the reason."""

FUNCTIONS = Registry()
for _part in (
    functions_builtin,
    functions_defaults,
    functions_dicts,
    functions_encoding,
    functions_lists,
    functions_math,
    functions_paths,
    functions_regex,
    functions_semver,
    functions_strings,
    functions_times,
    functions_wrap,
):
    FUNCTIONS.update(_part.FUNCTIONS)


def _unknown(name: str, reason: str) -> None:
    @FUNCTIONS("...any", name)
    def _raise(*_values: object) -> None:
        raise UnknownError(f"the result of {name} can't be known: {reason}")


for _name, _reason in UNKNOWN.items():
    _unknown(_name, _reason)


def known() -> list[str]:
    """Names of the functions whose results are reproduced, sorted."""
    return sorted(name for name in FUNCTIONS if name not in UNKNOWN or name in YAML)
