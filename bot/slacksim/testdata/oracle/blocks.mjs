// Has TypeScript's compiler check all that stories sent, in the folder of its first argument, against @slack/types. Each thing is checked
// for itself, as the type that its method takes.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const dir = process.argv[2];
const files = fs.readdirSync(dir).filter((f) => f.endsWith(".json")).sort();
if (files.length === 0) {
  console.error("NOT CHECKED: the stories left nothing in " + dir);
  process.exit(1);
}
// What Slack takes and this version of @slack/types does not know: the fields of these blocks stand in slack-go.
const newer = { data_visualization: 0 };
const origins = [];
let source = 'import type { KnownBlock, View } from "@slack/types";\n';
for (const file of files) {
  const sent = JSON.parse(fs.readFileSync(path.join(dir, file), "utf8"));
  const blocks = sent.blocks ?? sent.view.blocks;
  for (const block of blocks) {
    if (block.type in newer) {
      newer[block.type]++;
      continue;
    }
    source += `export const x${origins.length}: KnownBlock = ${JSON.stringify(block)};\n`;
    origins.push(`${sent.story}: ${sent.method}: ${JSON.stringify(block).slice(0, 200)}`);
  }
  if (sent.view) {
    source += `export const x${origins.length}: View = ${JSON.stringify({ ...sent.view, blocks: [] })};\n`;
    origins.push(`${sent.story}: ${sent.method}: view`);
  }
}
const name = path.join(import.meta.dirname, "sent", "all.ts");
fs.mkdirSync(path.dirname(name), { recursive: true });
fs.writeFileSync(name, source);
const tsc = spawnSync(
  "node_modules/.bin/tsc",
  ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext", "--types", "", "--pretty", "false", name],
  { cwd: import.meta.dirname, encoding: "utf8", maxBuffer: 1 << 28 },
);
for (const line of tsc.stdout.split("\n")) {
  const at = /all\.ts\((\d+),/.exec(line);
  console.log(at ? origins[Number(at[1]) - 2] + "\n  " + line : line);
}
console.error(tsc.stderr);
for (const [type, n] of Object.entries(newer)) {
  if (n > 0) console.error(`NOT CHECKED: ${n} blocks of the type ${type}, which this @slack/types does not know`);
}
console.log(`@slack/types: ${origins.length} blocks and views of ${files.length} messages, ${tsc.status === 0 ? "all as they should be" : "some are not"}`);
process.exit(tsc.status ?? 1);
