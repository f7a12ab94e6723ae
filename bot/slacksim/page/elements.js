// Interactive elements of Block Kit. Each is drawn from its JSON and tied to a field: where its value lives (Slack's state
// shapes), and what happens on a change. In a message or an actions block a change is told to the app at once; in a form it
// waits for the submit button unless the block asks otherwise.

import { el, fragment, safeURL, uniqueId } from "./dom.js";
import { confirmDialog } from "./dialog.js";
import { icon } from "./icons.js";
import { plainText, textObject } from "./mrkdwn.js";
import { openMenu } from "./popup.js";
import { isSelect, select } from "./select.js";

const draw = {
  button,
  overflow,
  checkboxes,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  image,
  workflow_button: button,
  radio_buttons: radioButtons,
  plain_text_input: textInput,
  rich_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  datepicker: picker,
  timepicker: picker,
  datetimepicker: picker,
  file_input: fileInput,
};

/** element renders an interactive element; block is the block it stands in, surface the message or form around it. */
export function element(spec, block, surface) {
  if (!spec || hiddenFrom(spec, surface)) return null;
  const field = new Field(spec, block, surface);
  if (isSelect(spec.type)) return field.own(select(spec, field));
  const make = draw[spec.type];
  return make ? field.own(make(spec, field)) : el("span.unsupported", null, `[${spec.type}]`);
}

// A Field is the place of one element: its value in the surface's state, and the way to tell the app.
class Field {
  constructor(spec, block, surface) {
    this.spec = spec;
    this.block = block;
    this.surface = surface;
    this.names = surface.names;
    this.inInput = block.type === "input";
    this.optional = block.optional ?? !this.inInput;
    this.id = this.inInput ? uniqueId("field") : null;
    this.label = this.inInput ? plainText(block.label) : "";
    this.aria = this.inInput ? { "aria-required": !block.optional } : {};
  }

  own(node) {
    this.node = node;
    if (this.id) node.dataset.fieldId = this.id;
    return node;
  }

  get() {
    return this.surface.values.get(this.block.block_id, this.spec.action_id);
  }

  set(value) {
    this.surface.values.set(this.block.block_id, this.spec.action_id, value);
    this.surface.touched?.(this.block.block_id);
  }

  seed(value) {
    this.surface.values.seed(this.block.block_id, this.spec.action_id, value);
  }

  /** changed records an entry; it resolves to false where a person was asked to confirm it and did not. */
  async changed(value) {
    this.set(value);
    return !this.inInput || this.block.dispatch_action ? this.send(value) : true;
  }

  async send(value) {
    if (this.spec.confirm && !(await confirmDialog(this.spec.confirm, this.names))) return false;
    setBusy(this.node, true);
    try {
      await this.surface.act({ block_id: this.block.block_id, action_id: this.spec.action_id, ...value });
    } finally {
      setBusy(this.node, false);
    }
    return true;
  }

  suggest(text, signal) {
    return this.surface.suggest({ block_id: this.block.block_id, action_id: this.spec.action_id, value: text }, signal);
  }
}

function setBusy(node, busy) {
  node.classList.toggle("busy", busy);
  node.setAttribute("aria-busy", String(busy));
  if ("disabled" in node) node.disabled = busy;
}

function hiddenFrom(spec, surface) {
  const only = spec.visible_to_user_ids;
  return Array.isArray(only) && only.length > 0 && !only.includes(surface.names.me);
}

function button(spec, field) {
  const style = ["primary", "danger"].includes(spec.style) ? `.btn-${spec.style}` : "";
  const press = () => {
    const url = spec.url && safeURL(spec.url);
    if (url) open(url, "_blank", "noopener,noreferrer");
    field.send({ type: spec.type, value: spec.value ?? "", text: spec.text });
  };
  return el(
    `button.btn${style}`,
    {
      type: "button",
      "data-action-id": spec.action_id,
      "data-value": spec.value,
      "aria-label": spec.accessibility_label,
      onclick: press,
    },
    el("span.btn-text", null, plainText(spec.text)),
  );
}

function iconButton(spec, field) {
  const name = plainText(spec.text) || spec.icon;
  return el(
    "button.icon-btn",
    {
      type: "button",
      title: name,
      "aria-label": spec.accessibility_label || name,
      "data-action-id": spec.action_id,
      onclick: () => field.send({ type: spec.type, value: spec.value ?? "" }),
    },
    icon(spec.icon),
  );
}

function feedbackButtons(spec, field) {
  const one = (choice, sign) =>
    choice &&
    el(
      "button.icon-btn",
      {
        type: "button",
        title: plainText(choice.text),
        "data-action-id": spec.action_id,
        "aria-label": choice.accessibility_label || plainText(choice.text),
        onclick: () => field.send({ type: spec.type, value: choice.value }),
      },
      sign,
    );
  return el("span.feedback", null, one(spec.positive_button, "👍"), one(spec.negative_button, "👎"));
}

function image(spec) {
  return el("img.accessory-image", { src: spec.image_url, alt: spec.alt_text, loading: "lazy" });
}

function overflow(spec, field) {
  const items = (spec.options ?? []).map((o) => ({
    label: plainText(o.text),
    detail: plainText(o.description),
    href: o.url && safeURL(o.url),
    run: () => field.send({ type: spec.type, selected_option: o }),
  }));
  const node = el(
    "button.btn.overflow",
    {
      type: "button",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-testid": "overflow",
      "data-action-id": spec.action_id,
      onclick: () => openMenu(node, items, { label: "More actions", align: "end" }),
    },
    icon("dots"),
  );
  return node;
}

