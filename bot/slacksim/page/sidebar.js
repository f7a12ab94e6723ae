// The left side: the workspace, who one is, and the conversations with their unread marks.

import { el, fragment, hidden } from "./dom.js";
import { avatar } from "./avatar.js";
import { icon } from "./icons.js";
import { openMenu } from "./popup.js";

const sections = [
  { title: "Channels", kinds: ["channel", "private"] },
  { title: "Direct messages", kinds: ["dm"] },
  { title: "Apps", kinds: ["app"] },
];

/** drawSidebar fills the sidebar from the workspace. */
export function drawSidebar(root, app) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.testid : null;
  root.replaceChildren(
    head(app),
    el(
      "nav.channels",
      { "aria-label": "Conversations" },
      sections.map((s) => section(s, app)),
    ),
  );
  if (focused) root.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function head({ workspace, ...app }) {
  return el(
    "div.side-head",
    null,
    el(
      "div.team",
      null,
      el("span.team-icon", { "aria-hidden": "true" }, (workspace.team?.name ?? "W")[0].toUpperCase()),
      el("span.team-name", null, workspace.team?.name),
    ),
    switcher(workspace, app.switchPerson),
  );
}

function switcher(workspace, choose) {
  const me = workspace.user(workspace.me);
  const items = () =>
    workspace.users
      .filter((u) => u.switchable)
      .map((u) => ({
        label: u.real_name || u.name,
        detail: u.title,
        media: avatar(u, 32),
        checked: u.id === workspace.me,
        testid: `person-${u.name}`,
        run: () => choose(u.name),
      }));
  const node = el(
    "button.person",
    {
      type: "button",
      "data-testid": "person-switcher",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      title: "Switch to another person",
      onclick: () => openMenu(node, items(), { label: "Be another person", className: "person-popup" }),
    },
    avatar(me, 32),
    el(
      "span.person-text",
      null,
      el("span.person-name", null, me?.real_name || me?.name || "Nobody"),
      el("span.person-title", null, me?.title ?? ""),
    ),
    hidden("Switch to another person"),
    icon("switch"),
  );
  return node;
}

function section({ title, kinds }, app) {
  const list = app.workspace.channels.filter((c) => kinds.includes(c.kind));
  if (!list.length) return null;
  return el(
    "section.side-section",
    null,
    el("h2", null, title),
    el(
      "ul",
      null,
      list.map((c) => el("li", null, item(c, app))),
    ),
  );
}

function item(channel, app) {
  const { workspace } = app;
  const current = channel.id === app.current?.id;
  const unread = channel.unread > 0 && !app.looksAt(channel);
  const other = channel.with && workspace.user(channel.with);
  const direct = channel.kind === "dm" || channel.kind === "app";
  const name = channel.name || other?.name || channel.id;
  const badge = unread && (direct ? channel.unread : channel.mentions || channel.unread);
  return el(
    `button.channel${unread ? ".unread" : ""}${channel.muted ? ".muted" : ""}`,
    {
      type: "button",
      "data-testid": `channel-${name}`,
      "data-channel": channel.id,
      "aria-current": current ? "page" : null,
      onclick: () => app.openChannel(channel.id),
    },
    media(channel, other, direct),
    el("span.channel-name", null, direct ? other?.real_name || other?.name || name : name),
    badge
      ? el(`span.badge${direct || channel.mentions ? ".badge-strong" : ""}`, { "data-testid": `unread-${name}` }, String(badge))
      : null,
    badge ? hidden("unread") : null,
  );
}

function media(channel, other, direct) {
  if (!direct) return icon(channel.kind === "private" ? "lock" : "hash", 16);
  return fragment(avatar(other ?? { name: channel.name, is_app: channel.kind === "app" }, 20));
}
