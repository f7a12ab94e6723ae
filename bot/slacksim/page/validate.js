// What Slack's client checks before it sends a form. Everything else is the app's to check.

import { isSelect } from "./select.js";

const required = "Please complete this required field.";

/** problems gives block_id → sentence for each input that cannot be sent as it is. */
export function problems(blocks, values) {
  const found = {};
  for (const block of blocks.filter((b) => b.type === "input")) {
    const state = values.blocks[block.block_id]?.[block.element?.action_id];
    const text = isEmpty(state) ? (block.optional ? "" : required) : problem(block.element, state);
    if (text) found[block.block_id] = text;
  }
  return found;
}

function isEmpty(state) {
  if (!state) return true;
  const { type, ...rest } = state;
  const values = Object.values(rest);
  return values.every(
    (v) => v === null || v === undefined || (typeof v === "string" && v.trim() === "") || (Array.isArray(v) && !v.length),
  );
}

function problem(spec, state) {
  if (isSelect(spec.type)) return "";
  const check = { plain_text_input: text, number_input: number, email_text_input: email, url_text_input: url }[spec.type];
  return check ? check(spec, String(state.value)) : "";
}

function text({ min_length: least = 0, max_length: most = 3000 }, value) {
  const length = [...value].length;
  if (length < least) return `Please use at least ${least} characters (you have ${length}).`;
  return length > most ? `Please use at most ${most} characters (you have ${length}).` : "";
}

function number({ is_decimal_allowed: decimal, min_value: least, max_value: most }, value) {
  const n = Number(value);
  if (value.trim() === "" || !Number.isFinite(n)) return "Please enter a number.";
  if (!decimal && !Number.isInteger(n)) return "Please enter a whole number.";
  if (least !== undefined && n < Number(least)) return `Please enter a number of at least ${least}.`;
  return most !== undefined && n > Number(most) ? `Please enter a number of at most ${most}.` : "";
}

function email(_, value) {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? "" : "Please enter an email address.";
}

function url(_, value) {
  return URL.canParse(value) ? "" : "Please enter a web address, such as https://example.com.";
}
