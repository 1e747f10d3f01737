// Picking agencies: suggestions from the server while typing, and a box that adds a name to a list of several.
(() => {
  "use strict";
  const options = document.getElementById("agencies");
  if (!options) return;
  let asked = 0;
  const suggest = async (text) => {
    const turn = ++asked;
    const answer = await fetch(`/agencies/suggestions/?q=${encodeURIComponent(text)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || turn !== asked) return;
    options.innerHTML = await answer.text();
  };
  let waiting = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.matches("input[data-agency-picker]")) return;
    window.clearTimeout(waiting);
    const text = event.target.value.trim();
    waiting = window.setTimeout(() => suggest(text), 250);
  });
  document.querySelectorAll("textarea[data-agency-picker='many']").forEach((area) => {
    const label = document.querySelector(`label[for="${area.id}"]`);
    const box = document.createElement("input");
    box.type = "text";
    box.className = "form-control mb-1";
    box.setAttribute("list", "agencies");
    box.setAttribute("data-agency-picker", "add");
    box.setAttribute("autocomplete", "off");
    box.setAttribute("aria-label", label ? label.textContent.trim() : "");
    box.placeholder = area.dataset.add || "＋";
    const known = () => new Set([...options.options].map((option) => option.value));
    const add = () => {
      const name = box.value.trim();
      if (!name) return;
      area.value = `${area.value.replace(/\s+$/, "")}${area.value.trim() ? "\n" : ""}${name}`;
      box.value = "";
    };
    box.addEventListener("change", add);
    box.addEventListener("input", () => { if (known().has(box.value)) add(); });
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); add(); } });
    area.before(box);
  });
})();
