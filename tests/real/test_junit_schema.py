"""JUnit XML against the schema that Jenkins' plugin publishes."""

from __future__ import annotations

import pytest
import xmlschema
from report import sample

from gitops_guard.model import Severity
from gitops_guard.report import FORMATS, Options

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def schema(tool):
    return xmlschema.XMLSchema(str(tool("jenkins-junit.xsd")))


@pytest.mark.parametrize("name", ["REPORT", "CLEAN", "NOTHING"])
@pytest.mark.parametrize("fail_on", [None, Severity.ERROR, Severity.NOTE])
def test_the_schema_holds(name, fail_on, schema, tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(FORMATS["junit"](getattr(sample, name), Options(fail_on=fail_on)), encoding="utf-8")
    assert [error.reason for error in schema.iter_errors(str(path))] == []


def test_the_schema_sees_a_fault(schema, tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(FORMATS["junit"](sample.REPORT, Options()).replace("<testcase ", '<testcase file="x" ', 1), encoding="utf-8")
    assert list(schema.iter_errors(str(path)))
