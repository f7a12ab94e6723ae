// The demo's page: a small Slack. This file is the wiring: it loads what a person sees, follows the events, and lets the parts
// know. A person and a channel are in the address (#alice/soc), so two tabs can be two people and a link leads to a place.

import { el, hidden } from "./dom.js";
import { Api } from "./api.js";
import { avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { keepTrue } from "./dates.js";
import { icon } from "./icons.js";
import { channelIntro, MessageList } from "./messages.js";
import { Modals } from "./modal.js";
import { Home, homeTabs } from "./home.js";
import { openMenu } from "./popup.js";
import { drawSidebar } from "./sidebar.js";
import { toast } from "./toast.js";
import { inChannel, isReply, Workspace } from "./workspace.js";

const byId = (id) => document.getElementById(id);

class App {
  constructor() {
    this.workspace = new Workspace();
    this.shell = byId("shell");
    this.looked = new Map(); // channel → whose api, to be told
    this.reading = null;
    this.modals = new Modals(this, byId("modals"));
    this.list = new MessageList(this, { label: "Messages", testid: "messages" });
    this.home = new Home(this);
    this.composer = new Composer(this, {
      testid: "composer",
      sendTestid: "send",
      commands: true,
      send: (wire, typed) => this.#send(wire, typed),
    });
    this.threadList = new MessageList(this, { label: "Thread", inThread: true });
    this.threadComposer = new Composer(this, {
      testid: "thread-composer",
      sendTestid: "thread-send",
      commands: false,
      send: (wire, typed) => this.#sendReply(wire, typed),
    });
    this.switchPerson = (name) => this.#goTo(`#${encodeURIComponent(name)}/${encodeURIComponent(this.current?.name ?? "")}`);
    this.#layOut();
  }

  async start() {
    this.workspace.addEventListener("change", (e) => this.#changed(e.detail));
    addEventListener("hashchange", () => this.#followAddress());
    document.addEventListener("keydown", (e) => this.#key(e));
    document.addEventListener("permalink", (e) => this.#openMessage(e.detail));
    document.addEventListener("visibilitychange", () => this.#read());
    addEventListener("focus", () => this.#read());
    keepTrue();
    await this.#become(place().person);
  }

  /** act sends an action of a block; a refusal is shown, not thrown, for the element only needs to know that it is over. */
  async act(action) {
    try {
      await this.api.post("action", action);
    } catch (err) {
      this.fail(err);
    }
  }

  fail(err) {
    toast(err.message, "error");
  }

  openChannel(id) {
    const channel = this.workspace.channel(id);
    if (channel) this.#goTo(this.workspace.address(channel));
  }

  // openMessage follows a link to a message, as Slack does.
  #openMessage({ channel, ts, thread }) {
    this.modals.clear();
    this.openChannel(channel);
    if (thread) this.openThread(channel, thread);
    const show = () => {
      const message = document.querySelector(`[data-channel="${channel}"][data-ts="${ts}"]`);
      if (!message) toast("This message is no longer there.", "error");
      message?.scrollIntoView({ block: "center" });
      message?.animate({ backgroundColor: ["var(--mention-me-bg)", "transparent"] }, 2000);
    };
    setTimeout(show, 100); // the address changes first, and the conversation with it
  }

  /** looksAt tells whether a conversation's messages are what is shown: the app's Home tab hides them. */
  looksAt(channel) {
    return channel.id === this.current?.id && this.tab !== "home";
  }

  openThread(channel, ts) {
    this.thread = { channel, ts };
    this.#showThread();
    this.threadComposer.focus();
  }

  closeThread() {
    this.thread = null;
    byId("thread").hidden = true;
    this.shell.classList.remove("with-thread");
  }

  #layOut() {
    this.composerPlace = el("div.composer-place", null, this.composer.node);
    byId("main").append(this.home.node, this.list.node, this.composerPlace);
    byId("thread").append(
      el(
        "header.pane-head",
        null,
        el("div", null, el("h1", null, "Thread"), el("span.pane-topic", { id: "thread-place" })),
        el(
          "button.icon-btn",
          { type: "button", "aria-label": "Close thread", "data-testid": "thread-close", onclick: () => this.closeThread() },
          icon("close", 20),
        ),
      ),
      this.threadList.node,
      el("div.composer-place", null, this.threadComposer.node),
    );
    byId("drawer-shade").addEventListener("click", () => this.#drawer(false));
    this.#hint();
  }

  #hint() {
    const bar = byId("hint");
    bar.hidden = localStorage.getItem("hint") === "seen";
    byId("hint-close").append(icon("close", 16), hidden("Dismiss"));
    byId("hint-close").addEventListener("click", () => {
      bar.hidden = true;
      localStorage.setItem("hint", "seen");
    });
    for (const example of bar.querySelectorAll("[data-type]"))
      example.addEventListener("click", () => {
        this.composer.put(example.dataset.type);
        this.composer.focus();
      });
  }

  // become shows the workspace as one person sees it. Events that arrive while the state is on its way wait for it.
  async #become(name) {
    this.stop?.();
    this.modals.clear();
    this.closeThread();
    this.current = null; // until the state is here no conversation is open, and nothing can be sent
    document.querySelector('[aria-current="page"]')?.removeAttribute("aria-current");
    this.api = new Api("");
    const known = this.workspace.users.find((u) => u.name === name);
    const first = known ? known.id : await this.#firstLook(name);
    if (!first) return;
    this.api = new Api(first);
    const api = this.api;
    this.stop = this.api.listen({
      onEvent: (event) => this.api === api && this.#event(event),
      onOpen: () => this.api === api && this.#reload(),
      onLost: () => this.api === api && this.#online(false),
    });
  }

  async #firstLook(name) {
    try {
      const state = await this.api.state();
      const found = state.users.find((u) => u.name === name && u.switchable);
      if (name && !found) this.#nobody(name, state);
      return found?.id ?? state.me;
    } catch (err) {
      this.fail(err);
      this.#online(false);
      setTimeout(() => this.#become(name), 3000);
      return null;
    }
  }

  // nobody says that the address names a person who is not here, and as whom the page is used instead.
  #nobody(name, { users, me }) {
    const known = users.filter((u) => u.switchable).map((u) => u.name);
    const instead = users.find((u) => u.id === me);
    toast(`Nobody here is called “${name}”. You are ${instead?.real_name ?? instead?.name} now; there are ${known.join(", ")}.`, "error");
  }

  async #reload() {
    const waiting = [];
    this.waiting = waiting;
    const { api } = this;
    try {
      const state = await api.state();
      if (this.api !== api || this.waiting !== waiting) return;
      this.waiting = null;
      this.workspace.load(state);
      this.modals.sync(state.views ?? []);
      waiting.forEach((event) => this.#event(event));
      this.#online(true);
      this.#followAddress();
    } catch (err) {
      this.waiting = null;
      this.fail(err);
    }
  }

  #online(yes) {
    byId("offline").hidden = yes;
  }

  #event(event) {
    if (this.waiting) return this.waiting.push(event);
    if (this.workspace.apply(event)) return undefined;
    switch (event.type) {
      case "view_opened":
      case "view_pushed":
        return this.modals.open(event.view);
      case "view_updated":
        return this.modals.update(event.view);
      case "view_closed":
        return this.modals.remove(event.view_id);
      case "home_published":
        this.workspace.home = event.view;
        return this.home.show(event.view);
      case "notice":
        return toast(event.text);
      default:
        return undefined;
    }
  }

  #changed({ kind, channel, ts, message }) {
    if (kind === "all" || kind === "unread") {
      this.#drawSide();
      if (kind === "unread" && channel === this.current?.id && this.current.kind === "app") this.#drawHead(this.current);
      return;
    }
    if (channel === this.current?.id) this.#changedHere(kind, ts, message);
    const threadTs = message?.thread_ts || ts;
    if (this.thread?.channel === channel && this.thread.ts === threadTs) this.#refreshThread(kind, ts, message);
  }

  #changedHere(kind, ts, message) {
    if (message && isReply(message)) this.list.redraw(message.thread_ts);
    if (message && !inChannel(message)) return undefined;
    if (kind === "changed") return this.list.redraw(ts);
    this.list.refresh({ added: kind === "added" ? message : undefined });
    return this.#read();
  }

  #refreshThread(kind, ts, message) {
    if (!this.workspace.message(this.thread.channel, this.thread.ts)) return this.closeThread();
    if (kind === "changed") return this.threadList.redraw(ts);
    this.threadList.refresh({ added: kind === "added" ? message : undefined });
    return this.#read();
  }

  #followAddress() {
    const { person, channel } = place();
    const me = this.#me();
    if (person && me && person !== me.name && this.workspace.users.some((u) => u.name === person && u.switchable)) {
      this.#become(person);
      return;
    }
    if (person && me && person !== me.name && this.current) this.#nobody(person, this.workspace);
    const { channels } = this.workspace;
    const next = channels.find((c) => (c.name || c.id) === channel) ?? channels.find((c) => c.name === "soc") ?? channels[0];
    if (next && me) this.#showChannel(next);
  }

  #showChannel(channel) {
    const again = this.current?.id === channel.id;
    this.current = channel;
    history.replaceState(null, "", this.workspace.address(channel));
    if (!again) this.tab = "messages";
    this.#drawHead(channel);
    this.#showTab();
    this.#drawSide();
    const direct = channel.kind === "dm" || channel.kind === "app";
    if (channel.kind === "app" && !again) this.#tellTab();
    if (again) {
      this.list.refresh();
      if (this.thread) this.threadList.refresh();
    } else {
      this.list.show(() => this.workspace.roots(channel.id), {
        intro: channelIntro(channel, this.workspace),
        newFrom: this.#firstUnread(channel),
      });
      this.closeThread();
      this.composer.target(
        `${this.workspace.me} ${channel.id}`,
        `Message ${direct ? this.workspace.title(channel) : "#" + channel.name}`,
      );
      if (matchMedia("(hover: hover)").matches) this.composer.focus();
    }
    this.#read();
  }

  #firstUnread(channel) {
    if (!channel.unread) return undefined;
    return this.workspace
      .roots(channel.id)
      .filter((m) => m.user !== this.workspace.me)
      .at(-channel.unread)?.ts;
  }

  #drawHead(channel) {
    const direct = channel.kind === "dm" || channel.kind === "app";
    const other = channel.with && this.workspace.user(channel.with);
    const title = direct
      ? [avatar(other, 24), this.workspace.title(channel)]
      : [icon(channel.kind === "private" ? "lock" : "hash"), channel.name];
    byId("head").replaceChildren(
      el(
        "button.icon-btn.drawer-open",
        { type: "button", "aria-label": "Conversations", "data-testid": "drawer", onclick: () => this.#drawer(true) },
        icon("menu", 22),
      ),
      el(
        "div.pane-title",
        null,
        el("h1", null, title),
        el("span.pane-topic", { title: channel.topic }, channel.topic || other?.title || ""),
      ),
      channel.kind === "app" && this.workspace.hasHome ? homeTabs(this.tab, channel.unread ?? 0, (tab) => this.#openTab(tab)) : "",
      this.#shortcutsButton(),
    );
  }

  #openTab(tab) {
    this.tab = tab;
    this.#drawHead(this.current);
    this.#showTab();
    this.#read();
    this.#tellTab();
  }

  /** #tellTab tells the app which of its tabs was opened, as Slack does. */
  #tellTab() {
    this.api.post("home", { tab: this.tab }).catch((err) => this.fail(err));
  }

  #showTab() {
    const home = this.tab === "home";
    this.home.node.hidden = !home;
    this.list.node.hidden = home;
    this.composerPlace.hidden = home;
    if (home) this.home.show(this.workspace.home);
  }

  #shortcutsButton() {
    const all = this.workspace.shortcutsOf("global");
    if (!all.length) return "";
    const node = el(
      "button.icon-btn",
      {
        type: "button",
        "aria-label": "Shortcuts",
        "aria-haspopup": "menu",
        "data-testid": "shortcuts",
        onclick: () =>
          openMenu(
            node,
            all.map((s) => ({ label: s.name, detail: s.description, run: () => this.shortcut({ callback_id: s.callback_id }) })),
            { label: "Shortcuts" },
          ),
      },
      icon("play", 18),
    );
    return node;
  }

  /** shortcut runs one of the app's shortcuts. */
  async shortcut(what) {
    try {
      await this.api.post("shortcut", what);
    } catch (err) {
      this.fail(err);
    }
  }

  #drawSide() {
    const previous = byId("sidebar").querySelector(".channels")?.scrollTop ?? 0;
    drawSidebar(byId("sidebar"), this);
    byId("sidebar").querySelector(".channels").scrollTop = previous;
    const unread = this.workspace.channels.reduce((sum, c) => sum + (this.looksAt(c) ? 0 : (c.unread ?? 0)), 0);
    const here = this.current ? this.workspace.title(this.current) : "s1bot demo";
    document.title = `${unread ? `(${unread}) ` : ""}${here} · ${this.workspace.team?.name ?? ""}`;
  }

  #showThread() {
    const { channel, ts } = this.thread;
    byId("thread").hidden = false;
    this.shell.classList.add("with-thread");
    byId("thread-place").replaceChildren(this.workspace.title(this.workspace.channel(channel) ?? { name: "" }));
    this.threadList.show(() => (this.thread ? this.workspace.thread(channel, ts) : []));
    this.threadComposer.target(`${this.workspace.me} ${channel} ${ts}`, "Reply…");
  }

  // read tells the server that the channel was looked at, once for all that came in meanwhile.
  #read() {
    if (!this.current || document.hidden || this.tab === "home") return;
    const { id } = this.current;
    this.workspace.markRead(id);
    this.looked.set(id, this.api); // by then somebody may have moved on, as another person even
    this.reading ??= setTimeout(() => {
      this.reading = null;
      for (const [channel, api] of this.looked) api.post("read", { channel }).catch(() => {});
      this.looked.clear();
    }, 150);
  }

  #send(wire, typed) {
    this.#checkCommand(typed);
    this.list.toBottom(); // who asks wants to see the answer
    if (!this.current) throw new Error("This conversation is still loading. Send it again in a moment.");
    return this.api.post("message", { channel: this.current.id, text: wire });
  }

  #sendReply(wire, typed) {
    const name = typed.split(/\s/, 1)[0];
    if (this.workspace.commands.some((c) => c.command === name)) {
      throw new Error(`${name} is not supported in threads. Sorry! Mention the app instead: @s1bot …`);
    }
    this.threadList.toBottom();
    return this.api.post("message", { channel: this.thread.channel, thread_ts: this.thread.ts, text: wire });
  }

  #checkCommand(typed) {
    const { commands } = this.workspace;
    const [name] = typed.split(/\s/, 1);
    if (!/^\/[\w-]+$/.test(name) || !commands.length || commands.some((c) => c.command === name)) return;
    throw new Error(`${name} is not a valid command. Known here: ${commands.map((c) => c.command).join(", ")}.`);
  }

  #goTo(address) {
    this.#drawer(false);
    if (location.hash === address) this.#followAddress();
    else location.hash = address;
  }

  #me() {
    return this.workspace.user(this.workspace.me);
  }

  #drawer(open) {
    this.shell.classList.toggle("drawer", open);
    if (open) byId("sidebar").querySelector("[aria-current], button")?.focus();
  }

  #key(e) {
    if (e.key !== "Escape") return;
    if (this.modals.stack.length) this.modals.dismiss();
    else if (this.shell.classList.contains("drawer")) this.#drawer(false);
    else if (this.thread) {
      this.closeThread();
      this.composer.focus();
    }
  }
}

function place() {
  const [person, channel] = location.hash
    .slice(1)
    .split("/")
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
  return { person, channel };
}

new App().start();
