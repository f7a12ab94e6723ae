// The data_visualization block, drawn as inline SVG: bars, lines, areas and pies. Colour never says anything alone: every mark
// has a title, and the legend and the axes carry the words.

import { el, svg } from "./dom.js";

const width = 560;
const height = 240;
const pad = { left: 44, right: 12, top: 12 };

/** chart renders a data_visualization block. */
export function chart(block) {
  const spec = block.chart ?? {};
  const draw = { pie, bar, line, area }[spec.type];
  const series = spec.type === "pie" ? (spec.segments ?? []).map((s) => s.label) : (spec.series ?? []).map((s) => s.name);
  return el(
    "figure.chart",
    null,
    el("figcaption", null, block.title ?? ""),
    draw
      ? draw(spec, `${block.title ?? "Chart"}: ${summary(spec)}`)
      : el("div.unsupported", null, "This chart cannot be shown here."),
    (series.length > 1 || spec.type === "pie") && legend(series, spec),
  );
}

function summary(spec) {
  if (spec.type === "pie") return (spec.segments ?? []).map((s) => `${s.label} ${s.value}`).join(", ");
  return (spec.series ?? [])
    .map((s) => `${s.name}: ${(s.data ?? []).map((p) => `${p.label} ${p.value}`).join(", ")}`)
    .join("; ");
}

function legend(names, spec) {
  const total = (spec.segments ?? []).reduce((sum, s) => sum + s.value, 0);
  const share = (i) =>
    spec.type === "pie" && total
      ? ` ${number(spec.segments[i].value)} (${Math.round((100 * spec.segments[i].value) / total)} %)`
      : "";
  return el(
    "ul.legend",
    null,
    names.map((name, i) => el("li", null, el(`span.swatch.c${i % 12}`), name + share(i))),
  );
}

function pie(spec, label) {
  const segments = (spec.segments ?? []).filter((s) => s.value > 0);
  const total = segments.reduce((sum, s) => sum + s.value, 0);
  const [cx, cy, r, hole] = [width / 2, height / 2, 104, 58];
  let turned = 0;
  const slices = segments.map((s) => {
    const i = spec.segments.indexOf(s);
    const from = turned;
    turned += s.value / total;
    return svg(
      "path",
      { class: `fill c${i % 12}`, d: ring(cx, cy, r, hole, from, turned) },
      svg("title", null, `${s.label}: ${number(s.value)}`),
    );
  });
  return frame(label, slices, svg("text", { x: cx, y: cy + 6, class: "pie-total" }, number(total)));
}

function ring(cx, cy, r, hole, from, to) {
  const end = Math.min(to, from + 0.99999); // a whole circle needs two different ends
  const at = (share, radius) => {
    const angle = 2 * Math.PI * share - Math.PI / 2;
    return `${(cx + radius * Math.cos(angle)).toFixed(2)} ${(cy + radius * Math.sin(angle)).toFixed(2)}`;
  };
  const large = end - from > 0.5 ? 1 : 0;
  return `M${at(from, r)}A${r} ${r} 0 ${large} 1 ${at(end, r)}L${at(end, hole)}A${hole} ${hole} 0 ${large} 0 ${at(from, hole)}Z`;
}

function bar(spec, label) {
  const plane = new Plane(spec);
  const slot = plane.slot;
  const each = Math.min(48, (slot * 0.7) / spec.series.length);
  const bars = spec.series.flatMap((s, n) =>
    plane.points(s).map(({ i, value, title }) => {
      const x = plane.x(i) - (each * spec.series.length) / 2 + n * each;
      const [top, bottom] = [plane.y(Math.max(value, 0)), plane.y(Math.min(value, 0))];
      return svg(
        "rect",
        { class: `fill c${n % 12}`, x, y: top, width: Math.max(each - 2, 1), height: Math.max(bottom - top, 1), rx: 2 },
        svg("title", null, title),
      );
    }),
  );
  return frame(label, plane.axes(), bars);
}

function line(spec, label) {
  const plane = new Plane(spec);
  return frame(
    label,
    plane.axes(),
    spec.series.map((s, n) => strokeAndDots(plane, s, n)),
  );
}

function area(spec, label) {
  const plane = new Plane(spec);
  return frame(
    label,
    plane.axes(),
    spec.series.map((s, n) => {
      const points = plane.points(s);
      if (!points.length) return null;
      const floor = plane.y(Math.max(plane.low, 0));
      const d = `${path(plane, points)}L${plane.x(points.at(-1).i)} ${floor}L${plane.x(points[0].i)} ${floor}Z`;
      return [svg("path", { class: `fill area c${n % 12}`, d }), strokeAndDots(plane, s, n)];
    }),
  );
}

