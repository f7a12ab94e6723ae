// Menus of Block Kit: one choice or several, from a fixed list, from the people and channels of the workspace, or asked of
// the app while a person types. All of them are one widget over options {text, value}; the table below says where the options
// come from and how the choice is written into Slack's state.

import { el, fragment, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { plainText, textObject } from "./mrkdwn.js";
import { closePopup, openPopup, replacePopup } from "./popup.js";

const typingPause = 220; // milliseconds before a search is sent

const byID = (one, many, list) => ({ one, many, list, ids: true });
const sources = {
  static: { one: "selected_option", many: "selected_options" },
  external: { one: "selected_option", many: "selected_options", asks: true },
  users: byID("selected_user", "selected_users", (names) =>
    names.people().map((u) => option(u.id, u.real_name || u.name, "@" + u.name)),
  ),
  channels: byID("selected_channel", "selected_channels", (names) =>
    names.channels.filter((c) => c.kind === "channel").map((c) => option(c.id, "#" + c.name)),
  ),
  conversations: byID("selected_conversation", "selected_conversations", (names) =>
    names.channels.map((c) => option(c.id, names.title(c))),
  ),
};

/** isSelect tells whether an element type is one of the menus here. */
export function isSelect(type) {
  return /^(multi_)?(static|external|users|channels|conversations)_select$/.test(type);
}

/** select renders a menu; `field` ties it to the state and tells the app of a change. */
export function select(spec, field) {
  return new Select(spec, field).node;
}

class Select {
  constructor(spec, field) {
    this.spec = spec;
    this.field = field;
    this.multi = spec.type.startsWith("multi_");
    this.source = sources[spec.type.replace(/^multi_|_select$/g, "")];
    this.chosen = this.initial();
    this.label = el("span.select-label");
    this.node = el(
      this.multi ? "div.select.select-multi" : "button.select",
      {
        type: this.multi ? null : "button",
        role: "combobox",
        tabindex: 0,
        "aria-haspopup": "listbox",
        "aria-expanded": "false",
        "data-testid": "select",
        "data-action-id": spec.action_id,
        id: field.id,
        ...field.aria,
        onclick: (e) => !e.target.closest(".chip-remove") && this.open(),
        onkeydown: (e) => this.openByKey(e),
      },
      this.label,
      icon("caret", 16),
    );
    this.show();
    field.seed(this.state());
  }

  initial() {
    const key = this.multi ? this.source.many : this.source.one;
    const stored = this.field.get();
    const raw = stored ? stored[key] : this.spec[key.replace("selected", "initial")];
    const list = raw === null || raw === undefined ? [] : [raw].flat();
    return list.map((one) => (this.source.ids ? this.named(one) : one));
  }

  named(id) {
    return this.source.list(this.field.names).find((o) => o.value === id) ?? option(id, id);
  }

  state() {
    const values = this.chosen.map((o) => (this.source.ids ? o.value : o));
    if (this.multi) return { type: this.spec.type, [this.source.many]: values };
    return { type: this.spec.type, [this.source.one]: values[0] ?? null };
  }

  show() {
    const placeholder = plainText(this.spec.placeholder) || (this.multi ? "Choose options" : "Choose an option");
    this.node.classList.toggle("select-empty", this.chosen.length === 0);
    if (!this.chosen.length) this.label.replaceChildren(placeholder);
    else if (this.multi) this.label.replaceChildren(...this.chosen.map((o) => this.chip(o)));
    else this.label.replaceChildren(optionLabel(this.chosen[0], this.field.names));
    const label = [this.field.label, this.chosen.map((o) => plainText(o.text)).join(", ") || placeholder];
    this.node.setAttribute("aria-label", label.filter(Boolean).join(": "));
  }

  chip(o) {
    const remove = () => {
      this.toggle(o);
      this.field.changed(this.state());
    };
    return el(
      "span.chip",
      null,
      optionLabel(o, this.field.names),
      el(
        "button.chip-remove",
        { type: "button", "aria-label": `Remove ${plainText(o.text)}`, onclick: remove },
        icon("close", 12),
      ),
    );
  }

  openByKey(e) {
    if (e.target !== this.node) return;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) return; // sends the form
    const letter = e.key.length === 1 && e.key !== " " && !e.ctrlKey && !e.metaKey && !e.altKey;
    if (!letter && !["Enter", " ", "ArrowDown", "ArrowUp"].includes(e.key)) return;
    if (!letter) e.preventDefault(); // a letter goes on into the search box, which has the focus by then: so letters keep their order
    this.open();
  }

  open() {
    if (this.node.getAttribute("aria-busy") === "true") return;
    const before = JSON.stringify(this.state());
    const list = new OptionList(this);
    this.close = openPopup(this.node, list.node, {
      className: "select-popup",
      onClose: () => {
        list.stop();
        if (this.multi && JSON.stringify(this.state()) !== before) this.field.changed(this.state());
      },
    });
    list.start();
  }

  async pick(o) {
    if (this.multi) {
      this.toggle(o);
      return;
    }
    const before = this.chosen;
    this.choose([o]);
    this.close();
    if ((await this.field.changed(this.state())) === false) this.choose(before);
  }

  choose(options) {
    this.chosen = options;
    this.show();
    this.field.set(this.state());
  }

  toggle(o) {
    const most = this.spec.max_selected_items ?? Infinity;
    if (this.has(o)) this.choose(this.chosen.filter((c) => c.value !== o.value));
    else if (this.chosen.length < most) this.choose([...this.chosen, o]);
    replacePopup();
  }

  clear() {
    this.choose([]);
    this.close();
    this.field.changed(this.state());
  }

  has(o) {
    return this.chosen.some((c) => c.value === o.value);
  }
}

