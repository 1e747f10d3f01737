// The review page: panes keep their place when the page is drawn anew, and doubts are settled with the keyboard.
(() => {
  "use strict";
  const places = new Map();
  let doubt = 0;
  let came = false;
  let facts = false;
  let busy = false;
  const MOST_WAITING = 20;
  let waiting = []; // keys that were pressed while the answer to the one before was on its way
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

  // Do what a key says on the page as it stands; tells whether it says anything.
  const obey = (key) => {
    const row = doubts()[doubt];
    const within = row?.contains(document.activeElement) ?? false;
    if (key === "j") go(within ? 1 : 0);
    else if (key === "k") go(-1);
    else if (key === "u") press(document.querySelector("#undo button"));
    else if (within && key === "x") press(row.querySelector("[data-dismiss]"));
    else if (within && key === "m") press(row.querySelector("[data-make]"));
    else if (within && key === "g") visit(row);
    else if (row && row === document.activeElement && key === "Enter") {
      const picker = row.querySelector("input[name=who]");
      if (picker) picker.focus();
      else visit(row);
    }
    else if (within && /^[1-5]$/.test(key)) press(row.querySelectorAll("[data-candidate]")[Number(key) - 1]);
    else return false;
    return true;
  };

  const typing = (element) => Boolean(element?.closest("input, select, textarea"));

  // Keys go on where the answer leaves them; what would be typed into a field, or follows a refusal, was meant for another page.
  const catchUp = () => {
    while (waiting.length && !busy && !typing(document.activeElement)) obey(waiting.shift());
    if (!busy) waiting = [];
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.closest("#review input, #review select")) {
      go(0);
      event.preventDefault();
      return;
    }
    if (typing(event.target)) return;
    const ours = event.key !== "Enter" || event.target === document.body || event.target.closest("#review");
    if (busy && ours && /^([jkuxmg1-5]|Enter)$/.test(event.key)) {
      // A key held down is no answer to a doubt that has not been shown yet.
      if (!event.repeat && waiting.length < MOST_WAITING) waiting.push(event.key);
      event.preventDefault();
      return;
    }
    if (obey(event.key)) event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const here = doubts().indexOf(event.target.closest("[data-doubt]"));
    if (here >= 0) doubt = here;
  });
  document.addEventListener("htmx:beforeSend", (event) => { if (event.detail.target.id === "review") busy = true; });
  // A refusal, or an answer that draws nothing anew: what was pressed behind it was meant for another page.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!busy || event.detail.target.id !== "review" || (event.detail.successful && event.detail.xhr.status !== 204)) return;
    busy = false;
    waiting = [];
  });
  document.addEventListener("htmx:beforeSwap", (event) => { if (event.target.id === "review") remember(); });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "review") return;
    restore();
    busy = false;
    catchUp();
  });
})();
