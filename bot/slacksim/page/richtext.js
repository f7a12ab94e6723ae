// The rich_text block: text that was already parsed. Nothing in it is interpreted again, so it is the safe home of text that
// attackers chose.

import { el, fragment, link } from "./dom.js";
import { ago, dateNode } from "./dates.js";
import { emoji } from "./emoji.js";
import { channelMention, groupMention, mention } from "./mrkdwn.js";

/** richText renders the elements of a rich_text block or table cell. */
export function richText(block, names) {
  return fragment((block.elements ?? []).map((part) => section(part, names)));
}

function section(part, names) {
  const inside = () => (part.elements ?? []).map((e) => leaf(e, names));
  switch (part.type) {
    case "rich_text_list":
      return list(part, names);
    case "rich_text_quote":
      return el("blockquote", null, inside());
    case "rich_text_preformatted":
      return el("pre.code-block", null, inside());
    default:
      return el("div.rich-section", null, inside());
  }
}

function list(part, names) {
  const ordered = part.style === "ordered";
  const depth = part.indent ?? 0;
  const node = el(ordered ? "ol.rich-list" : "ul.rich-list", {
    start: ordered && part.offset ? part.offset + 1 : null,
    "data-indent": Math.min(depth, 8),
  });
  node.append(
    ...(part.elements ?? []).map((item) =>
      el(
        "li",
        null,
        (item.elements ?? []).map((e) => leaf(e, names)),
      ),
    ),
  );
  return node;
}

const leaves = {
  text: (e) => lines(e.text ?? ""),
  link: (e) => link(e.url, e.text || e.url),
  user: (e, names) => mention(e.user_id, names),
  usergroup: (e, names) => groupMention(e.usergroup_id, names),
  channel: (e, names) => channelMention(e.channel_id, names),
  broadcast: (e) => el("span.mention.mention-me", null, "@" + e.range),
  emoji: (e) => el("span.emoji", { role: "img", "aria-label": e.name }, emojiChar(e)),
  date: (e) => dateLeaf(e),
  color: (e) => el("code", null, e.value),
};

function leaf(e, names) {
  const draw = leaves[e.type];
  const inside = draw ? draw(e, names) : (e.text ?? e.fallback ?? "");
  return styled(inside, e.style);
}

// styled wraps from the inside out, in the order that Slack nests them.
function styled(inside, style) {
  const tags = { code: "code", strike: "s", italic: "em", bold: "strong", underline: "u", highlight: "mark" };
  return Object.entries(tags).reduce((node, [name, tag]) => (style?.[name] ? el(tag, null, node) : node), inside);
}

function lines(text) {
  return text.split("\n").flatMap((line, i) => (i ? [el("br"), line] : [line]));
}

function emojiChar(e) {
  try {
    if (e.unicode) return String.fromCodePoint(...e.unicode.split("-").map((code) => parseInt(code, 16)));
  } catch {
    /* not a code point: the name will do */
  }
  return emoji(e.name ?? "") ?? `:${e.name}:`;
}

function dateLeaf(e) {
  const seconds = Number(e.timestamp);
  const node = dateNode(seconds, e.format ?? "{date_short_pretty} {time}", e.fallback || ago(seconds));
  return e.url ? link(e.url, node) : node;
}
