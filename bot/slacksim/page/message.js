// One message: who, when, what, its files and the way into its thread. An element made here can show a later version of the
// same message without losing what a person is doing in it.

import { el, fragment, hidden, safeURL } from "./dom.js";
import { avatar } from "./avatar.js";
import { showBlocks, ValueStore } from "./blockkit.js";
import { ago, fullTime, shortTime, time } from "./dates.js";
import { emoji } from "./emoji.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { openMenu } from "./popup.js";
import { isReply } from "./workspace.js";

/** Message draws a message for a list; app does what its buttons ask for. */
export class Message {
  constructor(message, app, { inThread }) {
    this.app = app;
    this.inThread = inThread;
    this.values = new ValueStore();
    this.blocks = el("div.blocks");
    this.gutter = el("div.msg-gutter");
    this.head = el("div.msg-head");
    this.notice = el("div.msg-notice");
    this.foot = el("div.msg-foot");
    this.tools = el("div.msg-tools");
    this.node = el(
      "article.msg",
      { "data-testid": "message", tabindex: -1 },
      this.notice,
      this.gutter,
      el("div.msg-body", null, this.head, this.blocks, this.foot),
      this.tools,
    );
    this.update(message);
  }

  /** update shows another version of the message. */
  update(message) {
    this.message = message;
    Object.assign(this.node.dataset, { ts: message.ts, channel: message.channel });
    this.node.toggleAttribute("data-ephemeral", Boolean(message.ephemeral));
    this.node.classList.toggle("ephemeral", Boolean(message.ephemeral));
    this.node.classList.toggle("mentions-me", this.#mentionsMe());
    this.notice.replaceChildren(this.#aside());
    this.gutter.replaceChildren(
      avatar(this.#author(), 36),
      el("time.msg-side-time", { title: fullTime(message.time) }, shortTime(message.time)),
    );
    this.head.replaceChildren(...this.#headline());
    this.#showContent();
    this.#showFoot();
    this.tools.replaceChildren(...this.#toolbar());
  }

  /** group makes a message continue the one above it, without a head of its own. */
  group(continues) {
    this.node.classList.toggle("grouped", continues);
  }

  // aside is what stands above a message that is not simply there for everybody.
  #aside() {
    const { ephemeral, broadcast, channel, thread_ts: ts } = this.message;
    const { workspace } = this.app;
    if (ephemeral) return fragment(icon("eye", 14), "Only visible to you");
    if (!broadcast) return "";
    if (this.inThread) return fragment(icon("thread", 14), `Also sent to ${workspace.title(workspace.channel(channel))}`);
    const root = mrkdwn(workspace.message(channel, ts)?.text ?? "a thread", workspace).textContent;
    return fragment(
      icon("thread", 14),
      el("span", null, "replied to a thread: "),
      el("button.msg-root", { type: "button", "data-testid": "root", onclick: () => this.app.openThread(channel, ts) }, root),
    );
  }

  #author() {
    const { user, name, bot } = this.message;
    return this.app.workspace.user(user) ?? { id: user, name, is_app: bot };
  }

  #mentionsMe() {
    const { text, user } = this.message;
    const me = this.app.workspace.me;
    return user !== me && String(text ?? "").includes(`<@${me}`);
  }

  #headline() {
    const { name, bot, time: at } = this.message;
    const author = this.#author();
    return [
      el("span.msg-author", null, (bot ? name || author.real_name : author.real_name || name) || author.name || "Unknown"),
      bot && el("span.app-tag", null, "APP"),
      el("time.msg-time", { title: fullTime(at), datetime: new Date(at * 1000).toISOString() }, time(at)),
    ].filter(Boolean);
  }

  #showContent() {
    const { blocks, text, edited } = this.message;
    if (blocks?.length) {
      showBlocks(this.blocks, blocks, this.#surface());
      return;
    }
    const mark = edited ? el("span.edited", null, " (edited)") : null;
    this.blocks.replaceChildren(el("div.msg-text", null, mrkdwn(text, this.app.workspace), mark));
  }

  #surface() {
    const where = () => ({ channel: this.message.channel, message_ts: this.message.ts });
    return {
      names: this.app.workspace,
      values: this.values,
      act: (action) => this.app.act({ ...where(), ...action, values: this.values.blocks }),
      suggest: (query, signal) => this.app.api.post("suggest", { ...where(), ...query }, signal),
    };
  }

