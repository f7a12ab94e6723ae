// Slack's message text, "mrkdwn": *bold*, _italic_, ~strike~, `code`, quotes, and control sequences in angle brackets
// (<https://…|label>, <@U…>, <!date^…>). The parser is total: what is no markup is text, and text becomes text nodes only.
//
// `names` answers who an id is: {user(id), group(id), channel(id), address(channel), groups, me}.

import { el, fragment, link } from "./dom.js";
import { emoji, replaceEmoji } from "./emoji.js";
import { dateNode } from "./dates.js";

/** mrkdwn renders a text; with verbatim, bare addresses are not made links. */
export function mrkdwn(text, names, { verbatim = false } = {}) {
  const pieces = String(text ?? "").split(/```(?:\n)?([\s\S]+?)```/);
  return fragment(
    pieces.map((piece, i) => {
      if (i % 2) return el("pre.code-block", null, tokensOnly(piece.replace(/\n$/, ""), names));
      return lines(trimAroundBlocks(piece, i, pieces.length), { names, verbatim });
    }),
  );
}

/** textObject renders a Block Kit text object, plain_text or mrkdwn. */
export function textObject(object, names) {
  if (!object) return fragment();
  if (typeof object === "string") return fragment(object);
  if (object.type === "mrkdwn") return mrkdwn(object.text, names, { verbatim: object.verbatim });
  return fragment(plainText(object));
}

/** plainText is the string of a plain_text object as people read it. */
export function plainText(object) {
  if (!object) return "";
  const text = typeof object === "string" ? object : String(object.text ?? "");
  return object.emoji === false ? text : replaceEmoji(text);
}

