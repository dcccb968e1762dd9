import pytest

from gitops_guard.cli.inputs import load_config, load_policies, schema_paths
from gitops_guard.config import load
from gitops_guard.errors import UsageError


def test_the_nearest_configuration_up_to_the_root(tmp_path):
    (tmp_path / ".gitops-guard.yaml").write_text("exclude: [outside]\n")
    root = tmp_path / "repo"
    (root / "a" / "b").mkdir(parents=True)
    assert load_config(root, None, str(root / "a" / "b")).path is None
    (root / ".gitops-guard.yaml").write_text("exclude: [root]\n")
    assert load_config(root, None, str(root / "a" / "b")).exclude == ("root",)
    (root / "a" / ".gitops-guard.yaml").write_text("exclude: [a]\n")
    config = load_config(root, None, str(root / "a" / "b"))
    assert (config.path, config.exclude) == ("a/.gitops-guard.yaml", ("a",))
    assert load_config(root, str(root / ".gitops-guard.yaml"), str(root)).exclude == ("root",)
    with pytest.raises(UsageError, match="is no file"):
        load_config(root, str(root / "nope.yaml"), str(root))


def test_a_configuration_that_is_a_link_to_the_outside(tmp_path):
    (tmp_path / "outside.yaml").write_text("exclude: [x]\n")
    root = tmp_path / "repo"
    root.mkdir()
    (root / ".gitops-guard.yaml").symlink_to(tmp_path / "outside.yaml")
    with pytest.raises(UsageError, match="leaves the repository"):
        load_config(root, None, str(root))


def test_paths_of_the_configuration_stay_inside_unless_allowed(tmp_path):
    root, outside = tmp_path / "repo", tmp_path / "shared"
    for folder in (root, outside):
        folder.mkdir()
    (outside / "p.rego").write_text('package main\n\ndeny contains msg if { false; msg := "x" }\n')
    config = load("policies: [../shared]\nschema-locations: [../shared]\n")
    for call in (lambda allowed: load_policies((), root=root, config=config, allowed=allowed),
                 lambda allowed: schema_paths(root, config, (), allowed)):
        with pytest.raises(UsageError, match=r"\.gitops-guard\.yaml:[12]: .*lies outside the repository; allow it with --allow-path"):
            call(())
        call((str(outside),))


@pytest.mark.parametrize(("text", "message"), [
    ("policies: [none]", "there is no folder 'none'"), ("policies: [empty]", "no policy"), ("schema-locations: [none]", "there is no folder"),
])
def test_folders_that_hold_nothing(tmp_path, text, message):
    (tmp_path / "empty").mkdir()
    config = load(text)

    def both():
        load_policies((), root=tmp_path, config=config)
        schema_paths(tmp_path, config, (), ())

    with pytest.raises(UsageError, match=message):
        both()


def test_templates_of_schemas(tmp_path):
    config = load("schema-locations: ['schemas/{{.Group}}/{{.ResourceKind}}.json', '{{.ResourceKind}}.json']\n")
    assert schema_paths(tmp_path, config, (), ()) == (f"{tmp_path}/schemas/{{{{.Group}}}}/{{{{.ResourceKind}}}}.json",
                                                      f"{tmp_path}/{{{{.ResourceKind}}}}.json")


def test_a_configuration_that_is_no_file(tmp_path):
    (tmp_path / ".gitops-guard.yaml").mkdir()
    with pytest.raises(UsageError, match="no plain file"):
        load_config(tmp_path, None, str(tmp_path))


def test_a_url_is_no_place_for_schemas(tmp_path):
    with pytest.raises(UsageError, match="only local folders"):
        schema_paths(tmp_path, load(""), ("https://example.com/{{.ResourceKind}}.json",), ())


def test_the_configuration_of_a_root_that_the_command_is_not_in(tmp_path):
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (root / ".gitops-guard.yaml").write_text("exclude: [a]\n")
    assert load_config(root, None, str(elsewhere)).exclude == ("a",)
