// What .github/pages makes of each answer of GitHub, with a `gh` that gives it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const script = join(dirname(fileURLToPath(import.meta.url)), "../../.github/pages");

/** Runs the script where `gh` does `answer`, a line of shell; returns how it ended and what it wrote. */
function asked(answer) {
  const folder = mkdtempSync(join(tmpdir(), "pages-"));
  try {
    const [output, summary] = ["output", "summary"].map((name) => join(folder, name));
    for (const file of [output, summary]) writeFileSync(file, "");
    const asks = '[[ "$*" == "api repos/reader/trainable/pages --jq .build_type" ]] || exit 9';
    writeFileSync(join(folder, "gh"), `#!/usr/bin/env bash\n${asks}\n${answer}\n`, { mode: 0o755 });
    const { status, stderr } = spawnSync(script, {
      encoding: "utf8",
      env: {
        PATH: `${folder}:${process.env.PATH}`,
        GITHUB_OUTPUT: output,
        GITHUB_REPOSITORY: "reader/trainable",
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_WORKFLOW: "Book and exercises",
      },
    });
    return { status, stderr, output: readFileSync(output, "utf8"), summary: readFileSync(summary, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("Pages of a workflow: nothing to say", () => {
  const { status, output, summary } = asked("echo workflow");
  assert.deepEqual([status, output, summary], [0, "source=workflow\n", ""]);
});

for (const [pages, answer, source] of [
  ["no Pages", `echo '{"message":"Not Found"}'; echo 'gh: Not Found (HTTP 404)' >&2; exit 1`, "off"],
  ["Pages of a branch", "echo legacy", "legacy"],
]) {
  test(`${pages}: how to switch them on`, () => {
    const { status, output, summary } = asked(answer);
    assert.equal(status, 0);
    assert.equal(output, `source=${source}\n`);
    assert.match(summary, /\(https:\/\/github.com\/reader\/trainable\/settings\/pages\)/);
    assert.match(summary, /set \*Source\* to \*\*GitHub Actions\*\*/);
    assert.match(summary, /Actions → Book and exercises → Run workflow/);
  });
}

test("no answer: the step fails with what GitHub said", () => {
  const { status, stderr, output, summary } = asked("echo 'gh: Server Error (HTTP 502)' >&2; exit 1");
  assert.deepEqual([status, output, summary], [1, "", ""]);
  assert.match(stderr, /HTTP 502/);
});
