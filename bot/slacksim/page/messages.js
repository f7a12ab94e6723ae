// A list of messages, of a channel or of a thread: groups, days, the line above what is new, and the scroll position. It stays
// at the bottom unless a person has scrolled up; then a pill says that there is more.

import { el, fragment } from "./dom.js";
import { dayLabel, sameDay } from "./dates.js";
import { icon } from "./icons.js";
import { Message } from "./message.js";

const groupSpan = 300; // seconds within which messages of one author stand together
const nearBottom = 60; // pixels that still count as the bottom

/** MessageList shows what `messages()` gives; call refresh after a change. */
export class MessageList {
  constructor(app, { label, inThread = false, testid }) {
    this.app = app;
    this.inThread = inThread;
    this.drawn = new Map(); // ts → Message
    this.dividers = new Map();
    this.rows = el("div.rows", { role: "log", "aria-label": label, "aria-live": "polite" });
    this.pill = el(
      "button.pill",
      { type: "button", hidden: true, "data-testid": "new-messages", onclick: () => this.toBottom() },
      icon("down", 14),
      "New messages",
    );
    this.scroller = el(
      "div.scroller",
      { tabindex: 0, role: "region", "aria-label": label, onscroll: () => this.#scrolled() },
      el("div.filler"),
      this.rows,
    );
    this.node = el("div.list", { "data-testid": testid }, this.scroller, this.pill);
    this.atBottom = true;
    new ResizeObserver(() => this.atBottom && this.toBottom()).observe(this.rows);
  }

  /** show starts over with another conversation; intro is what stands above its first message. */
  show(messages, { intro, newFrom } = {}) {
    this.messages = messages;
    this.newFrom = newFrom;
    this.drawn.clear();
    this.dividers.clear();
    this.rows.replaceChildren();
    this.intro = intro;
    this.refresh();
    this.toBottom();
  }

  /** refresh draws what changed; added tells that a message came in. */
  refresh({ added } = {}) {
    const list = this.messages?.() ?? [];
    const keep = this.atBottom || (added && added.user === this.app.workspace.me);
    const nodes = [this.intro, ...list.flatMap((m, i) => this.#row(m, list[i - 1], i, list.length))].filter(Boolean);
    this.#arrange(nodes);
    if (keep) this.toBottom();
    else if (added) this.pill.hidden = false;
  }

  /** redraw shows one message again, as when it was edited. */
  redraw(ts) {
    const now = this.messages?.().find((m) => m.ts === ts);
    if (now) this.drawn.get(ts)?.update(now);
    this.refresh();
  }

  /** toBottom goes to the newest message. */
  toBottom() {
    this.atBottom = true;
    this.pill.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  #row(message, above, i, count) {
    const drawn = this.drawn.get(message.ts) ?? new Message(message, this.app, { inThread: this.inThread });
    this.drawn.set(message.ts, drawn);
    if (drawn.message !== message) drawn.update(message);
    const dividers = this.#dividersAbove(message, above, i, count);
    drawn.group(!dividers.length && continues(message, above));
    return [...dividers, drawn.node];
  }

  #dividersAbove(message, above, i, count) {
    if (this.inThread)
      return i === 1 ? [this.#divider("replies", count === 2 ? "1 reply" : `${count - 1} replies`, "thread-divider")] : [];
    const out = [];
    if (!above || !sameDay(message.time, above.time))
      out.push(this.#divider(`day ${new Date(message.time * 1000).toDateString()}`, dayLabel(message.time), "day"));
    if (message.ts === this.newFrom) out.push(this.#divider("new", "New", "new-divider"));
    return out;
  }

  #divider(key, text, className) {
    const node = this.dividers.get(key) ?? el(`div.divider.${className}`, { role: "separator" }, el("span"));
    this.dividers.set(key, node);
    node.firstChild.textContent = text;
    return node;
  }

  // arrange puts the nodes in order and moves only what is out of place, for a moved element loses its focus.
  #arrange(nodes) {
    const wanted = new Set(nodes);
    for (const old of [...this.rows.childNodes]) if (!wanted.has(old)) old.remove();
    nodes.forEach((node, i) => {
      if (this.rows.childNodes[i] !== node) this.rows.insertBefore(node, this.rows.childNodes[i] ?? null);
    });
    const alive = new Set(nodes.map((n) => n.dataset?.ts).filter(Boolean));
    for (const ts of this.drawn.keys()) if (!alive.has(ts)) this.drawn.delete(ts);
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.atBottom = scrollHeight - scrollTop - clientHeight < nearBottom;
    if (this.atBottom) this.pill.hidden = true;
  }
}

function continues(message, above) {
  return (
    Boolean(above) &&
    above.user === message.user &&
    above.name === message.name &&
    !above.ephemeral === !message.ephemeral &&
    !message.ephemeral &&
    message.time - above.time < groupSpan
  );
}

/** channelIntro is what stands at the top of a conversation. */
export function channelIntro(channel, workspace) {
  const direct = channel.kind === "dm" || channel.kind === "app";
  const title = direct ? workspace.title(channel) : "# " + channel.name;
  const text =
    {
      dm: `This conversation is just between you and ${title}.`,
      app: `Write to ${title} here: a command without /s1, or plain words, such as “what can you do?”`,
    }[channel.kind] ?? `This is the very beginning of the #${channel.name} channel.`;
  return el("div.intro", null, el("h2", null, title), el("p", null, fragment(text, " ", direct ? "" : (channel.topic ?? ""))));
}
