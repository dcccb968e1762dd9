"use strict";
document.documentElement.classList.add("js");
const form = document.getElementById("filter");
if (form) {
  const groups = Array.from(document.querySelectorAll("details.group"), group => ({
    group, number: group.querySelector(".number"), rule: group.dataset.rule,
    items: Array.from(group.querySelectorAll("article"), item => ({
      item, text: null, severity: item.dataset.severity, status: item.dataset.status, targets: item.dataset.targets.split(" "),
    })),
  }));
  const all = groups.reduce((sum, group) => sum + group.items.length, 0);
  const field = name => form.elements.namedItem(name);
  const chosen = name => new Set(Array.from(form.querySelectorAll(`input[name=${name}]:checked`), box => box.value));
  const show = () => {
    const words = field("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const severities = chosen("severity"), statuses = chosen("status");
    const byStatus = form.querySelector("input[name=status]") !== null;
    const rule = field("rule").value, target = field("target").value;
    let total = 0;
    for (const entry of groups) {
      let shown = 0;
      for (const one of entry.items) {
        let fits = (!rule || entry.rule === rule) && severities.has(one.severity) && (!byStatus || statuses.has(one.status))
          && (!target || one.targets.includes(target));
        if (fits && words.length) {
          one.text = one.text ?? `${entry.rule} ${one.item.textContent}`.toLowerCase();
          fits = words.every(word => one.text.includes(word));
        }
        one.item.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      entry.group.hidden = shown === 0;
      entry.number.textContent = shown;
      total += shown;
    }
    document.getElementById("none").hidden = total > 0;
    document.getElementById("count").textContent = `${total} of ${all} findings`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  document.addEventListener("click", event => {
    const button = event.target.closest("button[data-name]");
    if (!button) return;
    form.reset();
    field(button.dataset.name).value = button.dataset.value;
    show();
    field(button.dataset.name).focus({preventScroll: true});
    document.getElementById("findings").scrollIntoView();
  });
  show();
}
let closed = [];
addEventListener("beforeprint", () => {
  closed = Array.from(document.querySelectorAll("details:not([open])"));
  for (const one of closed) one.open = true;
});
addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
