// The confirmation that Block Kit can put before an action. It floats above everything and answers yes or no.

import { el, uniqueId } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";

/** confirmDialog asks a person and resolves to true or false. */
export function confirmDialog(spec, names) {
  const before = document.activeElement;
  return new Promise((resolve) => {
    const done = (yes) => {
      shade.remove();
      before?.focus?.({ preventScroll: true });
      resolve(yes);
    };
    const shade = dialog(spec, names, done);
    document.body.append(shade);
    shade.querySelector("[data-testid=confirm-yes]").focus();
  });
}

function dialog(spec, names, done) {
  const title = uniqueId("confirm");
  const style = spec.style === "danger" ? "btn-danger" : "btn-primary";
  const keys = (e) => {
    if (e.key === "Escape") {
      e.stopPropagation();
      done(false);
    }
    keepFocusInside(e, box);
  };
  const box = el(
    "div.modal.confirm",
    { role: "alertdialog", "aria-modal": "true", "aria-labelledby": title, "data-testid": "confirm", onkeydown: keys },
    el("header.modal-head", null, el("h2", { id: title }, plainText(spec.title) || "Are you sure?")),
    el("div.modal-body", null, el("p", null, textObject(spec.text, names))),
    el(
      "footer.modal-foot",
      null,
      el(
        "button.btn.btn-large",
        { type: "button", "data-testid": "confirm-no", onclick: () => done(false) },
        plainText(spec.deny) || "Cancel",
      ),
      el(
        `button.btn.btn-large.${style}`,
        { type: "button", "data-testid": "confirm-yes", onclick: () => done(true) },
        plainText(spec.confirm) || "Yes",
      ),
    ),
  );
  return el("div.shade.shade-confirm", { onpointerdown: (e) => e.target === e.currentTarget && done(false) }, box);
}

/** keepFocusInside lets Tab go round within a box, as a dialog must. */
export function keepFocusInside(e, box) {
  if (e.key !== "Tab") return;
  const stops = [...box.querySelectorAll("a[href], button, input, textarea, [tabindex='0']")].filter(
    (n) => !n.disabled && n.offsetParent,
  );
  if (!stops.length) return;
  const [first, last] = [stops[0], stops.at(-1)];
  const leaving = e.shiftKey ? document.activeElement === first : document.activeElement === last;
  if (!leaving && box.contains(document.activeElement)) return;
  e.preventDefault();
  (e.shiftKey ? last : first).focus();
}
