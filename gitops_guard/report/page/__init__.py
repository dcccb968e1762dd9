"""A Report -> one HTML page that needs nothing else: findings by rule, what a merge does, the graph as a picture, tables.

It asks no network for anything and runs only its own script, so that it may be opened from a file, from a build's artifacts or
from a web server with rules of its own; without the script everything is there, only the filters are not.
"""

from __future__ import annotations

import base64
import hashlib

from ...outcome import Report
from ..escape import xml
from ..excerpt import Excerpts
from ..options import Options
from ..summary import checked, found
from . import changes, findings, graph, tables
from .assets import SCRIPT, STYLE

_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src {style}; script-src {script}"


def render(report: Report, _options: Options) -> str:
    """The report as a page, waived and known findings included (they are hidden until asked for)."""
    excerpts = Excerpts(report.sources)
    sections = [
        ("findings", "Findings", findings.filters(report) + findings.section(report, excerpts)),
        ("change", "What the merge does", changes.section(report)),
        ("graph", "Who deploys what", graph.section(report.graph)),
        ("targets", f"Targets ({len(report.targets)})", tables.targets(report)),
        ("rules", "Rules", tables.rules(report)),
    ]
    shown = [(name, title, body) for name, title, body in sections if body]
    links = "".join(f'<li><a href="#{name}">{xml(title)}</a>' for name, title, _body in shown)
    body = "".join(f'<section id="{name}" aria-labelledby="{name}-title">\n<h2 id="{name}-title">{xml(title)}</h2>\n'
                   f"{body}</section>\n" for name, title, body in shown)
    policy = _POLICY.format(style=_hash(STYLE), script=_hash(SCRIPT))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>gitops-guard report</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>gitops-guard <small>{xml(report.version)}</small></h1>
<p>{xml(f"{found(report)} in {checked(report)}")}</p>
<nav aria-label="Sections"><ul>{links}</ul></nav>
</header>
<main>
{body}</main>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _hash(text: str) -> str:
    """Only what stands here may run, whatever else gets into the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
