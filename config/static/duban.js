// The few things that the vendored libraries do not do by themselves.
(() => {
  "use strict";
  // Explanations of disabled buttons, also in parts of the page that arrive later.
  const explain = (root) => {
    root.querySelectorAll('[data-bs-toggle="tooltip"]').forEach((element) => window.tabler?.Tooltip.getOrCreateInstance(element));
  };
  document.addEventListener("DOMContentLoaded", () => explain(document));
  document.addEventListener("htmx:load", (event) => explain(event.target));
})();
