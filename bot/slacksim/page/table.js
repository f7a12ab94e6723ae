// The two tables of Block Kit: `table`, as it was written, and `data_table`, with a caption, pages and columns to sort by.
// A wide table scrolls in its own box; the page never moves sideways.

import { el, fragment } from "./dom.js";
import { element } from "./elements.js";
import { icon } from "./icons.js";
import { richText } from "./richtext.js";

/** table renders a table block. */
export function table(block, surface) {
  const rows = block.rows ?? [];
  const cell = (tag, c, i) => {
    const { align = "left", is_wrapped: wrapped } = block.column_settings?.[i] ?? {};
    const classes = `.align-${align}${wrapped ? ".wrapped" : ""}`;
    return withTitle(el(tag + classes, { scope: tag === "th" ? "col" : null }, cellContent(c, surface, block)));
  };
  const line = (tag, row) =>
    el(
      "tr",
      null,
      (row ?? []).map((c, i) => cell(tag, c, i)),
    );
  return scrollBox(
    "Table",
    el(
      "table.table",
      null,
      el(
        "thead",
        null,
        rows.slice(0, 1).map((row) => line("th", row)),
      ),
      el(
        "tbody",
        null,
        rows.slice(1).map((row) => line("td", row)),
      ),
    ),
  );
}

/** dataTable renders a data_table block. */
export function dataTable(block, surface) {
  return new DataTable(block, surface).node;
}

class DataTable {
  constructor(block, surface) {
    this.block = block;
    this.surface = surface;
    [this.head = [], ...this.rows] = block.rows ?? [];
    this.size = block.page_size ?? 5;
    this.page = 0;
    this.sort = null; // {column, step} with step 1 (up) or -1 (down)
    this.body = el("tbody");
    this.heads = this.head.map((cell, i) => this.header(cell, i));
    this.pager = el("div.pager");
    this.node = el(
      "figure.data-table",
      null,
      el("figcaption", null, block.caption ?? ""),
      scrollBox(block.caption, el("table.table", null, el("thead", null, el("tr", null, this.heads)), this.body)),
      this.pager,
    );
    this.show();
  }

  header(cell, i) {
    const align = this.isNumeric(i) ? "right" : "left";
    return el(
      `th.align-${align}`,
      { scope: "col", "aria-sort": "none" },
      el(
        "button.sort",
        { type: "button", onclick: () => this.sortBy(i) },
        el("span", null, cell?.text ?? ""),
        icon("sort", 14),
      ),
    );
  }

  isNumeric(column) {
    return this.rows.length > 0 && this.rows.every((row) => row[column]?.type === "raw_number");
  }

  sortBy(column) {
    const next = { 0: 1, 1: -1, "-1": 0 }[this.sort?.column === column ? this.sort.step : 0];
    this.sort = next ? { column, step: next } : null;
    this.page = 0;
    this.heads.forEach((th, i) => {
      const step = this.sort?.column === i ? this.sort.step : 0;
      th.setAttribute("aria-sort", { 1: "ascending", "-1": "descending", 0: "none" }[step]);
    });
    this.show();
  }

  sorted() {
    if (!this.sort) return this.rows;
    const { column, step } = this.sort;
    const numeric = this.isNumeric(column);
    const key = (row) => (numeric ? row[column].value : cellText(row[column]));
    const order = (a, b) => (numeric ? a - b : a.localeCompare(b));
    return [...this.rows].sort((a, b) => step * order(key(a), key(b)));
  }

  show() {
    const from = this.page * this.size;
    const named = this.block.row_header_column_index ?? 0;
    this.body.replaceChildren(
      ...this.sorted()
        .slice(from, from + this.size)
        .map((row) =>
          el(
            "tr",
            null,
            row.map((c, i) =>
              withTitle(
                el(
                  `${i === named ? "th" : "td"}.align-${this.isNumeric(i) ? "right" : "left"}`,
                  { scope: i === named ? "row" : null },
                  cellContent(c, this.surface, this.block),
                ),
              ),
            ),
          ),
        ),
    );
    this.pager.replaceChildren(this.rows.length > this.size ? this.pages(from) : "");
  }

  pages(from) {
    const last = Math.ceil(this.rows.length / this.size) - 1;
    const step = (by, label, name) =>
      el(
        "button.icon-btn",
        {
          type: "button",
          "aria-label": label,
          disabled: this.page + by < 0 || this.page + by > last,
          onclick: () => {
            this.page += by;
            this.show();
          },
        },
        icon(name, 16),
      );
    const to = Math.min(from + this.size, this.rows.length);
    return fragment(
      el("span", { role: "status" }, `${from + 1}–${to} of ${this.rows.length}`),
      step(-1, "Previous page", "back"),
      step(1, "Next page", "forward"),
    );
  }
}

// withTitle lets the pointer read a text that its column cuts off.
function withTitle(cell) {
  if (cell.textContent.length > 30) cell.title = cell.textContent;
  return cell;
}

function scrollBox(label, inside) {
  return el("div.table-scroll", { tabindex: 0, role: "region", "aria-label": label || "Table" }, inside);
}

function cellContent(cell, surface, block) {
  if (!cell) return "";
  if (cell.type === "rich_text") return richText(cell, surface.names);
  if (cell.type === "action_cell") return element(cell.element, block, surface);
  return cellText(cell);
}

function cellText(cell) {
  if (!cell) return "";
  if (cell.text !== undefined) return String(cell.text);
  if (cell.value !== undefined) return Number(cell.value).toLocaleString();
  return flatText(cell.elements ?? cell.element?.text);
}

function flatText(part) {
  if (Array.isArray(part)) return part.map(flatText).join("");
  return part?.text ?? (part?.elements ? flatText(part.elements) : (part?.name ?? ""));
}
