// Writing a report: a table pasted from Word or Excel becomes a line a row, and files can be dropped anywhere on
// the page: beside the form the browser would open them and leave what is being written.
(() => {
  "use strict";
  const words = (part) => part.textContent.replace(/\s+/g, " ").trim();
  const row = (part) => {
    const own = [...part.cells];
    const cells = own.map(words);
    if (!cells.some(Boolean)) return "";
    // A cell that reaches down from a row above is said in each of its rows: every line reads by itself.
    const at = part.sectionRowIndex;
    const above = [...part.parentElement.rows].slice(0, at);
    const reaching = above.flatMap((line, number) => [...line.cells].filter((cell) => number + cell.rowSpan > at && cell === line.cells[0]).map(words));
    return [...reaching, ...cells].map((cell) => cell || "—").join("；"); // an empty cell keeps its place
  };
  const lines = (html) => {
    const parts = [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("tr, p, li, h1, h2, h3, h4, h5, h6")];
    const whole = parts.filter((part) => !part.parentElement.closest("td, th, li"));
    return whole.map((part) => (part.matches("tr") ? row(part) : words(part))).filter(Boolean).join("\n");
  };
  document.addEventListener("paste", (event) => {
    const area = event.target;
    const html = event.clipboardData?.getData("text/html") || "";
    if (!area.matches?.("form[data-keep] textarea") || !/<table[\s>]/i.test(html)) return;
    const table = lines(html);
    if (!table) return;
    event.preventDefault();
    const before = area.value.slice(0, area.selectionStart);
    const after = area.value.slice(area.selectionEnd);
    const text = `${before && !before.endsWith("\n") ? "\n" : ""}${table}${after && !after.startsWith("\n") ? "\n" : ""}`;
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const files = document.getElementById("id_files");
  if (!files) return;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const all = new DataTransfer();
    [...files.files, ...event.dataTransfer.files].forEach((file) => all.items.add(file));
    files.files = all.files;
    files.dispatchEvent(new Event("change", { bubbles: true }));
    files.focus();
  });
})();
