// Entry size: prints what a browser loads before the first page, gzipped, and fails above the budget of 250 kB.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import process from "node:process";

const folder = new URL("../../src/maestro/web_dist/", import.meta.url);
const html = readFileSync(new URL("index.html", folder), "utf8");
const names = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
const sizes = names.map((name) => [name, gzipSync(readFileSync(new URL(name, folder))).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0) / 1000;
for (const [name, size] of sizes) process.stderr.write(`${(size / 1000).toFixed(1).padStart(8)} kB  ${name}\n`);
process.stdout.write(`${JSON.stringify({ web_entry_gzip_kb: Number(total.toFixed(1)), budget_kb: 250 })}\n`);
process.exit(total > 250 ? 1 : 0);