  #showFoot() {
    const { blocks, edited, files, reactions } = this.message;
    this.foot.replaceChildren(
      fragment(
        edited && blocks?.length ? el("div.edited", null, "(edited)") : null,
        (files ?? []).map((f) => fileTile(f)),
        reactions?.length
          ? el(
              "div.reactions",
              null,
              reactions.map((name) => el("span.reaction", { title: `:${name}:` }, emoji(name) ?? `:${name}:`, " 1")),
            )
          : null,
        this.inThread ? null : this.#replyBar(),
      ),
    );
  }

  #replyBar() {
    if (isReply(this.message)) return null;
    const { channel, ts, reply_count: counted = 0 } = this.message;
    const replies = this.app.workspace.thread(channel, ts).filter(isReply);
    const count = Math.max(replies.length, counted);
    if (!count) return null;
    const authors = [...new Set(replies.map((r) => r.user))].slice(-4);
    const last = replies.at(-1);
    return el(
      "button.reply-bar",
      { type: "button", "data-testid": "replies", onclick: () => this.app.openThread(channel, ts) },
      authors.map((id) => avatar(this.app.workspace.user(id), 24)),
      el("span.reply-count", null, count === 1 ? "1 reply" : `${count} replies`),
      last && el("span.reply-last", null, `Last reply ${ago(last.time)}`),
      el("span.reply-view", null, "View thread", icon("forward", 14)),
    );
  }

  #toolbar() {
    const { channel, ts, thread_ts: thread, ephemeral } = this.message;
    if (ephemeral) return [];
    const reply = () =>
      el(
        "button.icon-btn",
        {
          type: "button",
          title: "Reply in thread",
          "data-testid": "reply",
          onclick: () => this.app.openThread(channel, thread || ts),
        },
        icon("thread"),
        hidden("Reply in thread"),
      );
    return [this.inThread ? null : reply(), this.#moreButton()].filter(Boolean);
  }

  // moreButton is the message's menu with the app's shortcuts.
  #moreButton() {
    const all = this.app.workspace.shortcutsOf("message");
    if (!all.length) return null;
    const { channel, ts } = this.message;
    const run = (s) => this.app.shortcut({ callback_id: s.callback_id, channel, message_ts: ts });
    const node = el(
      "button.icon-btn",
      {
        type: "button",
        title: "More actions",
        "aria-haspopup": "menu",
        "data-testid": "more",
        onclick: () =>
          openMenu(
            node,
            all.map((s) => ({ label: s.name, detail: s.description, run: () => run(s) })),
            { label: "More actions", align: "end" },
          ),
      },
      icon("dots"),
      hidden("More actions"),
    );
    return node;
  }
}

function fileTile(file) {
  const name = file.title || file.name || "File";
  const detail = [kind(file), size(file.size)].filter(Boolean).join(" · ");
  const inside = [
    el("span.file-icon", null, icon("file", 22)),
    el("span.file-text", null, el("span.file-name", null, name), el("span.file-detail", null, detail)),
  ];
  const href = safeURL(file.url ?? "");
  if (!file.url || !href) return el("div.file", null, inside);
  return el(
    "a.file",
    { href, download: file.name ?? "", "data-testid": "file" },
    inside,
    el("span.file-download", null, icon("download"), hidden("Download")),
  );
}

function kind({ name = "", mimetype = "" }) {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1];
  return (ending ?? mimetype.split("/").at(-1) ?? "").toUpperCase();
}

function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
