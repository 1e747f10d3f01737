// Texts that their boxes cut off. A text may be shortened where it can be read in full by pointing at it (title).
() => {
  const found = [];
  const canvas = document.createElement("canvas").getContext("2d");
  const say = (why, element, text) => found.push(`${why} <${element.tagName.toLowerCase()} class="${element.className}"> ${text.replace(/\s+/g, " ").slice(0, 60)}`);
  const hides = (value) => value === "hidden" || value === "clip";
  const room = (element, style) => element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const fits = (element, style, text) => {
    canvas.font = style.font;
    return canvas.measureText(text).width <= room(element, style) + 1 || element.title !== "";
  };
  for (const element of document.querySelectorAll("body *")) {
    if (!element.getClientRects().length) continue;
    if (element.closest("svg, canvas, option, .visually-hidden, .visually-hidden-focusable, dialog:not([open])")) continue;
    const style = getComputedStyle(element);
    if (style.visibility === "hidden") continue;
    if (element.tagName === "SELECT") {
      const chosen = element.multiple || element.size > 1 ? undefined : element.selectedOptions[0];
      if (chosen && !fits(element, style, chosen.text.trim())) say("select", element, chosen.text);
    } else if (element.tagName === "INPUT" || element.tagName === "TEXTAREA") {
      if (element.tagName === "INPUT" && !element.value && !fits(element, style, element.placeholder)) say("placeholder", element, element.placeholder);
    } else {
      const text = (element.innerText || "").trim();
      if (!text || element.closest("[title]")) continue;
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      const box = !style.display.startsWith("inline") && style.display !== "contents" && element.clientWidth > 0;
      const wide = element.scrollWidth > element.clientWidth + 1;
      if (hides(style.overflowX) && wide) say("hidden sideways", element, text);
      else if (hides(style.overflowY) && element.scrollHeight > element.clientHeight + 1) say("hidden below", element, text);
      else if (own && box && wide && style.overflowX === "visible") say("sticks out", element, text);
    }
  }
  return found;
}
