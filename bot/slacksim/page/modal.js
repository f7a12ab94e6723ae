// Forms. Up to three views lie on one another as in Slack; the top one is shown. What was entered stays when the app updates
// a view and the field keeps its block_id and action_id; errors stand under their fields and the first one gets the focus.

import { el, uniqueId } from "./dom.js";
import { showBlocks, ValueStore } from "./blockkit.js";
import { keepFocusInside } from "./dialog.js";
import { icon } from "./icons.js";
import { plainText } from "./mrkdwn.js";
import { closePopup } from "./popup.js";
import { problems } from "./validate.js";

/** Modals is the stack of open views of one person. */
export class Modals {
  constructor(app, root) {
    this.app = app;
    this.root = root;
    this.stack = [];
  }

  /** open shows a view on top; one that is open already is updated. */
  open(view) {
    if (this.#find(view.id)) return this.update(view);
    if (!this.stack.length) this.opener = document.activeElement;
    this.stack.push(new View(this, view));
    return this.#show();
  }

  /** update shows another version of an open view. */
  update(view) {
    const open = this.#find(view.id);
    if (open) open.update(view);
    else if (this.stack.length) this.open(view);
  }

  /** remove takes a view away without telling the app, as after a submission. */
  remove(id) {
    const before = this.stack.length;
    this.stack = this.stack.filter((v) => v.view.id !== id);
    if (this.stack.length !== before) this.#show();
  }

  /** sync makes the stack what the server says it is, as after a lost connection. */
  sync(views) {
    const open = new Set(views.map(({ id }) => id));
    this.stack.filter((v) => !open.has(v.view.id)).forEach((v) => this.remove(v.view.id));
    views.forEach((view) => this.open(view));
  }

  /** clear takes all views away. */
  clear() {
    this.stack = [];
    this.#show();
  }

  /** dismiss closes the top view as a person does, and tells the app. */
  async dismiss() {
    const top = this.stack.at(-1);
    if (!top) return;
    this.stack = top.view.clear_on_close ? [] : this.stack.slice(0, -1);
    this.#show();
    await this.app.api.post("view/close", { view_id: top.view.id }).catch((err) => this.app.fail(err));
  }

  #find(id) {
    return this.stack.find((v) => v.view.id === id);
  }

  #show() {
    closePopup({ refocus: false });
    const top = this.stack.at(-1);
    this.app.shell.inert = Boolean(top);
    this.root.replaceChildren(...(top ? [top.node] : []));
    if (top) top.focusFirst();
    else this.opener?.focus?.({ preventScroll: true });
  }
}

// View is one form on the screen.
class View {
  constructor(modals, view) {
    this.modals = modals;
    this.app = modals.app;
    this.values = new ValueStore();
    this.titleID = uniqueId("modal-title");
    this.head = el("header.modal-head");
    this.banner = el("div.modal-banner", { role: "alert", hidden: true, "data-testid": "modal-error" });
    this.blocks = el("div.blocks");
    this.foot = el("footer.modal-foot");
    this.form = el(
      "form.modal",
      {
        role: "dialog",
        "aria-modal": "true",
        "aria-labelledby": this.titleID,
        "data-testid": "modal",
        novalidate: true,
        onsubmit: (e) => this.#submit(e),
        onkeydown: (e) => this.#key(e),
      },
      this.head,
      el("div.modal-body", null, this.banner, this.blocks),
      this.foot,
    );
    this.node = el("div.shade", { "data-testid": "modal-shade" }, this.form);
    this.update(view);
  }

  update(view) {
    const focus = this.#focus();
    this.view = view;
    this.form.dataset.viewId = view.id;
    this.values.keepOnly(view.blocks ?? []);
    this.#showHead();
    this.#showFoot();
    showBlocks(this.blocks, view.blocks, this.#surface());
    this.#restore(focus);
  }

  focusFirst() {
    const first =
      this.blocks.querySelector("[autofocus]") ??
      this.blocks.querySelector(".block-input :is(input, textarea, [role=combobox])");
    (first ?? this.foot.querySelector("[type=submit]") ?? this.head.querySelector("button"))?.focus({ preventScroll: true });
  }

  #surface() {
    const where = () => ({ view_id: this.view.id });
    return {
      names: this.app.workspace,
      values: this.values,
      act: (action) => this.app.act({ ...where(), ...action, values: this.values.blocks }),
      suggest: (query, signal) => this.app.api.post("suggest", { ...where(), ...query }, signal),
      touched: (blockID) => this.#error(blockID, ""),
    };
  }

