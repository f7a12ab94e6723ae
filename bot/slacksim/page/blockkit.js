// Block Kit: a list of blocks becomes a list of elements, one function per block type. A block that this page does not know
// says so in its place and does not break the rest.
//
// A surface is what blocks stand on, a message or a form:
//   {names, values, act(action), suggest(query, signal), touched?(block_id), errors?}

import { el, fragment, link, uniqueId } from "./dom.js";
import { chart } from "./chart.js";
import { element, elements } from "./elements.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { dataTable, table } from "./table.js";

const draw = {
  header,
  section,
  context,
  actions,
  divider,
  image,
  input,
  table,
  data_table: dataTable,
  alert,
  card,
  carousel,
  container,
  file,
  video,
  context_actions: actions,
  rich_text: (block, { names }) => richText(block, names),
  markdown: (block) => markdown(block.text),
  data_visualization: chart,
};

const drawn = new WeakMap(); // what a container shows now, so that an update touches only what changed

/**
 * showBlocks makes a container show the blocks. Blocks that did not change keep their elements, and with them the focus,
 * the cursor and what was typed.
 */
export function showBlocks(container, blocks, surface) {
  const before = drawn.get(container) ?? new Map();
  const after = new Map(
    (blocks ?? []).map((block, i) => {
      const key = `${block?.block_id || i} ${JSON.stringify(block)}`;
      return [key, before.get(key) ?? renderBlock(block, surface, i)];
    }),
  );
  drawn.set(container, after);
  const nodes = [...after.values()];
  for (const old of [...container.childNodes]) if (!nodes.includes(old)) old.remove();
  nodes.forEach((node, i) => {
    if (container.childNodes[i] !== node) container.insertBefore(node, container.childNodes[i] ?? null);
  });
}

/**
 * ValueStore keeps what forms and messages hold: block_id, action_id → Slack's state object. What a person entered survives
 * an update of the blocks; what the app filled in does not.
 */
export class ValueStore {
  constructor() {
    this.blocks = {};
    this.entered = new Set();
  }

  /** get is what a person entered, or undefined. */
  get(blockID, actionID) {
    return this.entered.has(`${blockID} ${actionID}`) ? this.blocks[blockID]?.[actionID] : undefined;
  }

  /** set records a person's entry. */
  set(blockID, actionID, value) {
    this.entered.add(`${blockID} ${actionID}`);
    this.seed(blockID, actionID, value);
  }

  /** seed records what an element holds from the start. */
  seed(blockID, actionID, value) {
    (this.blocks[blockID] ??= {})[actionID] = value;
  }

  /** keepOnly forgets the values of elements that the blocks no longer have. */
  keepOnly(blocks) {
    const alive = new Set(blocks.flatMap(elementIDs));
    for (const [block, actions] of Object.entries(this.blocks)) {
      for (const action of Object.keys(actions)) {
        if (alive.has(`${block} ${action}`)) continue;
        delete actions[action];
        this.entered.delete(`${block} ${action}`);
      }
      if (!Object.keys(actions).length) delete this.blocks[block];
    }
  }
}

function elementIDs(block) {
  const own = [block.element, block.accessory, ...(Array.isArray(block.elements) ? block.elements : [])].filter(
    (e) => e?.action_id,
  );
  return [...own.map((e) => `${block.block_id} ${e.action_id}`), ...(block.child_blocks ?? []).flatMap(elementIDs)];
}

function renderBlock(block, surface, i) {
  const make = draw[block?.type];
  const type = String(block?.type ?? "unknown").replace(/[^a-z_]/g, "");
  const node = el(`div.block.block-${type.replaceAll("_", "-")}`, { "data-block-id": block?.block_id });
  try {
    node.append(make ? make(block, surface, i) : el("span.unsupported", null, `This ${type} block cannot be shown here.`));
  } catch (err) {
    console.error("block", block, err);
    node.append(el("span.unsupported", null, "This block could not be shown."));
  }
  return node;
}

function header(block) {
  return el(`h${Math.min(4, 2 + (block.level ?? 1))}.header-text`, null, plainText(block.text));
}

function section(block, surface) {
  const fields =
    Array.isArray(block.fields) && block.fields.length
      ? el(
          "div.fields",
          null,
          block.fields.map((f) => el("div.field", null, textObject(f, surface.names))),
        )
      : null;
  const text = block.text ? el("div.section-text", null, textObject(block.text, surface.names)) : null;
  const extra = block.accessory ? el("div.accessory", null, element(block.accessory, block, surface)) : null;
  return fragment(el("div.section-body", null, text, fields), extra);
}

