// The markdown block: standard Markdown, the part that Slack supports. Unlike mrkdwn, **two stars** are bold here.
// https://docs.slack.dev/reference/block-kit/blocks/markdown-block

import { el, fragment, link } from "./dom.js";
import { replaceEmoji } from "./emoji.js";

/** markdown renders the text of a markdown block. */
export function markdown(text) {
  const lines = String(text ?? "")
    .replace(/\r\n?/g, "\n")
    .split("\n");
  const out = [];
  for (let i = 0; i < lines.length;) {
    const { node, taken } = blockAt(lines, i);
    if (node) out.push(node);
    i += taken;
  }
  return fragment(out);
}

const kinds = [fence, heading, rule, quote, table, list, blank, paragraph];

function blockAt(lines, i) {
  for (const kind of kinds) {
    const found = kind(lines, i);
    if (found) return found;
  }
  return { taken: 1 };
}

function fence(lines, i) {
  const open = /^\s*(```+|~~~+)/.exec(lines[i]);
  if (!open) return null;
  let end = i + 1;
  while (end < lines.length && !lines[end].trim().startsWith(open[1])) end++;
  return { node: el("pre.code-block", null, lines.slice(i + 1, end).join("\n")), taken: end - i + 1 };
}

function heading(lines, i) {
  const found = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[i]);
  return (
    found && {
      node: el(`h${Math.min(found[1].length + 2, 6)}.md-heading.md-h${found[1].length}`, null, inline(found[2])),
      taken: 1,
    }
  );
}

function rule(lines, i) {
  return /^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[i]) ? { node: el("hr"), taken: 1 } : null;
}

function quote(lines, i) {
  const taken = countWhile(lines, i, (line) => /^\s*>/.test(line));
  return taken
    ? {
        node: el(
          "blockquote",
          null,
          markdown(
            lines
              .slice(i, i + taken)
              .map((l) => l.replace(/^\s*> ?/, ""))
              .join("\n"),
          ),
        ),
        taken,
      }
    : null;
}

function table(lines, i) {
  if (!lines[i].includes("|") || !/^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[i + 1] ?? "")) return null;
  const aligns = cells(lines[i + 1]).map((c) => (c.endsWith(":") ? (c.startsWith(":") ? "center" : "right") : "left"));
  const row = (tag, line) =>
    el(
      "tr",
      null,
      cells(line).map((c, n) => el(`${tag}.align-${aligns[n] ?? "left"}.wrapped`, null, inline(c))),
    );
  const taken = 2 + countWhile(lines, i + 2, (line) => line.includes("|"));
  const body = lines.slice(i + 2, i + taken).map((line) => row("td", line));
  return {
    node: el(
      "div.table-scroll",
      { tabindex: 0 },
      el("table.table", null, el("thead", null, row("th", lines[i])), el("tbody", null, body)),
    ),
    taken,
  };
}

function cells(line) {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((c) => c.trim().replace(/\\\|/g, "|"));
}

const bullet = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;

function list(lines, i) {
  const first = bullet.exec(lines[i]);
  if (!first) return null;
  const ordered = /\d/.test(first[2]);
  const node = el(ordered ? "ol.rich-list" : "ul.rich-list", { start: ordered ? parseInt(first[2], 10) : null });
  let at = i;
  while (at < lines.length) {
    const found = bullet.exec(lines[at]);
    if (!found || found[1].length < first[1].length || (found[1].length === first[1].length && /\d/.test(found[2]) !== ordered))
      break;
    if (found[1].length > first[1].length) {
      const inner = list(lines, at);
      (node.lastElementChild ?? node).append(inner.node);
      at += inner.taken;
      continue;
    }
    node.append(item(found[3]));
    at++;
  }
  return { node, taken: at - i };
}

function item(text) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
  if (!task) return el("li", null, inline(text));
  return el("li.task", null, el("input", { type: "checkbox", disabled: true, checked: task[1] !== " " }), inline(task[2]));
}

function blank(lines, i) {
  return lines[i].trim() === "" ? { taken: 1 } : null;
}

function paragraph(lines, i) {
  const ends = (line, n) => n > i && (line.trim() === "" || bullet.test(line) || /^\s*(```|~~~|>|#{1,6}\s)/.test(line));
  let end = i + 1;
  while (end < lines.length && !ends(lines[end], end)) end++;
  return {
    node: el(
      "p",
      null,
      lines.slice(i, end).flatMap((line, n) => (n ? [el("br"), inline(line)] : [inline(line)])),
    ),
    taken: end - i,
  };
}

function countWhile(lines, from, holds) {
  let n = 0;
  while (from + n < lines.length && holds(lines[from + n])) n++;
  return n;
}

const spans = [
  [/\\([\\`*_{}[\]()#+\-.!~|<>])/y, (m) => m[1]],
  [/(`+)(.+?)\1(?!`)/y, (m) => el("code", null, m[2].trim())],
  [/!?\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)/y, (m) => link(m[2], inline(m[1]))],
  [/<(https?:\/\/[^\s<>]+)>/y, (m) => link(m[1], m[1])],
  [/https?:\/\/[^\s<>`"*]*[^\s<>`"*.,;:!?)'\]]/y, (m) => link(m[0], m[0])],
  [/\*\*\*(?=\S)(.+?\S|\S)\*\*\*/y, (m) => el("strong", null, el("em", null, inline(m[1])))],
  [/\*\*(?=\S)(.+?\S|\S)\*\*/y, (m) => el("strong", null, inline(m[1]))],
  [/~~(?=\S)(.+?\S|\S)~~/y, (m) => el("s", null, inline(m[1]))],
  [/\*(?=[^\s*])(.+?[^\s*]|[^\s*])\*(?!\*)/y, (m) => el("em", null, inline(m[1]))],
  [/(?<![\p{L}\p{N}])__(?=\S)(.+?\S|\S)__(?![\p{L}\p{N}])/uy, (m) => el("strong", null, inline(m[1]))],
  [/(?<![\p{L}\p{N}])_(?=[^\s_])(.+?[^\s_]|[^\s_])_(?![\p{L}\p{N}])/uy, (m) => el("em", null, inline(m[1]))],
];

function inline(text) {
  const out = [];
  let plain = "";
  for (let i = 0; i < text.length;) {
    const hit = spanAt(text, i);
    if (!hit) {
      plain += text[i++];
      continue;
    }
    if (plain) out.push(replaceEmoji(plain));
    plain = "";
    out.push(hit.node);
    i += hit.length;
  }
  if (plain) out.push(replaceEmoji(plain));
  return out;
}

function spanAt(text, i) {
  for (const [pattern, make] of spans) {
    pattern.lastIndex = i;
    const found = pattern.exec(text);
    if (found) return { node: make(found), length: found[0].length };
  }
  return null;
}
