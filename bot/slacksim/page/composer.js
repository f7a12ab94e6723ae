// The box where a person types: slash commands, mentions and channels are offered while typing, Enter sends, Shift+Enter makes
// a line, arrow up brings back what was sent before.

import { el, hidden } from "./dom.js";
import { avatar } from "./avatar.js";
import { emoji, emojiNames } from "./emoji.js";
import { icon } from "./icons.js";

const mostOffers = 8;
const mostHistory = 50;

/** Composer sends through `send(text)`, which may throw: then the text comes back into the box. */
export class Composer {
  constructor(app, { testid, sendTestid, commands, send }) {
    this.app = app;
    this.commands = commands;
    this.sendText = send;
    this.recall = -1; // place in the history, -1 is what is being typed now
    this.box = el("textarea.composer-text", {
      rows: 1,
      "data-testid": testid,
      "aria-autocomplete": "list",
      spellcheck: "true",
      autocomplete: "off",
      oninput: () => this.#typed(),
      onkeydown: (e) => this.#key(e),
      onblur: () => this.#offer([]),
      onclick: () => this.#suggest(),
    });
    this.offers = el("div.offers", { role: "listbox", hidden: true, "aria-label": "Suggestions", "data-testid": "offers" });
    this.sendButton = el(
      "button.send",
      {
        type: "button",
        "data-testid": sendTestid,
        "aria-label": "Send",
        title: "Send",
        disabled: true,
        onclick: () => this.#send(),
      },
      icon("send"),
    );
    this.node = el(
      "div.composer",
      null,
      this.offers,
      el("div.composer-frame", null, this.#formatBar(), this.box, this.#bottomBar()),
    );
    this.items = [];
  }

  /** target sets where the text goes and what the empty box says. */
  target(key, placeholder) {
    this.drafts ??= new Map();
    if (this.key !== undefined) this.drafts.set(this.key, this.box.value);
    this.key = key;
    this.box.placeholder = placeholder;
    this.box.setAttribute("aria-label", placeholder);
    this.put(this.drafts.get(key) ?? "");
  }

  /** put replaces the text, with the cursor at its end. */
  put(text) {
    this.box.value = text;
    this.recall = -1;
    this.box.setSelectionRange(text.length, text.length);
    this.#fit();
    this.#offer([]);
  }

  focus() {
    this.box.focus({ preventScroll: true });
  }

  #formatBar() {
    const wrap = (name, label, before, after = before) => this.#tool(name, label, () => this.#wrap(before, after));
    return el(
      "div.composer-bar.composer-format",
      { role: "toolbar", "aria-label": "Formatting" },
      wrap("bold", "Bold", "*"),
      wrap("italic", "Italic", "_"),
      wrap("strike", "Strikethrough", "~"),
      el("span.bar-gap"),
      this.#tool("quote", "Quote", () => this.#prefix("> ")),
      this.#tool("list", "List", () => this.#prefix("• ")),
      el("span.bar-gap"),
      wrap("code", "Code", "`"),
    );
  }

