// The review page: panes keep their place when the page is drawn anew, and doubts are settled with the keyboard.
(() => {
  "use strict";
  const places = new Map();
  let doubt = 0;
  let came = false;
  let facts = false;
  const doubts = () => [...document.querySelectorAll("[data-doubt]")];

  const remember = () => {
    document.querySelectorAll("[data-keeps-place], .source-text, .doubts").forEach((pane) => places.set(pane.className, pane.scrollTop));
    const here = doubts().findIndex((row) => row.contains(document.activeElement));
    came = here >= 0;
    facts = document.querySelector("#facts")?.contains(document.activeElement) ?? false;
    if (came) doubt = here;
  };

  const restore = () => {
    places.forEach((top, name) => {
      const pane = document.getElementsByClassName(name)[0];
      if (pane) pane.scrollTop = top;
    });
    if (came) go(0);
    if (facts) window.scrollTo({ top: 0 });
  };

  const go = (step) => {
    const rows = doubts();
    if (!rows.length) return;
    doubt = Math.min(Math.max(doubt + step, 0), rows.length - 1);
    rows[doubt].focus({ preventScroll: true });
    rows[doubt].scrollIntoView({ block: "nearest" });
  };

  const press = (button) => {
    if (!button) return;
    button.focus({ preventScroll: true });
    button.click();
  };

  // Go where a doubt is settled: the form of the facts, or the measure, whose tools are opened.
  const visit = (row) => {
    const link = row?.querySelector("[data-place]");
    if (!link) return;
    link.click();
    const place = link.hash && document.getElementById(link.hash.slice(1));
    if (!place) return;
    const fold = place.querySelector("details.facts-fold, details.measure-edit");
    if (fold) fold.open = true;
    const named = link.dataset.field && document.getElementById(link.dataset.field);
    const field = named || place.querySelector("input:not([type=hidden]), select");
    field?.focus({ preventScroll: true });
    place.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.closest("#review input, #review select")) {
      go(0);
      event.preventDefault();
      return;
    }
    if (event.target.closest("input, select, textarea")) return;
    const row = doubts()[doubt];
    if (event.key === "j") go(row === document.activeElement || row?.contains(document.activeElement) ? 1 : 0);
    else if (event.key === "k") go(-1);
    else if (event.key === "u") press(document.querySelector("#undo button"));
    else if (row?.contains(document.activeElement) && event.key === "x") press(row.querySelector("[data-dismiss]"));
    else if (row?.contains(document.activeElement) && event.key === "m") press(row.querySelector("[data-make]"));
    else if (row?.contains(document.activeElement) && event.key === "g") visit(row);
    else if (row && row === document.activeElement && event.key === "Enter") {
      const picker = row.querySelector("input[name=who]");
      if (picker) picker.focus();
      else visit(row);
    }
    else if (row?.contains(document.activeElement) && /^[1-5]$/.test(event.key)) press(row.querySelectorAll("[data-candidate]")[Number(event.key) - 1]);
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const here = doubts().indexOf(event.target.closest("[data-doubt]"));
    if (here >= 0) doubt = here;
  });
  document.addEventListener("htmx:beforeSwap", (event) => { if (event.target.id === "review") remember(); });
  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "review") restore(); });
})();