// unescape undoes Slack's three entities, once.
function unescape(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

/** mention shows a user, as a name that can be told apart from typed text. */
export function mention(id, names, label) {
  const user = names.user(id);
  const self = id === names.me ? ".mention-me" : "";
  return el(`span.mention${self}`, { "data-user": id }, "@" + (user?.name || label || id));
}

/** channelMention shows a channel as a link to it. */
export function channelMention(id, names, label) {
  const channel = names.channel(id);
  const name = "#" + (channel?.name || label || "private-channel");
  if (!channel) return el("span.mention", null, name);
  return el("a.mention.mention-channel", { href: names.address(channel) }, name);
}

/** groupMention shows a user group. */
export function groupMention(id, names, label = "") {
  const mine = names.groups?.some((g) => g.id === id && g.users?.includes(names.me));
  return el(
    `span.mention${mine ? ".mention-me" : ""}`,
    { "data-group": id },
    "@" + (names.group?.(id) || label.replace(/^@/, "") || id),
  );
}

function trimAroundBlocks(piece, i, count) {
  if (i > 0) piece = piece.replace(/^\n/, "");
  return i < count - 1 ? piece.replace(/\n$/, "") : piece;
}

function lines(text, ctx) {
  if (text === "") return [];
  const all = text.split("\n");
  const out = [];
  for (let i = 0; i < all.length;) {
    const rest = /^(?:&gt;|>){3} ?/.exec(all[i]);
    const quoted = rest ? all.length - i : countWhile(all, i, isQuote);
    if (quoted) {
      const inner = all.slice(i, i + quoted).map((line, n) => line.replace(rest ? (n ? /^/ : rest[0]) : /^(?:&gt;|>) ?/, ""));
      out.push(el("blockquote", null, joined(inner, ctx)));
      i += quoted;
      continue;
    }
    const plain = countWhile(all, i, (line) => !isQuote(line));
    out.push(joined(all.slice(i, i + plain), ctx));
    i += plain;
  }
  return out;
}

function isQuote(line) {
  return /^(?:&gt;|>)/.test(line);
}

function countWhile(list, from, holds) {
  let n = 0;
  while (from + n < list.length && holds(list[from + n])) n++;
  return n;
}

function joined(textLines, ctx) {
  return textLines.flatMap((line, i) => (i ? [el("br"), ...inline(line, ctx)] : inline(line, ctx)));
}

const styles = { "*": "strong", _: "em", "~": "s" };

// inline walks one line from left to right; each rule looks at one place and says how far it got.
function inline(line, ctx) {
  const out = [];
  let text = "";
  const flush = () => {
    if (text) out.push(unescape(text));
    text = "";
  };
  for (let i = 0; i < line.length;) {
    const hit = matchAt(line, i, ctx);
    if (!hit) {
      text += line[i++];
      continue;
    }
    flush();
    out.push(hit.node);
    i += hit.length;
  }
  flush();
  return out;
}

function matchAt(line, i, ctx) {
  switch (line[i]) {
    case "<":
      return controlSequence(line, i, ctx);
    case "`":
      return codeSpan(line, i, ctx);
    case "*":
    case "_":
    case "~":
      return styled(line, i, ctx);
    case ":":
      return emojiName(line, i);
    case "h":
      return ctx.verbatim ? null : bareURL(line, i);
    default:
      return null;
  }
}

function controlSequence(line, i, { names }) {
  const found = sticky(/<([^<>\n]+)>/y, line, i);
  return found && { length: found[0].length, node: control(found[1], names) };
}

function codeSpan(line, i, { names }) {
  const found = sticky(/`([^`\n]+)`/y, line, i);
  return found && { length: found[0].length, node: el("code", null, tokensOnly(found[1], names)) };
}

function styled(line, i, ctx) {
  const end = closing(line, i);
  if (end < 0) return null;
  return { length: end - i + 1, node: el(styles[line[i]], null, inline(line.slice(i + 1, end), ctx)) };
}

function emojiName(line, i) {
  const found = sticky(/:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/y, line, i);
  const char = found && emoji(found[1]);
  return char
    ? { length: found[0].length, node: el("span.emoji", { role: "img", "aria-label": found[1], title: found[0] }, char) }
    : null;
}

function bareURL(line, i) {
  if (i > 0 && isWord(line[i - 1])) return null;
  const found = sticky(/https?:\/\/[^\s<>|`"]+/y, line, i);
  if (!found) return null;
  const raw = found[0].replace(/(?:&gt;|&lt;).*$/, "").replace(/[.,;:!?'*_~)\]}]+$/, "");
  const url = unescape(raw);
  return { length: raw.length, node: link(url, url) };
}

// closing finds where a style that opens at i ends: the same mark, with letters inside and none outside.
function closing(line, i) {
  const mark = line[i];
  const opens = !isWord(line[i - 1]) && line[i - 1] !== mark && line[i + 1] !== mark && !isSpace(line[i + 1]);
  if (!opens) return -1;
  for (let j = i + 1; j < line.length; j++) {
    const skipped = sticky(/<[^<>\n]+>|`[^`\n]+`/y, line, j);
    if (skipped) j += skipped[0].length - 1;
    else if (line[j] === mark && !isSpace(line[j - 1]) && !isWord(line[j + 1]) && line[j + 1] !== mark) return j;
  }
  return -1;
}

function isWord(char) {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}

function isSpace(char) {
  return char === undefined || /\s/.test(char);
}

function sticky(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

// tokensOnly is the inside of code: links work, formatting does not.
function tokensOnly(text, names) {
  return text.split(/<([^<>\n]+)>/).map((piece, i) => (i % 2 ? control(piece, names) : unescape(piece)));
}

function control(inside, names) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  switch (target[0]) {
    case "@":
      return mention(target.slice(1), names, label.replace(/^@/, ""));
    case "#":
      return channelMention(target.slice(1), names, label.replace(/^#/, ""));
    case "!":
      return special(target.slice(1), label, names);
    default:
      return hyperlink(target, label, inside);
  }
}

function hyperlink(target, label, inside) {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return document.createTextNode(`<${unescape(inside)}>`);
  const url = unescape(target);
  return link(url, replaceEmoji(label) || url.replace(/^mailto:/, ""));
}

function special(command, label, names) {
  const [name, ...rest] = command.split("^");
  switch (name) {
    case "here":
    case "channel":
    case "everyone":
      return el("span.mention.mention-me", null, "@" + name);
    case "subteam":
      return groupMention(rest[0], names, label);
    case "date":
      return dateText(rest, label);
    default:
      return document.createTextNode(label || `<${name}>`);
  }
}

function dateText([seconds, template, url], label) {
  const node = dateNode(Number(seconds), unescape(template ?? ""), label);
  return url ? link(unescape(url), node) : node;
}