  #bottomBar() {
    return el(
      "div.composer-bar",
      null,
      this.#tool("at", "Mention someone", () => this.#insert("@")),
      this.commands ? this.#tool("slash", "Run a command", () => this.put("/") || this.#suggest()) : null,
      el("span.composer-hint", null, el("b", null, "Shift + Enter"), " for a new line"),
      this.sendButton,
    );
  }

  #tool(name, label, run) {
    const press = () => {
      run();
      this.focus();
    };
    return el(
      "button.icon-btn",
      { type: "button", title: label, tabindex: -1, onpointerdown: (e) => e.preventDefault(), onclick: press },
      icon(name),
      hidden(label),
    );
  }

  #wrap(before, after) {
    const { selectionStart: from, selectionEnd: to, value } = this.box;
    this.box.setRangeText(before + value.slice(from, to) + after, from, to, "end");
    if (from === to) this.box.setSelectionRange(from + before.length, from + before.length);
    this.#typed();
  }

  #prefix(mark) {
    const from = this.box.value.lastIndexOf("\n", this.box.selectionStart - 1) + 1;
    this.box.setRangeText(mark, from, from, "end");
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
    this.#typed();
  }

  #insert(text) {
    const gap = /\S$/.test(this.box.value.slice(0, this.box.selectionStart)) ? " " : "";
    this.box.setRangeText(gap + text, this.box.selectionStart, this.box.selectionEnd, "end");
    this.#typed();
  }

  #typed() {
    this.#fit();
    this.#suggest();
  }

  #fit() {
    this.sendButton.disabled = this.box.value.trim() === "";
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
  }

  #key(e) {
    if (e.isComposing) return;
    if (this.items.length && this.#offerKey(e)) return;
    if (e.key === "Enter" && !e.shiftKey) {
      e.preventDefault();
      this.#send();
    } else if (e.key === "ArrowUp" && this.#mayRecall()) {
      e.preventDefault();
      this.#recallTo(this.recall + 1);
    } else if (e.key === "ArrowDown" && this.recall >= 0) {
      e.preventDefault();
      this.#recallTo(this.recall - 1);
    }
  }

  #offerKey(e) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.key === "Escape") {
      e.stopPropagation();
      this.#offer([]);
    } else if (this.items[0].passive) {
      return false;
    } else if (step) {
      this.#highlight((this.active + step + this.items.length) % this.items.length);
    } else if (e.key === "Tab" || (e.key === "Enter" && !e.shiftKey)) {
      this.#take(this.items[this.active]);
    } else {
      return false;
    }
    e.preventDefault();
    return true;
  }

  #mayRecall() {
    return this.box.value === "" || (this.recall >= 0 && this.box.selectionStart === this.box.value.length);
  }

  #recallTo(place) {
    const history = this.#history();
    const at = Math.max(-1, Math.min(place, history.length - 1));
    this.put(at < 0 ? "" : history[at]);
    this.recall = at;
  }

  #history() {
    return JSON.parse(sessionStorage.getItem(`sent ${this.app.workspace.me}`) ?? "[]");
  }

  #remember(text) {
    const rest = this.#history().filter((t) => t !== text);
    sessionStorage.setItem(`sent ${this.app.workspace.me}`, JSON.stringify([text, ...rest].slice(0, mostHistory)));
  }

  async #send() {
    const text = this.box.value.trim();
    if (!text) return;
    const key = this.key;
    this.put("");
    try {
      await this.sendText(wireText(text, this.app.workspace), text);
      this.#remember(text);
    } catch (err) {
      if (this.key === key && this.box.value === "") this.put(text);
      this.app.fail(err);
    }
  }

  // suggest offers what fits the word at the cursor.
  #suggest() {
    const before = this.box.value.slice(0, this.box.selectionStart);
    const word = /(?:^|\s)([@#:])([\p{L}\p{N}._+-]*)$/u.exec(before);
    if (this.commands && before.startsWith("/") && !word) this.#offer(this.#commandOffers(before));
    else if (word) this.#offer(this.#wordOffers(word[1], word[2].toLowerCase(), before.startsWith("/")));
    else this.#offer([]);
  }

  #commandOffers(typed) {
    const [name] = typed.split(/\s/, 1);
    const { commands } = this.app.workspace;
    const known = commands.find((c) => c.command === name);
    if (known && typed.length >= name.length) return [commandOffer(known, true)];
    return /\s/.test(typed)
      ? []
      : commands
          .filter((c) => c.command.startsWith(name))
          .slice(0, mostOffers)
          .map((c) => commandOffer(c, false));
  }

  #wordOffers(mark, letters, inCommand) {
    const { workspace } = this.app;
    if (mark === "@") {
      const users = workspace.users
        .filter((u) => (!u.is_bot || u.is_app) && `${u.name} ${u.real_name ?? ""}`.toLowerCase().includes(letters))
        .map((u) => ({
          insert: `@${u.name} `,
          media: avatar(u, 24),
          title: u.real_name || u.name,
          detail: `${u.name}${u.title ? " · " + u.title : ""}`,
        }));
      const groups = workspace.groups
        .filter((g) => g.handle.toLowerCase().includes(letters))
        .map((g) => ({ insert: `@${g.handle} `, media: icon("at"), title: "@" + g.handle, detail: g.name ?? "" }));
      return [...users, ...groups].slice(0, mostOffers);
    }
    if (mark === "#") {
      return workspace
        .places()
        .filter((c) => c.name.toLowerCase().includes(letters))
        .slice(0, mostOffers)
        .map((c) => ({
          insert: `#${c.name} `,
          media: icon(c.kind === "private" ? "lock" : "hash"),
          title: c.name,
          detail: c.topic ?? "",
        }));
    }
    if (inCommand || !/^[a-z+][a-z0-9_+-]+$/.test(letters)) return [];
    return emojiNames(letters, mostOffers).map((name) => ({
      insert: emoji(name) + " ",
      media: el("span", null, emoji(name)),
      title: `:${name}:`,
      detail: "",
    }));
  }

  #offer(items) {
    this.items = items;
    this.offers.hidden = items.length === 0;
    this.offers.replaceChildren(...items.map((item, i) => this.#offerRow(item, i)));
    if (items.length) this.#highlight(0);
  }

  #offerRow({ media, title, hint, detail, passive }, i) {
    return el(
      `div.offer${passive ? ".offer-passive" : ""}`,
      {
        role: "option",
        "data-testid": "offer",
        onpointerdown: (e) => e.preventDefault(),
        onclick: () => !passive && this.#take(this.items[i]),
        onpointermove: () => this.#highlight(i),
      },
      el("span.offer-media", null, media),
      el(
        "span.offer-text",
        null,
        el("span.offer-title", null, title, hint && el("span.offer-hint", null, " " + hint)),
        detail && el("span.offer-detail", null, detail),
      ),
    );
  }

  #highlight(i) {
    this.active = i;
    [...this.offers.children].forEach((row, n) => row.setAttribute("aria-selected", String(n === i)));
    this.offers.children[i]?.scrollIntoView({ block: "nearest" });
  }

  #take(item) {
    const at = this.box.selectionStart;
    const from = Math.max(0, this.box.value.slice(0, at).search(/\S+$/));
    this.box.setRangeText(item.insert, from, at, "end");
    this.#typed();
    this.focus();
  }
}

function commandOffer({ command, usage_hint: hint, description }, passive) {
  return { insert: `${command} `, media: icon("slash"), title: command, hint, detail: description, passive };
}

// wireText writes the names of known people and channels as references, as Slack's client does; the server escapes the rest.
// A full stop after a name is not part of it.
function wireText(text, workspace) {
  const known = new Map([
    ...workspace.users.map((u) => ["@" + u.name.toLowerCase(), `<@${u.id}>`]),
    ...workspace.places().map((c) => ["#" + c.name.toLowerCase(), `<#${c.id}>`]),
  ]);
  return text.replace(
    /(?<![\p{L}\p{N}@#<&])[@#][\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?/gu,
    (word) => known.get(word.toLowerCase()) ?? word,
  );
}