function strokeAndDots(plane, series, n) {
  const points = plane.points(series);
  return [
    svg("path", { class: `stroke c${n % 12}`, d: path(plane, points) }),
    points.map(({ i, value, title }) =>
      svg("circle", { class: `fill c${n % 12}`, cx: plane.x(i), cy: plane.y(value), r: 3.5 }, svg("title", null, title)),
    ),
  ];
}

function path(plane, points) {
  return points.map(({ i, value }, n) => `${n ? "L" : "M"}${plane.x(i).toFixed(1)} ${plane.y(value).toFixed(1)}`).join("");
}

// Plane maps categories and values to places in the drawing.
class Plane {
  constructor({ series = [], axis_config: axis = {} }) {
    this.axis = axis;
    this.narrow = matchMedia("(max-width: 600px)").matches;
    this.categories = axis.categories ?? (series[0]?.data ?? []).map((p) => p.label);
    const values = series.flatMap((s) => (s.data ?? []).map((p) => p.value));
    this.step = niceStep((Math.max(0, ...values) - Math.min(0, ...values)) / 4);
    if (values.every(Number.isInteger)) this.step = Math.max(1, this.step); // there is no half a threat
    this.low = Math.floor(Math.min(0, ...values) / this.step) * this.step;
    this.high = Math.max(Math.ceil(Math.max(0, ...values) / this.step) * this.step, this.low + this.step);
    this.bottom = height - 22 - (axis.x_label ? 20 : 0);
    this.left = pad.left + (axis.y_label ? 16 : 0);
    this.slot = (width - this.left - pad.right) / Math.max(1, this.categories.length);
  }

  x(i) {
    return this.left + this.slot * (i + 0.5);
  }

  y(value) {
    return this.bottom - ((value - this.low) / (this.high - this.low)) * (this.bottom - pad.top);
  }

  points(series) {
    return (series.data ?? [])
      .map((p) => ({
        i: this.categories.indexOf(p.label),
        value: p.value,
        title: `${series.name}, ${p.label}: ${number(p.value)}`,
      }))
      .filter((p) => p.i >= 0)
      .sort((a, b) => a.i - b.i);
  }

  axes() {
    const marks = [];
    for (let v = this.low; v <= this.high + this.step / 2; v += this.step) marks.push(v);
    return [
      marks.map((v) => [
        svg("line", { class: v === 0 ? "axis" : "grid", x1: this.left, x2: width - pad.right, y1: this.y(v), y2: this.y(v) }),
        svg("text", { class: "tick", x: this.left - 6, y: this.y(v) + 4, "text-anchor": "end" }, number(v)),
      ]),
      this.names(),
      this.labels(),
    ];
  }

  names() {
    const every = Math.ceil(this.longest() / this.slot);
    const half = this.longest() / 2;
    const inside = (x) => Math.min(x, width - half); // the last one must not leave the picture
    return this.categories.map(
      (name, i) =>
        i % every === 0 && svg("text", { class: "tick", x: inside(this.x(i)), y: this.bottom + (this.narrow ? 20 : 16), "text-anchor": "middle" }, name),
    );
  }

  longest() {
    const letter = this.narrow ? 10 : 6.5; // as blockkit.css sets them
    return Math.max(...this.categories.map((name) => name.length * letter + 8), 1);
  }

  labels() {
    const { x_label: x, y_label: y } = this.axis;
    const middle = (pad.top + this.bottom) / 2;
    return [
      x && svg("text", { class: "axis-label", x: (this.left + width) / 2, y: height - 6, "text-anchor": "middle" }, x),
      y &&
        svg(
          "text",
          { class: "axis-label", x: 12, y: middle, "text-anchor": "middle", transform: `rotate(-90 12 ${middle})` },
          y,
        ),
    ];
  }
}

function niceStep(rough) {
  if (!(rough > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].find((n) => n * size >= rough) * size;
}

function number(n) {
  return Number(n.toFixed(6)).toLocaleString("en-US", { notation: Math.abs(n) >= 100_000 ? "compact" : "standard" });
}

function frame(label, ...inside) {
  return el(
    "div.plot-box",
    { tabindex: 0 },
    svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...inside),
  );
}
