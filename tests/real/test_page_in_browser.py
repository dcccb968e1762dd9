"""The HTML report in headless Chromium: it opens without a word, is used with the keyboard alone, and stays quick."""

from __future__ import annotations

import functools
import http.server
import threading
from contextlib import closing
from dataclasses import replace

import hostile
import pytest
from browser import Browser
from click.testing import CliRunner
from report import graphs, sample
from report.test_html import FULL

from gitops_guard.cli import cli
from gitops_guard.model import Finding, Location, Severity
from gitops_guard.report import FORMATS, Options

pytestmark = pytest.mark.real

WINDOWS = [(width, dark) for width in (400, 1400) for dark in (False, True)]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with closing(Browser(tmp_path_factory.mktemp("chromium"))) as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pages")
    (place / "full.html").write_text(FORMATS["html"](FULL, Options()), encoding="utf-8")
    (place / "empty.html").write_text(FORMATS["html"](sample.NOTHING, Options()), encoding="utf-8")
    repo = tmp_path_factory.mktemp("hostile") / "repo"
    hostile.build(repo)
    done = CliRunner().invoke(cli, ["check", str(repo), "--base", hostile.BRANCH, "--jobs", "1", "--report", f"html={place / 'hostile.html'}"])
    assert done.exit_code == 1, done.output
    return place


@pytest.mark.parametrize(("width", "dark"), WINDOWS)
@pytest.mark.parametrize("name", ["full", "empty", "hostile"])
def test_it_opens_from_a_file_asks_for_nothing_and_says_nothing(name, width, dark, browser, folder):
    url = (folder / f"{name}.html").as_uri()
    browser.open(url, width=width, dark=dark)
    browser.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.complaints() == []
    assert [asked for asked in browser.requests() if asked != "data:,"] == [url]
    assert browser.run("document.documentElement.scrollWidth") <= width, "the page itself does not scroll sideways"
    assert browser.run("document.documentElement.classList.contains('js')")


def test_it_opens_from_a_web_server(browser, folder):
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/full.html"
        browser.open(url)
        assert browser.complaints() == []
        assert [asked for asked in browser.requests() if asked != "data:,"] == [url]
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


SHOWN = "Array.from(document.querySelectorAll('article')).filter(one => one.checkVisibility()).length"
COUNT = "document.getElementById('count').textContent"
FOCUS = "document.activeElement.name || document.activeElement.tagName"
OUTLINE = "getComputedStyle(document.activeElement).outlineStyle"


def tab_to(browser, name):
    """Move on with the keyboard alone, as far as a control."""
    for _ in range(40):
        browser.press("Tab")
        if browser.run(FOCUS) == name:
            assert browser.run(OUTLINE) != "none", "one must see where one is"
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_filters_are_used_with_the_keyboard(browser, folder):
    browser.open((folder / "full.html").as_uri())
    assert (browser.run(SHOWN), browser.run(COUNT)) == (7, "7 of 9 findings")
    tab_to(browser, "words")
    for char in "broken":
        browser.press(char)
    assert (browser.run(SHOWN), browser.run(COUNT)) == (1, "1 of 9 findings")
    for _ in "broken":
        browser.run("document.activeElement.value = document.activeElement.value.slice(0, -1)")
    browser.press(" ")
    assert browser.run(SHOWN) == 7
    tab_to(browser, "severity")
    browser.press(" ")
    assert (browser.run(SHOWN), browser.run(COUNT)) == (4, "4 of 9 findings"), "no errors"
    tab_to(browser, "BUTTON")
    browser.press("Enter")
    browser.run("new Promise(done => setTimeout(done, 20))")
    assert browser.run(COUNT) == "7 of 9 findings", "all filters are as they were"
    tab_to(browser, "SUMMARY")
    browser.press("Enter")
    assert browser.run("document.activeElement.parentElement.open") is False


def test_a_target_is_chosen_from_its_row_and_from_the_list(browser, folder):
    browser.open((folder / "full.html").as_uri())
    browser.run("document.querySelector('button[data-name=target][aria-label$=staging]').focus()")
    browser.press("Enter")
    assert browser.run(FOCUS) == "target"
    assert browser.run(SHOWN) == 2
    browser.run("document.activeElement.selectedIndex = 0, document.activeElement.dispatchEvent(new Event('input', {bubbles: true}))")
    assert browser.run(SHOWN) == 7


def test_waived_and_known_findings_are_a_step_away(browser, folder):
    browser.open((folder / "full.html").as_uri())
    browser.run("for (const box of document.querySelectorAll('input[name=status]')) if (!box.checked) box.click()")
    assert (browser.run(SHOWN), browser.run(COUNT)) == (9, "9 of 9 findings")


def test_without_its_script_everything_new_is_there(browser, folder):
    browser.open((folder / "full.html").as_uri(), scripts=False)
    assert browser.run(SHOWN) == 7
    assert browser.run("document.getElementById('filter').checkVisibility()") is False


CONTRAST = """(() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const back = node => {
    for (; node; node = node.parentElement) {
      const color = parts(getComputedStyle(node).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const bad = new Set();
  for (const node of document.querySelectorAll("body *:not(svg *):not(option)")) {
    if (!Array.from(node.childNodes).some(one => one.nodeType === 3 && one.data.trim()) || !node.checkVisibility()) continue;
    const [one, other] = [light(parts(getComputedStyle(node).color)), light(back(node))].sort((a, b) => b - a);
    const ratio = (one + .05) / (other + .05);
    if (ratio < 4.5) bad.add(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
  }
  return Array.from(bad);
})()"""


@pytest.mark.parametrize("dark", [False, True])
def test_all_text_stands_out_from_what_is_behind_it(dark, browser, folder):
    browser.open((folder / "full.html").as_uri(), dark=dark)
    browser.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.run(CONTRAST) == []


def test_nothing_is_folded_on_paper(browser, folder, tmp_path):
    browser.open((folder / "full.html").as_uri())
    folds = "document.querySelectorAll('details:not([open])').length"
    before = browser.run(folds)
    assert before
    browser.printed(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run(folds) == 0
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run(folds) == before


def test_five_thousand_findings_and_five_hundred_nodes_open_in_three_seconds(browser, tmp_path):
    finding = sample.FINDINGS[5]
    many = tuple(replace(finding, rule=f"cat/rule-{number % 50}", severity=list(Severity)[number % 3], message=f"{finding.message} ({number})",
                         location=Location(finding.location.file, 1 + number % 9, 1)) for number in range(5000))
    roots = [graphs.app(f"root-{number}", f"roots/{number}", tool="directory") for number in range(10)]
    apps = [graphs.app(f"app-{number}", f"apps/{number}") for number in range(490)]
    graph = graphs.graph([*roots, *apps], [graphs.edge(roots[number % 10], app) for number, app in enumerate(apps)])
    page = tmp_path / "many.html"
    page.write_text(FORMATS["html"](replace(FULL, findings=many, graph=graph), Options()), encoding="utf-8")
    assert isinstance(many[0], Finding)
    assert min(browser.open(page.as_uri()) for _ in range(2)) < 3
    assert browser.run(COUNT) == "5000 of 5000 findings"
    took = browser.run("(() => { const start = performance.now(); const form = document.getElementById('filter'); form.elements.words.value = '4999';"
                       " form.dispatchEvent(new Event('input')); document.body.offsetHeight; return performance.now() - start; })()")
    assert browser.run(COUNT) == "1 of 5000 findings"
    assert took < 1000
    assert browser.complaints() == []
