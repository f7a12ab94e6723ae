// Short notes at the edge of the window. They leave by themselves, later while a pointer rests on them.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const shownFor = 7000; // milliseconds

/** toast shows a note; kind is "notice" or "error". */
export function toast(text, kind = "notice") {
  const node = el(
    `div.toast.toast-${kind}`,
    { "data-testid": "toast", role: kind === "error" ? "alert" : "status" },
    icon(kind === "error" ? "warning" : "info"),
    el("span", null, text),
    el("button.toast-close", { type: "button", "aria-label": "Dismiss", onclick: () => node.remove() }, icon("close", 14)),
  );
  let timer = setTimeout(() => node.remove(), shownFor);
  node.addEventListener("pointerenter", () => clearTimeout(timer));
  node.addEventListener("pointerleave", () => {
    timer = setTimeout(() => node.remove(), shownFor / 2);
  });
  const place = document.getElementById("toasts");
  place.append(node);
  while (place.children.length > 4) place.firstChild.remove();
}
