// Calling somebody by @ in a comment: who can be called is suggested while the name is typed.
(() => {
  "use strict";
  const area = document.querySelector("textarea[data-people]");
  const menu = document.getElementById("say-people");
  if (!area || !menu) return;
  let asked = 0;
  let waiting = 0;
  const typed = () => /[@＠]([^@＠\s（）()，。；：、]{0,20})$/.exec(area.value.slice(0, area.selectionStart));
  const close = () => {
    menu.hidden = true;
    menu.classList.remove("show");
  };
  const choose = (option) => {
    const found = typed();
    if (!found) return;
    const start = area.selectionStart - found[0].length;
    area.setRangeText(`${option.dataset.written} `, start, area.selectionStart, "end");
    close();
    area.focus();
  };
  const suggest = async () => {
    const found = typed();
    if (!found) return close();
    const turn = ++asked;
    const answer = await fetch(`${area.dataset.people}?q=${encodeURIComponent(found[1])}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || turn !== asked) return;
    menu.innerHTML = await answer.text();
    menu.hidden = !menu.querySelector("[data-written]");
    menu.classList.toggle("show", !menu.hidden);
  };
  area.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(suggest, 200);
  });
  area.addEventListener("keydown", (event) => {
    if (menu.hidden) return;
    if (event.key === "Escape") close();
    if (event.key === "ArrowDown") {
      event.preventDefault();
      menu.querySelector("[data-written]").focus();
    }
  });
  menu.addEventListener("keydown", (event) => {
    const options = [...menu.querySelectorAll("[data-written]")];
    const at = options.indexOf(document.activeElement);
    if (event.key === "Escape") {
      close();
      area.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = event.key === "ArrowDown" ? Math.min(at + 1, options.length - 1) : at - 1;
      (next < 0 ? area : options[next]).focus();
    }
  });
  menu.addEventListener("click", (event) => {
    const option = event.target.closest("[data-written]");
    if (option) choose(option);
  });
})();
