"""Cluster generators: which clusters there are, and their parameters."""

import base64

import pytest

CONFIG = """
argocd:
  clusters:
    - {name: Prod_EU, server: 'https://eu.example.com', labels: {env: prod}, annotations: {acme.example.com/zone: z1}, project: shop}
    - {name: stage, server: 'https://stage.example.com', labels: {env: stage}}
"""
LOCAL = "https://kubernetes.default.svc"


def secret(name, server, labels="", where="stringData", namespace="argocd", more=""):
    values = {"name": name, "server": server}
    if where == "data":
        values = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    lines = "\n".join(f"  {key}: '{value}'" for key, value in values.items())
    return f"""
apiVersion: v1
kind: Secret
metadata:
  name: {name.lower().replace("_", "-")}
  namespace: {namespace}
  labels: {{argocd.argoproj.io/secret-type: cluster, {labels}}}
{where}:
{lines}
{more}
"""


def clusters(expand, node="{}", path="{{name}} {{server}}", go="false", **there):
    spec = f"goTemplate: {go}\ngenerators: [{{clusters: {node}}}]\n"
    return expand(spec, "{{nameNormalized}}" if go == "false" else "{{ .nameNormalized }}", path, **there)


def test_without_an_inventory_nothing_is_known(expand):
    expansion = clusters(expand)
    assert (expansion.node.status, expansion.generated) == ("unresolved", ())
    assert expansion.faults[0].rule == "render/unresolved"
    assert expansion.faults[0].path == ("spec", "generators", 0, "clusters")
    assert "clusters:" in expansion.faults[0].remedy


@pytest.mark.parametrize(("node", "wanted"), [
    ("{}", {"prod-eu": "Prod_EU https://eu.example.com", "stage": "stage https://stage.example.com", "in-cluster": f"in-cluster {LOCAL}"}),
    ("{selector: {}}", {"prod-eu": "Prod_EU https://eu.example.com", "stage": "stage https://stage.example.com",
                        "in-cluster": f"in-cluster {LOCAL}"}),
    ("{selector: {matchLabels: {env: prod}}}", {"prod-eu": "Prod_EU https://eu.example.com"}),
    ("{selector: {matchLabels: {argocd.argoproj.io/secret-type: cluster}}}",
     {"prod-eu": "Prod_EU https://eu.example.com", "stage": "stage https://stage.example.com"}),
    ("{selector: {matchExpressions: [{key: env, operator: NotIn, values: [prod]}]}}", {"stage": "stage https://stage.example.com"}),
    ("{selector: {matchLabels: {env: none}}}", {}),
])
def test_the_configurations_clusters(expand, apps, node, wanted):
    expansion = clusters(expand, node, config=CONFIG)
    assert apps(expansion) == wanted
    assert expansion.node.status == "resolved"


def test_the_parameters(expand, apps):
    flat = "{{project}}{{metadata.labels.env}}{{metadata.annotations.acme.example.com/zone}}{{values.a}}"
    node = "{selector: {matchLabels: {env: prod}}, values: {a: '-{{name}}'}}"
    assert apps(clusters(expand, node, flat, config=CONFIG)) == {"prod-eu": "shopprodz1-Prod_EU"}
    go = '{{ .project }} {{ .metadata.labels.env }} {{ index .metadata.annotations "acme.example.com/zone" }} {{ .values.a }}'
    node = "{selector: {matchLabels: {env: prod}}, values: {a: '-{{ .name }}'}}"
    assert apps(clusters(expand, node, go, "true", config=CONFIG)) == {"prod-eu": "shop prod z1 -Prod_EU"}
    # Labels are a map of texts, which `dig` does not take.
    assert clusters(expand, node, '{{ dig "labels" "env" "" .metadata }}', "true", config=CONFIG).node.status == "failed"


def test_a_flat_list_is_one_set(expand, apps):
    spec = "goTemplate: true\ngenerators: [{clusters: {flatList: true, selector: {matchLabels: {argocd.argoproj.io/secret-type: cluster}}}}]\n"
    expansion = expand(spec, "all", "{{ range .clusters }}{{ .name }},{{ end }}", config=CONFIG)
    assert apps(expansion) == {"all": "Prod_EU,stage,"}


@pytest.mark.parametrize("where", ["data", "stringData"])
def test_secrets_of_the_repository(expand, apps, where):
    objects = [secret("eu", "https://eu.example.com", "env: prod", where), secret("us", "https://us.example.com", "env: test", where),
               secret("no", "https://no.example.com", "env: prod").replace("cluster,", "repository,")]
    assert apps(clusters(expand, "{selector: {matchLabels: {env: prod}}}", objects=objects)) == {"eu": "eu https://eu.example.com"}
    assert set(apps(clusters(expand, objects=objects))) == {"eu", "us", "in-cluster"}


def test_a_secret_of_its_own_renames_the_local_cluster(expand, apps):
    assert apps(clusters(expand, objects=[secret("hub", LOCAL)])) == {"hub": f"hub {LOCAL}"}


def test_another_namespaces_secrets_count_where_there_are_no_others(expand, apps):
    far = secret("far", "https://far.example.com", namespace="other")
    assert set(apps(clusters(expand, objects=[far]))) == {"far", "in-cluster"}
    assert set(apps(clusters(expand, objects=[far, secret("near", "https://near.example.com")]))) == {"near", "in-cluster"}


@pytest.mark.parametrize("hidden", [
    secret("eu", "ENC[AES256_GCM,data:x]", "env: prod", more="sops: {version: 3.9.0}"),
    secret("eu", "https://eu.example.com", "env: prod", "data").replace("server: '", "server: '???"),
    """
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: eu, namespace: argocd}
spec:
  encryptedData: {name: AgB}
  template: {metadata: {labels: {argocd.argoproj.io/secret-type: cluster, env: prod}}}
""",
    """
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: eu, namespace: argocd}
spec:
  target: {template: {metadata: {labels: {argocd.argoproj.io/secret-type: cluster, env: prod}}}}
""",
])
def test_a_cluster_that_is_encrypted_is_not_known(expand, apps, hidden):
    objects = [hidden, secret("us", "https://us.example.com", "env: prod"), secret("ap", "https://ap.example.com", "env: test")]
    expansion = clusters(expand, "{selector: {matchLabels: {env: prod}}}", objects=objects)
    assert apps(expansion) == {"us": "us https://us.example.com"}
    assert expansion.node.status == "unresolved"
    assert clusters(expand, "{selector: {matchLabels: {env: test}}}", objects=objects).node.status == "resolved"


@pytest.mark.parametrize("selector", ["{matchLabels: {env: 'not a label value'}}", "{matchExpressions: [{key: env, operator: Gt, values: ['1']}]}"])
def test_a_wrong_selector_is_an_error(expand, selector):
    expansion = clusters(expand, f"{{selector: {selector}}}", config=CONFIG)
    assert expansion.node.status == "failed"
    assert expansion.faults[0].path[:5] == ("spec", "generators", 0, "clusters", "selector")
