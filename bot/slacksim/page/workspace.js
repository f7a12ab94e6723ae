// What one person sees of the workspace: people, channels, messages. It holds data only; who draws listens to its "change"
// events {kind, channel, ts}.

/** Workspace is filled by load and kept true by apply. */
export class Workspace extends EventTarget {
  constructor() {
    super();
    this.users = [];
    this.groups = [];
    this.channels = [];
    this.commands = [];
    this.byChannel = new Map();
  }

  /** load takes a whole state from the server. */
  load(state) {
    this.team = state.team ?? { name: "Workspace" };
    this.me = state.me;
    this.users = state.users ?? [];
    this.groups = state.groups ?? [];
    this.channels = state.channels ?? [];
    this.commands = state.commands ?? [];
    this.shortcuts = state.shortcuts ?? [];
    this.hasHome = Boolean(state.has_home);
    this.home = state.home;
    this.byChannel = new Map(
      Object.entries(state.messages ?? {}).map(([id, list]) => [id, new Map((list ?? []).map((m) => [m.ts, m]))]),
    );
    this.#tell({ kind: "all" });
  }

  /** apply takes one event; it tells whether it was about the workspace. */
  apply(event) {
    switch (event.type) {
      case "message":
      case "message_changed":
        return this.#put(event.message);
      case "message_deleted":
        this.#list(event.channel).delete(event.ts);
        return this.#tell({ kind: "deleted", channel: event.channel, ts: event.ts });
      case "unread":
        return this.#unread(event);
      default:
        return false;
    }
  }

  /** shortcutsOf are the app's shortcuts of a kind: global, or message. */
  shortcutsOf(kind) {
    return (this.shortcuts ?? []).filter((s) => s.type === kind);
  }

  user(id) {
    return this.users.find((u) => u.id === id);
  }

  channel(id) {
    return this.channels.find((c) => c.id === id);
  }

  /** group is the handle of a user group. */
  group(id) {
    return this.groups.find((g) => g.id === id)?.handle;
  }

  /** address is the part of the page's address that leads this person to a channel. */
  address(channel) {
    return "#" + [this.user(this.me)?.name ?? "", channel?.name || channel?.id || ""].map(encodeURIComponent).join("/");
  }

  /** people are those who can be chosen or mentioned. */
  people() {
    return this.users.filter((u) => !u.is_bot && !u.is_app);
  }

  /** places are the channels proper, which have a name of their own. */
  places() {
    return this.channels.filter((c) => c.kind === "channel" || c.kind === "private");
  }

  /** title is what a channel is called where it stands alone. */
  title(channel) {
    if (channel.kind === "dm" || channel.kind === "app") {
      const other = this.user(channel.with);
      return other?.real_name || other?.name || channel.name;
    }
    return "#" + channel.name;
  }

  /** roots are the messages that stand in a channel, oldest first: those outside threads, and replies that were sent there, too. */
  roots(channel) {
    return this.#sorted(channel, inChannel);
  }

  /** thread is a message and the replies to it. */
  thread(channel, ts) {
    return this.#sorted(channel, (m) => m.ts === ts || m.thread_ts === ts);
  }

  message(channel, ts) {
    return this.#list(channel).get(ts);
  }

  /** markRead sets the unread marks of a channel to nothing, without waiting for the server. */
  markRead(id) {
    const channel = this.channel(id);
    if (!channel || !(channel.unread || channel.mentions)) return;
    this.#unread({ channel: id, unread: 0, mentions: 0 });
  }

  #list(channel) {
    if (!this.byChannel.has(channel)) this.byChannel.set(channel, new Map());
    return this.byChannel.get(channel);
  }

  #sorted(channel, keep) {
    return [...this.#list(channel).values()].filter(keep).sort((a, b) => a.ts - b.ts || (a.ts < b.ts ? -1 : 1));
  }

  #put(message) {
    const list = this.#list(message.channel);
    const kind = list.has(message.ts) ? "changed" : "added";
    list.set(message.ts, message);
    return this.#tell({ kind, channel: message.channel, ts: message.ts, message });
  }

  #unread({ channel: id, unread = 0, mentions = 0 }) {
    const channel = this.channel(id);
    if (channel) Object.assign(channel, { unread, mentions });
    return this.#tell({ kind: "unread", channel: id });
  }

  #tell(detail) {
    this.dispatchEvent(new CustomEvent("change", { detail }));
    return true;
  }
}

/** inChannel tells what a channel shows from what its threads alone do. */
export function inChannel(message) {
  return !isReply(message) || Boolean(message.broadcast);
}

/** isReply tells a message of a thread from one that is outside or begins one. */
export function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}
