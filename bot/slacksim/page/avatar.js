// The square beside a name: initials on a person's colour, a shield for an app.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const palette = ["#7c4dbd", "#1f7a8c", "#b5532f", "#2f7d4f", "#a63a68", "#3d62b5", "#8a6d1f", "#5b6b3a"];

/** avatar draws the picture of a user; size is in pixels. */
export function avatar(user, size = 36) {
  const app = user?.is_app;
  const node = el(
    `span.avatar${app ? ".avatar-app" : ""}`,
    { "aria-hidden": "true" },
    app ? icon("shield", Math.round(size * 0.62)) : initials(user),
  );
  node.style.setProperty("--size", `${size}px`);
  if (!app) node.style.setProperty("--color", color(user));
  return node;
}

function initials(user) {
  const words = (user?.real_name || user?.name || "?").split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters
    .map((w) => [...w][0])
    .join("")
    .toUpperCase();
}

function color(user) {
  const given = /^#?([0-9a-f]{6})$/i.exec(user?.color ?? "");
  if (given) return "#" + given[1];
  const sum = [...(user?.id ?? user?.name ?? "")].reduce((n, c) => n + c.codePointAt(0), 0);
  return palette[sum % palette.length];
}
