// A popup floats beside the element that opened it: menus, option lists, the person switcher. One is open at a time; a click
// elsewhere or Escape closes it and gives the focus back.

import { el } from "./dom.js";

let current = null; // the open popup; the page has room for one

/** openPopup shows content next to anchor and returns a function that closes it. onClose runs once, however it ends. */
export function openPopup(anchor, content, { onClose, className = "", align = "start" } = {}) {
  closePopup();
  const box = el(`div.popup${className ? "." + className : ""}`, null, content);
  const shade = el("div.popup-shade", {
    onpointerdown: (e) => {
      e.preventDefault();
      closePopup();
    },
  });
  document.body.append(shade, box);
  anchor.setAttribute("aria-expanded", "true");
  const opened = { anchor, box, shade, align, onClose };
  current = opened;
  place(opened);
  return () => current === opened && closePopup();
}

/** closePopup closes whatever popup is open. */
export function closePopup({ refocus = true } = {}) {
  if (!current) return;
  const { anchor, box, shade, onClose } = current;
  current = null;
  const hadFocus = box.contains(document.activeElement);
  box.remove();
  shade.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus && hadFocus && anchor.isConnected) anchor.focus({ preventScroll: true });
  onClose?.();
}

/** replacePopup puts the open popup right after its content has changed its size. */
export function replacePopup() {
  if (current) place(current);
}

/** menu is a popup of choices: {label, detail, checked, href, testid, run}. Arrow keys move, Enter chooses. */
export function openMenu(anchor, items, { label, align, className = "menu-popup" } = {}) {
  const rows = items.map((item) => menuItem(item));
  const list = el("div.menu", { role: "menu", "aria-label": label, onkeydown: (e) => moveFocus(e, rows) }, rows);
  openPopup(anchor, list, { align, className });
  (rows.find((row) => row.getAttribute("aria-checked") === "true") ?? rows[0])?.focus({ preventScroll: true });
}

document.addEventListener(
  "keydown",
  (e) => {
    if (e.key !== "Escape" || !current) return;
    e.stopImmediatePropagation();
    e.preventDefault();
    closePopup();
  },
  true,
);
addEventListener("resize", () => replacePopup());
document.addEventListener("scroll", () => replacePopup(), true);

function menuItem({ label, detail, media, checked, href, testid, run }) {
  const attrs = {
    role: checked === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": checked,
    "data-testid": testid ?? "option",
    onpointermove: (e) => e.currentTarget.focus({ preventScroll: true }),
    onclick: () => {
      closePopup();
      run?.();
    },
  };
  const inside = [
    media,
    el("span.menu-text", null, el("span.menu-label", null, label), detail && el("span.menu-detail", null, detail)),
  ];
  if (href) return el("a.menu-item", { ...attrs, href, target: "_blank", rel: "noopener noreferrer" }, inside);
  return el("button.menu-item", { ...attrs, type: "button" }, inside);
}

function moveFocus(e, rows) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (e.key === "Tab") closePopup();
  if (!step) return;
  e.preventDefault();
  const at = rows.indexOf(document.activeElement);
  rows[(at + step + rows.length) % rows.length].focus();
}

// place keeps the box inside the window: below its anchor if there is room, else above. Phones show it as a sheet (style.css).
function place({ anchor, box, align }) {
  const gap = 6;
  const a = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = innerHeight - a.bottom - gap >= height || a.top < innerHeight - a.bottom;
  const top = below ? a.bottom + gap : a.top - gap - height;
  const left = align === "end" ? a.right - width : a.left;
  box.style.top = `${clamp(top, gap, innerHeight - height - gap)}px`;
  box.style.left = `${clamp(left, gap, innerWidth - width - gap)}px`;
  box.style.minWidth = `${Math.min(a.width, 480)}px`;
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(value, high));
}