function checkboxes(spec, field) {
  const same = (a, b) => a.value === b.value;
  const state = () => ({ type: spec.type, selected_options: (spec.options ?? []).filter((o, i) => boxes[i].checked) });
  const before = field.get()?.selected_options ?? spec.initial_options ?? [];
  const boxes = (spec.options ?? []).map((o) =>
    el("input", {
      type: "checkbox",
      value: o.value,
      checked: before.some((b) => same(b, o)),
      onchange: () => field.changed(state()),
    }),
  );
  return choices(spec, field, boxes, state);
}

function radioButtons(spec, field) {
  const name = uniqueId("radio");
  const before = field.get() ? field.get().selected_option : spec.initial_option;
  const state = () => ({ type: spec.type, selected_option: spec.options.find((o, i) => boxes[i].checked) ?? null });
  const boxes = (spec.options ?? []).map((o) =>
    el("input", {
      type: "radio",
      name,
      value: o.value,
      checked: before?.value === o.value,
      onchange: () => field.changed(state()),
    }),
  );
  return choices(spec, field, boxes, state);
}

function choices(spec, field, boxes, state) {
  field.seed(state());
  const role = spec.type === "checkboxes" ? "group" : "radiogroup";
  return el(
    "div.choices",
    { role, "aria-label": field.label || "Choices", "data-action-id": spec.action_id },
    boxes.map((box, i) => {
      const o = spec.options[i];
      return el(
        "label.choice",
        null,
        box,
        el(
          "span",
          null,
          textObject(o.text, field.names),
          o.description && el("span.choice-detail", null, textObject(o.description, field.names)),
        ),
      );
    }),
  );
}

const inputTypes = { email_text_input: "email", url_text_input: "url" };

function textInput(spec, field) {
  const long = spec.multiline || spec.type === "rich_text_input";
  const number = spec.type === "number_input";
  const stored = field.get();
  const node = el(long ? "textarea.input" : "input.input", {
    type: long ? null : (inputTypes[spec.type] ?? "text"),
    rows: long ? 4 : null,
    id: field.id,
    ...field.aria,
    inputmode: number ? (spec.is_decimal_allowed ? "decimal" : "numeric") : null,
    autocomplete: "off",
    placeholder: plainText(spec.placeholder),
    "data-action-id": spec.action_id,
    autofocus: spec.focus_on_load,
    oninput: () => typed(),
    onkeydown: (e) => pressed(e),
  });
  node.value = stored ? textOf(stored) : initialText(spec);
  const state = () => textState(spec, node.value);
  const sendsOn = (event) => (spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes(event);
  const typed = () => (sendsOn("on_character_entered") ? field.changed(state()) : field.set(state()));
  const pressed = (e) => {
    if (
      e.key !== "Enter" ||
      e.shiftKey ||
      e.isComposing ||
      long ||
      !field.block.dispatch_action ||
      !sendsOn("on_enter_pressed")
    )
      return;
    e.preventDefault();
    field.changed(state());
  };
  field.seed(state());
  return node;
}

function initialText(spec) {
  return spec.type === "rich_text_input" ? richTextOf(spec.initial_value) : String(spec.initial_value ?? "");
}

function textState(spec, text) {
  if (spec.type !== "rich_text_input") return { type: spec.type, value: text === "" ? null : text };
  const section = { type: "rich_text_section", elements: [{ type: "text", text }] };
  return { type: spec.type, rich_text_value: text ? { type: "rich_text", elements: [section] } : null };
}

function textOf(state) {
  return state.type === "rich_text_input" ? richTextOf(state.rich_text_value) : (state.value ?? "");
}

function richTextOf(block) {
  return (block?.elements ?? [])
    .flatMap((section) => section.elements ?? [])
    .map((e) => e.text ?? "")
    .join("");
}

const pickers = {
  datepicker: { input: "date", key: "selected_date", read: (v) => v || null, show: (v) => v ?? "" },
  timepicker: { input: "time", key: "selected_time", read: (v) => v || null, show: (v) => v ?? "" },
  datetimepicker: {
    input: "datetime-local",
    key: "selected_date_time",
    read: (v) => (v ? Math.floor(new Date(v).getTime() / 1000) : null),
    show: (v) => (v ? localDateTime(v) : ""),
  },
};

function picker(spec, field) {
  const kind = pickers[spec.type];
  const stored = field.get();
  const initial = stored ? stored[kind.key] : spec[kind.key.replace("selected", "initial")];
  const state = () => ({ type: spec.type, [kind.key]: kind.read(node.value) });
  const node = el("input.input.input-picker", {
    type: kind.input,
    id: field.id,
    ...field.aria,
    "data-action-id": spec.action_id,
    title: plainText(spec.placeholder),
    "aria-label": field.inInput ? null : plainText(spec.placeholder) || spec.type,
    onchange: () => field.changed(state()),
    oninput: () => field.set(state()),
  });
  node.value = kind.show(initial);
  field.seed(state());
  return node;
}

function localDateTime(seconds) {
  const d = new Date(seconds * 1000);
  return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function fileInput(spec, field) {
  const state = () => ({ type: spec.type, files: [...node.files].map(({ name, size }) => ({ name, size })) });
  const node = el("input.input", {
    type: "file",
    id: field.id,
    ...field.aria,
    multiple: (spec.max_files ?? 10) > 1,
    "data-action-id": spec.action_id,
    accept: (spec.filetypes ?? []).map((t) => "." + t).join(",") || null,
    onchange: () => field.changed(state()),
  });
  field.seed({ type: spec.type, files: [] });
  return node;
}

/** elements renders a row of elements. */
export function elements(specs, block, surface) {
  return fragment((specs ?? []).map((spec) => element(spec, block, surface)));
}
