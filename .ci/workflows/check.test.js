// The check passes the workflow as it is, and refuses it with any one of these faults.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "../../.github");
const book = "workflows/book.yml";

/** What each fault replaces in a file, with what, and what the check then says. */
const faults = {
  "an unknown key": [book, "timeout-minutes: 20", "time-out: 20", /unexpected key "time-out"/],
  "an unknown property": [book, "github.ref_name", "github.ref_nam", /property "ref_nam" is not defined/],
  "an unknown job": [book, "needs: [pages, book]", "needs: [pages, books]", /needs job "books"/],
  "an unknown step": [book, "steps.ask.", "steps.asked.", /property "asked" is not defined/],
  "an unknown runner": [book, "ubuntu-24.04", "ubuntu-2404", /label "ubuntu-2404" is unknown/],
  "a tag for a commit": [book, /checkout@\S+/, "checkout@v7", /unpinned-uses/],
  "credentials left behind": [book, "persist-credentials: false", "fetch-depth: 1", /artipacked/],
  "too many permissions": [book, "permissions: {}", "permissions: write-all", /excessive-permissions/],
  "a script from outside": [book, "cargo test", "echo ${{ github.head_ref }}", /template-injection/],
  "a variable without quotes": ["pages", 'cat "$trouble"', "cat $trouble", /SC2086/],
};

/** Runs the check on a copy of the workflows that `change` has changed. */
async function checked(change) {
  const root = await mkdtemp(join(tmpdir(), "workflows-"));
  try {
    const copy = join(root, ".github");
    await cp(folder, copy, { recursive: true });
    await change(copy);
    return await run(join(here, "check"), root);
  } finally {
    await rm(root, { recursive: true });
  }
}

function run(...command) {
  return new Promise((done) => {
    const child = spawn(command[0], command.slice(1));
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
    child.on("close", (status) => done({ status, said }));
  });
}

test("the workflow as it is", async () => {
  const { status, said } = await checked(() => {});
  assert.equal(status, 0, said);
});

test("no workflow at all", async () => {
  const { status, said } = await checked((copy) => rm(join(copy, "workflows"), { recursive: true }));
  assert.equal(status, 1);
  assert.match(said, /expected .github\/workflows\/\*.yml, got none/);
});

for (const [fault, [file, part, other, says]] of Object.entries(faults)) {
  test(fault, async () => {
    const { status, said } = await checked(async (copy) => {
      const text = await readFile(join(copy, file), "utf8");
      const changed = text.replace(part, () => other);
      assert.notEqual(changed, text, `nothing to replace in ${file}`);
      await writeFile(join(copy, file), changed);
    });
    assert.equal(status, 1, said);
    assert.match(said, says);
  });
}
