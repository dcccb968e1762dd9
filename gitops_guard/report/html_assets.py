"""The style and the script of the HTML page."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --line: #d5d9df; --soft: #f4f5f7; --dim: #5b6470; --error: #b3261e; --warning: #8a5a00; --note: #0b5cad;
}
@media (prefers-color-scheme: dark) {
  :root { --line: #3a3f47; --soft: #22262c; --dim: #9aa3ae; --error: #ff8a80; --warning: #ffc24b; --note: #82b9ff; }
}
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
h1 small { color: var(--dim); font-weight: normal; }
form { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; margin: 1rem 0; }
input[type=search] { flex: 1 1 18rem; font: inherit; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: 4px; }
label { white-space: nowrap; }
table { border-collapse: collapse; width: 100%; }
.findings { table-layout: fixed; }
.findings th:first-child { width: 5.5rem; }
.findings th:nth-child(2) { width: 15rem; }
th { text-align: left; color: var(--dim); font-weight: 600; }
th, td { border-bottom: 1px solid var(--line); padding: .5rem .75rem .5rem 0; vertical-align: top; overflow-wrap: anywhere; }
td p { margin: 0; }
td p.place { margin-top: .35rem; color: var(--dim); }
pre { background: var(--soft); border-radius: 4px; margin: .25rem 0; padding: .4rem .6rem; overflow-x: auto; line-height: 1.35; }
pre i { color: var(--dim); font-style: normal; }
pre b, .error, .failed, .deleted { color: var(--error); }
.warning, .partial, .unresolved, .unknown { color: var(--warning); }
.note { color: var(--note); }
.error, .warning, .note { font-weight: 600; }
.badge { background: var(--soft); border: 1px solid var(--line); border-radius: 4px; padding: 0 .35rem; font-size: .85em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .75rem; margin: .35rem 0 0; }
dt { color: var(--dim); }
dd { margin: 0; }
details, .changes { margin-top: 1.5rem; }
summary { cursor: pointer; font-weight: 600; }
.changes h2 { font-size: 1rem; margin: 0; }
.changes details { margin-top: .5rem; }
.changes small { color: var(--dim); font-weight: normal; }
.changes th:first-child { width: 5.5rem; }
.changes th:nth-child(2) { width: 26rem; }
@media (max-width: 48rem) {
  .findings, .findings tbody, .findings td { display: block; }
  .findings tr:not([hidden]) { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  .findings thead { display: none; }
  .findings td { border: 0; padding: 0; }
}
"""

SCRIPT = """
const form = document.getElementById("filter");
if (form) {
  const rows = Array.from(document.querySelectorAll("tr[data-severity]"), row => ({row, text: row.textContent.toLowerCase()}));
  const chosen = name => new Set(Array.from(form.querySelectorAll(`input[name=${name}]:checked`), box => box.value));
  const show = () => {
    const words = form.elements.words.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const severities = chosen("severity"), statuses = chosen("status");
    const byStatus = form.querySelector("input[name=status]") !== null;
    let shown = 0;
    for (const {row, text} of rows) {
      row.hidden = !severities.has(row.dataset.severity) || (byStatus && !statuses.has(row.dataset.status))
        || !words.every(word => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    document.getElementById("none").hidden = shown > 0;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", event => event.preventDefault());
  show();
}
"""
