// The page's own small drawings, so that it looks alike on every machine and needs no network. Stroke icons on a 20 by 20 grid.

import { svg } from "./dom.js";

const paths = {
  hash: "M7.5 3 6 17M14 3l-1.5 14M3.5 7.2h13.5M3 12.8h13.5",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  caret: "m6 8 4 4 4-4",
  close: "m5 5 10 10M15 5 5 15",
  back: "M12 4 6 10l6 6",
  forward: "m8 4 6 6-6 6",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  send: "M3.5 10.2 3 4l14 6-14 6 .5-5.8zm0 0H10",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zm0 0v1.2a2 2 0 0 0 4 0V10a7 7 0 1 0-3 5.8",
  slash: "M5 3h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zm7 3.5-4 7",
  thread:
    "M4 4h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 14h-5l-4 3.2V14H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 4zM6 7.6h8M6 10.5h5",
  eye: "M2.5 10S5.3 5 10 5s7.5 5 7.5 5-2.8 5-7.5 5-7.5-5-7.5-5zM12.2 10a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0z",
  dots: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  file: "M5 2.5h6.5L15 6v11.5H5zM11.5 2.5V6H15M7.5 10h5M7.5 13h5",
  download: "M10 3v9m-3.5-3.5L10 12l3.5-3.5M4 16.5h12",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  down: "M10 4v11.5m-5-5 5 5 5-5",
  search: "M13 8.5a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0zm-1.3 3.2L16.5 16.5",
  info: "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0zM10 9.5V14M10 6.5v.01",
  warning: "M10 3 2.5 16.5h15zM10 8.5v4M10 14.5v.01",
  error: "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0zm-9.5-2.5 5 5m0-5-5 5",
  success: "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0zm-10 .3 2.2 2.2L13.2 8",
  shield: "M10 2.5 16 5v4.5c0 4-2.6 6.6-6 8-3.4-1.4-6-4-6-8V5z",
  bold: "M6 4h4.8a2.9 2.9 0 0 1 0 5.8H6zm0 5.8h5.5a3.1 3.1 0 0 1 0 6.2H6z",
  italic: "M8.5 4h5M6.5 16h5m0-12-3 12",
  strike:
    "M3.5 10h13M13.5 6.5C13 5 11.7 4.2 10 4.2c-2 0-3.5 1-3.5 2.7 0 1 .5 1.7 1.5 2.2m5.2 1.9c.5.5.8 1.1.8 1.9 0 1.8-1.7 2.9-3.9 2.9-2 0-3.5-.9-4-2.5",
  code: "M7 6 3 10l4 4m6-8 4 4-4 4",
  quote: "M4 4v12M8 6h8M8 10h8M8 14h5",
  list: "M4 5.5h.01M4 10h.01M4 14.5h.01M8 5.5h8.5M8 10h8.5M8 14.5h8.5",
  trash: "M4 6h12M8 6V4h4v2m-6.5 0 .7 10.5h7.6L14.5 6",
  play: "M6 4v12l10-6z",
  switch: "M4 7h11l-3-3m4 9H5l3 3",
  sort: "m6.5 8 3.5-4 3.5 4m-7 4 3.5 4 3.5-4",
};

/** icon draws one of the page's icons; it is decoration, the element around it carries the name. */
export function icon(name, size = 18) {
  return svg(
    "svg",
    {
      class: `icon icon-${name}`,
      width: size,
      height: size,
      viewBox: "0 0 20 20",
      "aria-hidden": "true",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": name === "dots" ? 2.6 : 1.6,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    },
    svg("path", { d: paths[name] ?? paths.info }),
  );
}
