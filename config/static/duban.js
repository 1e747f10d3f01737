// The few things that the vendored libraries do not do by themselves.
(() => {
  "use strict";
  // Explanations of disabled buttons, also in parts of the page that arrive later.
  const explain = (root) => {
    root.querySelectorAll('[data-bs-toggle="tooltip"]').forEach((element) => window.tabler?.Tooltip.getOrCreateInstance(element));
  };
  // A question before an act that is hard to take back; without scripts the act's own page asks.
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (!question) return;
    if (!window.confirm(question)) {
      event.preventDefault();
      return;
    }
    const said = document.createElement("input");
    Object.assign(said, { type: "hidden", name: "confirmed", value: "yes" });
    event.target.append(said);
  });
  // One box ticks all boxes of its list. What only scripts can do is not shown without them.
  document.addEventListener("change", (event) => {
    const all = event.target.dataset?.tickAll;
    if (all) document.querySelectorAll(`[data-tick="${all}"]`).forEach((box) => { box.checked = event.target.checked; });
  });
  // Printing: what is folded away on the screen is opened on paper.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("main details:not([open]):not(.tool):not(.fold)")];
    folded.forEach((details) => { details.open = true; });
  });
  window.addEventListener("afterprint", () => folded.forEach((details) => { details.open = false; }));
  // Quick search: Ctrl-K or the glass in the top bar opens it, the arrows go through what is found.
  const quick = document.getElementById("quick-search");
  const openQuick = () => {
    const box = quick.querySelector("input");
    quick.showModal();
    box.select();
    window.htmx?.trigger(box, "opened");
  };
  document.addEventListener("keydown", (event) => {
    if (!quick) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!quick.open) openQuick();
      return;
    }
    if (!quick.open) return;
    const stops = [quick.querySelector("input"), ...quick.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      stops[(at + (event.key === "ArrowDown" ? 1 : -1) + stops.length) % stops.length].focus();
    } else if (event.key === "Enter" && at === 0 && stops[0].value.trim() && stops.length > 1 && stops[1].closest("#quick-results")) {
      event.preventDefault();
      stops[1].click();
    }
  });
  document.addEventListener("click", (event) => {
    if (quick && event.target.closest("[data-quick-search]")) {
      event.preventDefault();
      openQuick();
    } else if (event.target === quick) quick.close();
  });
  // A list shows what is chosen in full when pointed at: its box may be narrower than the words.
  const name = (list) => {
    if (list.selectedOptions?.length === 1) list.title = list.selectedOptions[0].text.trim();
  };
  document.addEventListener("change", (event) => { if (event.target.tagName === "SELECT") name(event.target); });
  document.addEventListener("DOMContentLoaded", () => {
    explain(document);
    document.querySelectorAll("[data-scripted]").forEach((part) => { part.hidden = false; });
    document.querySelectorAll("main select:not([multiple])").forEach(name);
    // What was typed or pasted before the scripts had come counts as typed now: it is kept and looked up like everything else.
    document.querySelectorAll("main textarea, main input:not([type=hidden], [type=checkbox], [type=radio], [type=file])").forEach((field) => {
      if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  document.addEventListener("htmx:load", (event) => explain(event.target));
})();
