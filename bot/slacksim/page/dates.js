// Times as Slack writes them, in the zone and language of whoever looks. Every function takes Unix seconds; `now` is a
// parameter so that "today" has one meaning within a text.

const dayMillis = 86_400_000;

/** time is the time of day: "2:02 PM", or "14:02" where people write it so. */
export function time(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

/** dayLabel heads a day in a channel: "Today", "Yesterday", "Monday, November 16th". */
export function dayLabel(seconds, now = Date.now() / 1000) {
  return capital(relativeDay(seconds, now)) || dividerDate(seconds, now);
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
  const past = seconds - now;
  for (const [unit, size] of units) {
    if (Math.abs(past) >= size) return format.format(Math.trunc(past / size), unit);
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
