"""Where the values of a Secret that helm renders were written."""

import base64

from trees import sources

from gitops_guard.evaluate.facts import facts_for
from gitops_guard.origin import Map, Origin
from gitops_guard.render.helm_origins import Finder, values_of
from gitops_guard.render.resource import Resource
from gitops_guard.source import Dialect

TEMPLATE = """kind: Secret
data:
  given: {{ .Values.password | b64enc }}
  random: {{ randAlphaNum 16 | b64enc }}
  fixed: {{ "hunter2-fixed" | b64enc }}
stringData:
  url: postgres://shop:{{ .Values.password }}@db
  other: {{ randAlphaNum 16 }}
"""


def test_what_a_template_makes_up_has_no_place():
    tree = sources({"chart/templates/secret.yaml": TEMPLATE, "values.yaml": "password: Crimson-Ladder-88\n"})
    values = list(values_of(tree.stream("values.yaml").load(Dialect.MANIFEST)[0]))
    data = {key: base64.b64encode(text.encode()).decode()
            for key, text in {"given": "Crimson-Ladder-88", "random": "a8Jk2Lx9Qw3Er5Ty", "fixed": "hunter2-fixed"}.items()}
    strings = {"url": "postgres://shop:Crimson-Ladder-88@db", "other": "Zx81mQp0Lk2Jh3Gf"}
    body = Map({"kind": "Secret", "data": Map(data), "stringData": Map(strings)})
    text = "# Source: chart/templates/secret.yaml\nkind: Secret\n"
    resource = Resource(body, Origin("out", 2, 1))
    Finder(tree, "chart", text, values, Origin("kustomization.yaml", 1, 1)).settle(resource)
    places = {key: (origin.file, origin.line) for field in ("data", "stringData") for key, origin in body[field].at.items()}
    assert places == {"given": ("values.yaml", 1), "fixed": ("chart/templates/secret.yaml", 5), "url": ("values.yaml", 1)}
    assert facts_for(body)["unwritten"] == [["data", "random"], ["stringData", "other"]]
