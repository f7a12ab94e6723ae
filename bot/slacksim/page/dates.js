// Times as Slack writes them, in the zone and language of whoever looks. Every function takes Unix seconds; `now` is a
// parameter so that "today" has one meaning within a text.

import { el } from "./dom.js";

const dayMillis = 86_400_000;

/** time is the time of day: "2:02 PM", or "14:02" where people write it so. */
export function time(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

/** dayLabel heads a day in a channel: "Today", "Yesterday", "Monday, November 16th". */
export function dayLabel(seconds, now = Date.now() / 1000) {
  return capital(relativeDay(seconds, now)) || dividerDate(seconds, now);
}

/** shortTime is the time of day without AM or PM, for a narrow place. */
export function shortTime(seconds) {
  return time(seconds).replace(/\s*[AP]M$/i, "");
}

/** fullTime is the exact moment, for a tooltip. */
export function fullTime(seconds) {
  return new Date(seconds * 1000).toLocaleString([], { dateStyle: "full", timeStyle: "medium" });
}

/** ago is a span in words: "3 minutes ago". */
export function ago(seconds, now = Date.now() / 1000) {
  const format = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  const units = [
    ["year", 31_536_000],
    ["month", 2_592_000],
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ];
  const ahead = seconds - now;
  const whole = ahead > 0 ? Math.round : Math.trunc; // what ends in 29 minutes and 59 seconds ends in 30 minutes
  for (const [unit, size] of units) {
    if (Math.abs(ahead) >= size) return format.format(whole(ahead / size), unit);
  }
  return "just now";
}

/** sameDay tells whether two moments fall on one calendar day here. */
export function sameDay(a, b) {
  return new Date(a * 1000).toDateString() === new Date(b * 1000).toDateString();
}

/**
 * formatDate fills a template of Slack's date tokens, as in `{date_short_pretty} at {time}`.
 * https://docs.slack.dev/reference/block-kit/block-elements/date-element
 */
export function formatDate(seconds, template, now = Date.now() / 1000) {
  if (!Number.isFinite(seconds)) return null;
  return template.replace(/\{(\w+)\}/g, (token, name, at) => {
    const write = tokens[name];
    if (!write) return token;
    const text = write(seconds, now);
    return at === 0 && name !== "ago" ? capital(text) : text;
  });
}

/** dateNode shows a moment by a template; keepTrue keeps what it says true while the page is open. */
export function dateNode(seconds, template, fallback) {
  const node = el("time", { title: fallback, "data-seconds": seconds, "data-template": template });
  node.textContent = formatDate(seconds, template) ?? fallback;
  return node;
}

/** keepTrue writes relative times anew every now and then: "2 minutes ago" does not stay so. */
export function keepTrue() {
  setInterval(() => {
    for (const node of document.querySelectorAll("time[data-template]")) {
      const text = formatDate(Number(node.dataset.seconds), node.dataset.template);
      if (text !== null && text !== node.textContent) node.textContent = text;
    }
  }, 20_000);
}

const tokens = {
  date_num: (s) => {
    const d = new Date(s * 1000);
    return [d.getFullYear(), two(d.getMonth() + 1), two(d.getDate())].join("-");
  },
  date_slash: (s) => new Date(s * 1000).toLocaleDateString(),
  date: (s, now) => fullDate(s, { year: Math.abs(now - s) * 1000 > 183 * dayMillis }),
  date_short: (s) => new Date(s * 1000).toLocaleDateString("en-US", { month: "short", day: "numeric", year: "numeric" }),
  date_long: (s) => fullDate(s, { weekday: true, year: true }),
  date_long_full: (s) => fullDate(s, { year: true }),
  date_pretty: (s, now) => relativeDay(s, now) || tokens.date(s, now),
  date_short_pretty: (s, now) => relativeDay(s, now) || tokens.date_short(s),
  date_long_pretty: (s, now) => relativeDay(s, now) || tokens.date_long(s),
  day_divider_pretty: (s, now) => relativeDay(s, now) || dividerDate(s, now),
  time,
  time_secs: (s) => new Date(s * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};

function dividerDate(seconds, now) {
  const year = new Date(seconds * 1000).getFullYear() !== new Date(now * 1000).getFullYear();
  return fullDate(seconds, { weekday: true, year });
}

function fullDate(seconds, { weekday, year }) {
  const d = new Date(seconds * 1000);
  const month = d.toLocaleDateString("en-US", { month: "long" });
  const parts = [`${month} ${ordinal(d.getDate())}`];
  if (weekday) parts.unshift(d.toLocaleDateString("en-US", { weekday: "long" }));
  if (year) parts.push(String(d.getFullYear()));
  return parts.join(", ");
}

function relativeDay(seconds, now) {
  const midnight = (s) => new Date(s * 1000).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(seconds) - midnight(now)) / dayMillis);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? "";
}

function ordinal(n) {
  const suffix = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return n + suffix;
}

function two(n) {
  return String(n).padStart(2, "0");
}

function capital(text) {
  return text && text[0].toUpperCase() + text.slice(1);
}
