// The app's Home tab: what the app published for one person, drawn like a message.

import { el, hidden } from "./dom.js";
import { showBlocks, ValueStore } from "./blockkit.js";

/** Home is the tab's content. */
export class Home {
  constructor(app) {
    this.app = app;
    this.values = new ValueStore();
    this.blocks = el("div.blocks");
    this.node = el("section.home", { "data-testid": "home", "aria-label": "Home", tabindex: 0, hidden: true }, this.blocks);
  }

  /** show draws a published view, or says that there is none yet. */
  show(view) {
    this.view = view;
    if (!view) {
      this.blocks.replaceChildren(el("p.home-empty", { role: "status" }, "The app has published nothing here yet."));
      return;
    }
    this.values.keepOnly(view.blocks ?? []);
    showBlocks(this.blocks, view.blocks ?? [], this.#surface());
  }

  #surface() {
    const where = () => ({ view_id: this.view.id });
    return {
      names: this.app.workspace,
      values: this.values,
      act: (action) => this.app.act({ ...where(), ...action, values: this.values.blocks }),
      suggest: (query, signal) => this.app.api.post("suggest", { ...where(), ...query }, signal),
    };
  }
}

/** homeTabs are the app's two tabs; choose gets the name of one. What came in since Messages was looked at is counted there. */
export function homeTabs(current, unread, choose) {
  const tab = (name, label) =>
    el(
      "button.tab",
      { type: "button", "data-testid": `tab-${name}`, "aria-pressed": String(name === current), onclick: () => choose(name) },
      label,
      name === "messages" && unread > 0 && el("span.badge.badge-strong", { "data-testid": "unread-tab" }, String(unread)),
      name === "messages" && unread > 0 && hidden("unread"),
    );
  return el("div.tabs", { role: "group", "aria-label": "Tabs of the app" }, tab("home", "Home"), tab("messages", "Messages"));
}