// OptionList is the open menu: a search box over a list. It holds the latest answer only, however the answers arrive.
class OptionList {
  constructor(owner) {
    this.owner = owner;
    this.id = uniqueId("options");
    this.input = el("input.select-search", {
      type: "text",
      role: "searchbox",
      "aria-controls": this.id,
      "aria-label": "Search options",
      "data-testid": "select-search",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: owner.source.asks ? "Type to search" : "Search",
      oninput: () => this.search(),
      onkeydown: (e) => this.key(e),
    });
    this.list = el("div.select-list", { role: "listbox", id: this.id, "aria-multiselectable": owner.multi });
    this.node = el("div.select-menu", null, el("div.select-search-row", null, icon("search", 16), this.input), this.list);
  }

  start() {
    this.input.focus({ preventScroll: true });
    this.search();
  }

  stop() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  search() {
    this.stop();
    const text = this.input.value;
    if (!this.owner.source.asks) return this.fill(filter(this.fixed(), text));
    const least = this.owner.spec.min_query_length ?? 3;
    if (text.length < least) return this.say(`Type ${least === 1 ? "a letter" : `at least ${least} letters`} to search.`);
    this.say("Searching…");
    this.timer = setTimeout(() => this.ask(text), typingPause);
  }

  fixed() {
    const { spec, source, field } = this.owner;
    if (source.list) return [{ options: source.list(field.names) }];
    return spec.option_groups ?? [{ options: spec.options ?? [] }];
  }

  async ask(text) {
    const request = new AbortController();
    this.request = request;
    try {
      const answer = await this.owner.field.suggest(text, request.signal);
      if (!request.signal.aborted) this.fill(answer.option_groups ?? [{ options: answer.options ?? [] }]);
    } catch (err) {
      if (!request.signal.aborted) this.say(err.message || "The search failed.", "select-error");
    }
  }

  say(text, className = "") {
    this.rows = [];
    this.list.replaceChildren(el(`div.select-note${className ? "." + className : ""}`, { role: "status" }, text));
    replacePopup();
  }

  fill(groups) {
    this.rows = [];
    const shown = groups.filter((g) => g.options?.length).map((g) => this.group(g));
    if (!this.rows.length) return this.say("No results");
    const clear = this.owner.chosen.length > 0 && this.owner.field.optional && !this.owner.multi;
    this.list.replaceChildren(
      fragment(
        clear && el("button.select-clear", { type: "button", onclick: () => this.owner.clear() }, "Clear selection"),
        shown,
      ),
    );
    this.activate(
      Math.max(
        0,
        this.rows.findIndex((r) => this.owner.has(r.option)),
      ),
    );
    replacePopup();
  }

  group({ label, options }) {
    const rows = options.map((o) => this.row(o));
    if (!label) return rows;
    return el("div", { role: "group", "aria-label": plainText(label) }, el("div.select-group", null, plainText(label)), rows);
  }

  row(o) {
    const node = el(
      "div.select-option",
      {
        role: "option",
        id: uniqueId("option"),
        "aria-selected": this.owner.has(o),
        "data-testid": "option",
        "data-value": o.value,
        onclick: () => this.choose(o, node),
        onpointermove: () =>
          this.activate(
            this.rows.findIndex((r) => r.node === node),
            { scroll: false },
          ),
      },
      el(
        "span.select-option-text",
        null,
        optionLabel(o, this.owner.field.names),
        o.description && el("span.select-option-detail", null, plainText(o.description)),
      ),
      icon("check", 16),
    );
    this.rows.push({ option: o, node });
    return node;
  }

  choose(o, node) {
    this.owner.pick(o);
    node.setAttribute("aria-selected", String(this.owner.has(o)));
  }

  activate(at, { scroll = true } = {}) {
    if (!this.rows[at]) return;
    this.rows[this.active]?.node.classList.remove("active");
    this.active = at;
    const { node } = this.rows[at];
    node.classList.add("active");
    this.input.setAttribute("aria-activedescendant", node.id);
    if (scroll) node.scrollIntoView({ block: "nearest" });
  }

  key(e) {
    if (e.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.key === "Tab") return closePopup();
    if (!step && e.key !== "Enter") return;
    e.preventDefault();
    if (!this.rows.length) return;
    if (step) return this.activate((this.active + step + this.rows.length) % this.rows.length);
    const { option: o, node } = this.rows[this.active];
    this.choose(o, node);
  }
}

function filter(groups, text) {
  const wanted = text.trim().toLowerCase();
  const fits = (o) => plainText(o.text).toLowerCase().includes(wanted);
  return groups.map((g) => ({ ...g, options: (g.options ?? []).filter(fits) }));
}

function option(value, text, description) {
  return {
    text: { type: "plain_text", text },
    value,
    ...(description && { description: { type: "plain_text", text: description } }),
  };
}

function optionLabel(o, names) {
  return textObject(o.text, names);
}
