// Writing a report: a table pasted from Word or Excel becomes a line a row, and files can be dropped anywhere on the form.
(() => {
  "use strict";
  const lines = (html) => {
    const rows = [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("tr")];
    const words = (cell) => cell.textContent.replace(/\s+/g, " ").trim();
    return rows.map((row) => [...row.cells].map(words).filter(Boolean).join("；")).filter(Boolean).join("\n");
  };
  document.addEventListener("paste", (event) => {
    const area = event.target;
    const html = event.clipboardData?.getData("text/html") || "";
    if (!area.matches?.("form[data-keep] textarea") || !/<table[\s>]/i.test(html)) return;
    const text = lines(html);
    if (!text) return;
    event.preventDefault();
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const files = document.getElementById("id_files");
  const form = files?.form;
  if (!form) return;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  form.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  form.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const all = new DataTransfer();
    [...files.files, ...event.dataTransfer.files].forEach((file) => all.items.add(file));
    files.files = all.files;
    files.dispatchEvent(new Event("change", { bubbles: true }));
    files.focus();
  });
})();