  #showHead() {
    this.head.replaceChildren(
      el("h2", { id: this.titleID }, plainText(this.view.title)),
      el(
        "button.icon-btn.modal-x",
        { type: "button", "aria-label": "Close", "data-testid": "modal-x", onclick: () => this.modals.dismiss() },
        icon("close", 20),
      ),
    );
  }

  #showFoot() {
    const { submit, close, blocks = [] } = this.view;
    const sends = submit || blocks.some((b) => b.type === "input");
    this.submitButton =
      sends &&
      el(
        "button.btn.btn-large.btn-primary",
        { type: "submit", "data-testid": "modal-submit", disabled: this.view.submit_disabled },
        el("span.btn-text", null, plainText(submit) || "Submit"),
      );
    this.foot.replaceChildren(
      el(
        "button.btn.btn-large",
        { type: "button", "data-testid": "modal-close", onclick: () => this.modals.dismiss() },
        plainText(close) || (sends ? "Cancel" : "Close"),
      ),
      ...(this.submitButton ? [this.submitButton] : []),
    );
  }

  #key(e) {
    keepFocusInside(e, this.form);
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      this.form.requestSubmit();
      return;
    }
    if (e.key !== "Escape") return;
    e.stopPropagation();
    this.modals.dismiss();
  }

  async #submit(e) {
    e.preventDefault();
    if (!this.submitButton || this.busy) return;
    const wrong = problems(this.view.blocks ?? [], this.values);
    this.#showErrors(wrong);
    if (Object.keys(wrong).length) return;
    this.#setBusy(true);
    try {
      this.#answered(await this.app.api.post("view/submit", { view_id: this.view.id, values: this.values.blocks }));
    } catch (err) {
      this.#say(err.message);
    } finally {
      this.#setBusy(false);
    }
  }

  #answered({ response_action: action, errors, view }) {
    switch (action) {
      case "errors":
        return this.#showErrors(errors ?? {});
      case "update":
        return this.#replaceBy(view);
      case "push":
        return this.modals.open(view);
      case "clear":
        return this.modals.clear();
      default:
        return this.modals.remove(this.view.id);
    }
  }

  #replaceBy(view) {
    if (!view) return;
    this.update(view);
    this.focusFirst();
  }

  #showErrors(errors) {
    this.#say("");
    for (const { block_id: id } of this.view.blocks ?? []) if (id) this.#error(id, errors[id] ?? "");
    const strange = Object.keys(errors).filter((id) => !this.#slot(id));
    if (strange.length) this.#say(strange.map((id) => errors[id]).join(" "));
    const first = this.blocks.querySelector(".block-wrong");
    if (!first) return;
    first.scrollIntoView({ block: "nearest" });
    first.querySelector("input, textarea, button, [role=combobox]")?.focus({ preventScroll: true });
  }

  #error(blockID, text) {
    const slot = this.#slot(blockID);
    if (!slot) return;
    slot.textContent = text;
    const block = slot.closest(".block");
    block.classList.toggle("block-wrong", text !== "");
    for (const control of block.querySelectorAll("[data-field-id]")) control.setAttribute("aria-invalid", String(text !== ""));
  }

  #slot(blockID) {
    return this.blocks.querySelector(`[data-block-id="${CSS.escape(blockID)}"] .field-error`);
  }

  #say(text) {
    this.banner.hidden = text === "";
    this.banner.replaceChildren(...(text ? [icon("warning"), text] : []));
  }

  #setBusy(busy) {
    this.busy = busy;
    this.form.setAttribute("aria-busy", String(busy));
    if (this.submitButton) this.submitButton.classList.toggle("busy", busy);
  }

  // focus and restore carry the cursor over an update that had to draw the field anew.
  #focus() {
    const now = document.activeElement;
    if (!this.blocks.contains(now) || !now.dataset.actionId) return null;
    const typed = "selectionStart" in now ? [now.selectionStart, now.selectionEnd] : null;
    return { node: now, block: now.closest("[data-block-id]")?.dataset.blockId, action: now.dataset.actionId, typed };
  }

  #restore(focus) {
    if (!focus || focus.node.isConnected) return;
    const block = this.blocks.querySelector(`[data-block-id="${CSS.escape(focus.block ?? "")}"]`);
    const again = block?.querySelector(`[data-action-id="${CSS.escape(focus.action)}"]`);
    again?.focus({ preventScroll: true });
    if (again && focus.typed?.[0] !== null && focus.typed && "setSelectionRange" in again)
      again.setSelectionRange(...focus.typed);
  }
}
