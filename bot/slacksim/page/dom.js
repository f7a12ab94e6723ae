// Building the page's elements. Every text of a message is written by somebody else, often by an attacker, so there is one
// way to put it on the page: as a text node. Nothing in this folder may assign innerHTML.

const svgNamespace = "http://www.w3.org/2000/svg";

/** el makes an element from "tag.class.class", attributes (`onclick` and the like are listeners) and children. */
export function el(selector, attrs, ...children) {
  const [tag, ...classes] = selector.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  setAttrs(node, attrs);
  node.append(...children.flat(Infinity).filter(isShown));
  return node;
}

/** svg makes an SVG element the same way. */
export function svg(tag, attrs, ...children) {
  const node = document.createElementNS(svgNamespace, tag);
  setAttrs(node, attrs);
  node.append(...children.flat(Infinity).filter(isShown));
  return node;
}

/** fragment collects nodes and texts without an element around them. */
export function fragment(...children) {
  const f = document.createDocumentFragment();
  f.append(...children.flat(Infinity).filter(isShown));
  return f;
}

/** hidden is a text for screen readers alone. */
export function hidden(text) {
  return el("span.sr-only", null, text);
}

/** uniqueId names an element so that a label or an error can point at it. */
export const uniqueId = (() => {
  let last = 0;
  return (prefix) => `${prefix}-${++last}`;
})();

/** safeURL gives the address if a link may lead there, else null: no script may run from a click. */
export function safeURL(url) {
  try {
    const parsed = new URL(url, location.href);
    return ["http:", "https:", "mailto:", "tel:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

// What chat.getPermalink gives (docs.slack.dev/reference/methods/chat.getPermalink).
const permalink = /^https:\/\/[^/]+\.slack\.com\/archives\/([CDG]\w+)\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/;

/** link shows children as a link that opens elsewhere, or as plain text where the address is not one to follow. */
export function link(url, ...children) {
  const href = safeURL(url);
  if (!href) return el("span", null, ...children);
  const [, channel, seconds, micros, thread] = url.match(permalink) ?? [];
  if (channel) {
    const detail = { channel, ts: `${seconds}.${micros}`, thread };
    const onclick = (e) => {
      e.preventDefault();
      document.dispatchEvent(new CustomEvent("permalink", { detail }));
    };
    return el("a.link", { href, title: url, onclick }, ...children);
  }
  return el("a.link", { href, target: "_blank", rel: "noopener noreferrer", title: url }, ...children);
}

function isShown(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

function setAttrs(node, attrs) {
  for (const [name, value] of Object.entries(attrs ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}
