// The check finds each fault of broken/index.html and broken/code/faults.html, and none in broken/fine.html.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { status, stdout } = spawnSync(
  process.execPath,
  [join(here, "check.js"), join(here, "broken")],
  { encoding: "utf8" },
);
const lines = stdout.trim().split("\n");

/** What was found by a check of a broken page. */
function found(check, page = "index.html") {
  const start = lines.indexOf(`FAILED ${page}: ${check}`);
  assert.notEqual(start, -1, `${check} did not fail:\n${stdout}`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith("         "));
  return rest.slice(0, end).map((line) => line.trim()).join("\n");
}

test("a page without a fault passes every check", () => {
  const fine = lines.filter((line) => line.includes(" fine.html: "));
  assert.equal(fine.length, 11, stdout);
  assert.ok(fine.every((line) => line.startsWith("ok ")), stdout);
});

test("faults end in a summary and an exit code", () => {
  assert.equal(status, 1);
  assert.match(lines.at(-1), /^\d+ passed, \d+ failed$/);
});

test("links, anchors and ids", () => {
  assert.match(found("ids"), /id "here" twice/);
  const links = found("links");
  assert.match(links, /"#nowhere" leads to no anchor/);
  assert.match(links, /"fine.html#nowhere" leads to no anchor/);
  assert.match(links, /"missing.html" leads to no file/);
  assert.match(links, /"missing.png" leads to no file/);
  assert.match(links, /<a> with "http:\/\/localhost:1\/"/);
  assert.match(links, /<script> with "https:\/\/example.org\/counter.js"/);
});

test("whatever a page says or asks for", () => {
  const troubles = found("as it opens, silent");
  assert.match(troubles, /request to another host: https:\/\/example.org\/counter.js/);
  assert.match(troubles, /status 404: .*missing.png/);
  assert.match(troubles, /console warning: a warning/);
  assert.match(troubles, /exception: an exception/);
  assert.match(found("from a file, silent"), /failed request: .*missing.png/);
});

test("what cannot be read", () => {
  assert.match(found("navy theme, accessible"), /axe color-contrast/);
  assert.match(found("390 px, width"), /<div#wide> from 8 to 508 px/);
  const pictures = found("390 px, pictures");
  assert.match(pictures, /no role=img/);
  assert.match(pictures, /no alternative text/);
  assert.match(pictures, /letters of 2.0 px, expected at least 9 px/);
  assert.match(pictures, /"A missing picture": not loaded/);
  assert.match(pictures, /figure 1: no caption/);
  assert.match(found("scripts off, readable"), /words with scripts off/);
  assert.match(found("served, search"), /no result for "Faults"/);
});

test("a page of code, in the visit that opens it", () => {
  const page = "code/faults.html";
  assert.match(found("as it opens, accessible in the navy theme", page), /axe color-contrast/);
  assert.match(found("as it opens, width at 390 px", page), /<div#wide> from 8 to 508 px/);
  assert.match(found("as it opens, pictures at 390 px", page), /figure 1: no caption/);
  assert.match(found("from a file, silent", page), /console warning: a warning/);
  const sound = ["as it opens, accessible in the light theme", "scripts off, readable", "links"];
  for (const check of sound) assert.ok(lines.includes(`ok     ${page}: ${check}`), `${check}:\n${stdout}`);
});
