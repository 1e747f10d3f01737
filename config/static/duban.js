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
    if (question && !window.confirm(question)) event.preventDefault();
  });
  document.addEventListener("DOMContentLoaded", () => explain(document));
  document.addEventListener("htmx:load", (event) => explain(event.target));
})();
