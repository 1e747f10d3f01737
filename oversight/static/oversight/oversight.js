// Small conveniences of the ledger and the boards; every page works without them.
(() => {
  "use strict";
  document.querySelectorAll("[data-tick-all]").forEach((all) =>
    all.addEventListener("change", () => {
      document.querySelectorAll(`[data-tick="${all.dataset.tickAll}"]`).forEach((box) => { box.checked = all.checked; });
    }),
  );
  // On a phone the list comes first; the filters unfold.
  if (window.matchMedia("(max-width: 575.98px)").matches) {
    document.querySelectorAll("[data-fold]").forEach((fold) => { fold.open = Boolean(fold.querySelector(".invalid-feedback")); });
  }
  // A menu that was opened closes when one looks elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.tool[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
})();