function context(block, { names }) {
  return fragment(
    (block.elements ?? []).map((e) =>
      e.type === "image"
        ? el("img.context-image", { src: e.image_url, alt: e.alt_text })
        : el("span.context-text", null, textObject(e, names)),
    ),
  );
}

function actions(block, surface) {
  return elements(block.elements, block, surface);
}

function divider() {
  return el("hr");
}

function image(block) {
  return el(
    "figure.image",
    null,
    block.title && el("figcaption", null, plainText(block.title)),
    el("img", { src: block.image_url ?? block.slack_file?.url, alt: block.alt_text ?? "", loading: "lazy" }),
  );
}

function input(block, surface) {
  const control = element(block.element, block, surface);
  const notes = uniqueId("notes");
  const hint = block.hint && el("div.hint", null, plainText(block.hint));
  control?.setAttribute?.("aria-describedby", notes);
  const name = [plainText(block.label), block.optional && el("span.optional", null, " (optional)")];
  return el(
    "div.input-row",
    null,
    el(
      "label.label",
      { for: control?.dataset?.fieldId, onclick: () => control?.matches("div.select") && control.click() },
      name,
    ),
    control,
    el("div", { id: notes }, el("div.field-error", { role: "alert", "data-testid": "field-error" }), hint),
  );
}

function alert(block, { names }) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
  return el(
    `div.alert.alert-${level}`,
    { role: "note" },
    icon(level === "default" ? "info" : level, 20),
    el("div", null, textObject(block.text, names)),
  );
}

function card(block, surface) {
  const { names } = surface;
  const text = (name, object) => object && el(`div.card-${name}`, null, textObject(object, names));
  return el(
    "div.card",
    null,
    block.hero_image && el("img.card-hero", { src: block.hero_image.image_url, alt: block.hero_image.alt_text }),
    el(
      "div.card-head",
      null,
      block.icon && el("img.card-icon", { src: block.icon.image_url, alt: block.icon.alt_text }),
      el("div", null, text("title", block.title), text("subtitle", block.subtitle)),
    ),
    text("body", block.body),
    block.actions?.length ? el("div.card-actions", null, elements(block.actions, block, surface)) : null,
    text("subtext", block.subtext),
  );
}

function carousel(block, surface) {
  const track = el(
    "div.carousel-track",
    { tabindex: 0, role: "group", "aria-label": "Cards" },
    (block.elements ?? []).map((c) => card({ ...c, block_id: c.block_id ?? block.block_id }, surface)),
  );
  const move = (way) => () => track.scrollBy({ left: way * track.clientWidth * 0.8, behavior: "smooth" });
  return el(
    "div.carousel",
    null,
    track,
    el(
      "button.carousel-move.carousel-back",
      { type: "button", "aria-label": "Previous cards", onclick: move(-1) },
      icon("back"),
    ),
    el("button.carousel-move.carousel-next", { type: "button", "aria-label": "Next cards", onclick: move(1) }, icon("forward")),
  );
}

function container(block, surface) {
  const { names } = surface;
  const title = block.rich_text_title ? richText(block.rich_text_title, names) : plainText(block.title);
  const head = [
    block.icon && el("img.card-icon", { src: block.icon.image_url, alt: block.icon.alt_text }),
    el(
      "div",
      null,
      el("div.container-title", null, title),
      block.subtitle && el("div.container-subtitle", null, textObject(block.subtitle, names)),
    ),
  ];
  const body = el("div.container-body");
  showBlocks(body, block.child_blocks, surface);
  if (!block.is_collapsible)
    return el(
      `section.container${block.has_header_divider ? ".container-ruled" : ""}`,
      null,
      el("div.container-head", null, head),
      body,
    );
  return el(
    "details.container",
    { open: !block.default_collapsed },
    el("summary.container-head", null, head, icon("caret")),
    body,
  );
}

function file(block) {
  return el(
    "div.file",
    null,
    el("span.file-icon", null, icon("file", 22)),
    el("span.file-name", null, block.title ?? block.external_id ?? "File"),
  );
}

function video(block, { names }) {
  return el(
    "div.video",
    null,
    el("div.video-title", null, block.title_url ? link(block.title_url, plainText(block.title)) : plainText(block.title)),
    block.description && el("div", null, textObject(block.description, names)),
    el("div.video-thumb", null, icon("play", 28), link(block.video_url, block.alt_text || "Play")),
  );
}
