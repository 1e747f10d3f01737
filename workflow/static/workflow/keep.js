// Words typed into a form outlive a session that ends: they stay in this tab until the form has been taken.
(() => {
  "use strict";
  const form = document.querySelector("form[data-keep]");
  const slot = `duban.typed:${window.location.pathname}`;
  const stores = ["text", "textarea", "number", "date", "radio"];
  const fields = () => [...form.elements].filter((field) => field.name && stores.includes(field.type) && !field.dataset.agencyPicker?.startsWith("add"));
  const kept = () => {
    try { return JSON.parse(window.sessionStorage.getItem(slot)); } catch { return null; }
  };

  // What was taken, was taken: a success message ends the keeping of every form.
  if (document.querySelector("main .alert-success")) {
    Object.keys(window.sessionStorage).filter((key) => key.startsWith("duban.typed:")).forEach((key) => window.sessionStorage.removeItem(key));
  }
  document.querySelectorAll("form[action$='/sign-out/']").forEach((out) => out.addEventListener("submit", () => window.sessionStorage.clear()));
  if (!form) return;

  const typed = kept();
  if (typed && !form.querySelector(".is-invalid")) {
    let restored = false;
    fields().forEach((field) => {
      if (!(field.name in typed)) return;
      if (field.type === "radio") {
        if (field.value === typed[field.name] && !field.checked) { field.checked = true; restored = true; }
      } else if (field.value !== typed[field.name]) {
        field.value = typed[field.name];
        restored = true;
      }
    });
    const notice = form.querySelector("[data-restored]");
    if (restored && notice) notice.hidden = false;
  }
  form.addEventListener("input", () => {
    const values = {};
    fields().forEach((field) => { if (field.type !== "radio" || field.checked) values[field.name] = field.value; });
    window.sessionStorage.setItem(slot, JSON.stringify(values));
  });

  // Saved by hand while it saves itself, the page would be older than its own draft and be refused: the hand waits for the other.
  let saving = 0;
  let pressed = null;
  let leaving = false;
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (leaving) event.preventDefault();
    else saving += 1;
  });
  form.addEventListener("htmx:afterRequest", () => {
    saving -= 1;
    if (!pressed || saving) return;
    const button = pressed.submitter;
    pressed = null;
    form.requestSubmit(button);
  });
  form.addEventListener("submit", (event) => {
    leaving = !saving;
    if (leaving) return;
    event.preventDefault();
    pressed = event;
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  // A draft that saves itself meets the sign-in page when the session has ended: say so, and leave the words alone.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.xhr.responseURL.includes("/sign-in/")) return;
    event.detail.shouldSwap = false;
    const notice = form.querySelector("[data-session-ended]");
    if (notice) notice.hidden = false;
    const beside = document.getElementById("autosaved"); // who writes further down does not see the head of the form
    if (notice && beside) beside.replaceChildren(Object.assign(document.createElement("span"), { className: "text-danger", textContent: notice.textContent }));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "autosaved" && !event.detail.target.querySelector(".text-danger")) window.sessionStorage.removeItem(slot);
  });
})();
