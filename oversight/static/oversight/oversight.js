// Small conveniences of the ledger and the boards; every page works without them.
(() => {
  "use strict";
  // On a phone the list comes first; the filters unfold.
  if (window.matchMedia("(max-width: 575.98px)").matches) {
    document.querySelectorAll("[data-fold]").forEach((fold) => { fold.open = Boolean(fold.querySelector(".invalid-feedback")); });
  }
  // A menu that was opened closes when one looks elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.tool[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.tool[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  // The ledger by keyboard: arrows or j and k move, x chooses, Enter opens, / goes to the keywords.
  const rows = [...document.querySelectorAll(".ledger tbody tr")];
  let at = -1;
  const mark = (to) => {
    rows[at]?.classList.remove("row-at");
    at = to;
    rows[at].classList.add("row-at");
    history.replaceState({ ...history.state, row: at }, "");
  };
  const go = (to) => {
    if (to < 0 || to >= rows.length) return;
    mark(to);
    rows[at].querySelector(".col-title a")?.focus();
  };
  rows.forEach((row, index) => row.addEventListener("focusin", () => mark(index))); // who came to a row by mouse or Tab goes on from there
  if (history.state?.row in rows) go(history.state.row); // who comes back from a task stands where they left
  if (rows.length) document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    if (event.target.closest("details.tool") || document.querySelector("dialog[open]")) return;
    const moves = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
    if (event.key in moves) { go(at < 0 ? 0 : at + moves[event.key]); event.preventDefault(); }
    else if (event.key === "x" && at >= 0) rows[at].querySelector("[data-tick]")?.click();
    else if (event.key === "/") { document.getElementById("id_q")?.focus(); event.preventDefault(); }
  });
})();
