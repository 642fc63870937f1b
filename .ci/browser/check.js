// Looks at every page of the built book in Chromium:
//   node check.js [folder of the book, default target/book]
// Prints a line for each page and check; screenshots of failing pages go to target/browser/.

import { readFileSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

import { launch, phone, visit } from "./browser.js";
import * as inspect from "./inspect.js";
import { fileOf, files, repository, serve } from "./site.js";

const SMALLEST_LETTERS = 9;
const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const folder = resolve(process.argv[2] ?? join(repository, "target/book"));
const shots = join(repository, "target/browser");
rmSync(shots, { recursive: true, force: true });
mkdirSync(shots, { recursive: true });

const tally = { passed: 0, failed: 0 };
const site = await serve(folder);
const browser = await launch();
const pages = files(folder).filter((file) => file.endsWith(".html"));
// mdBook shows this one inside the others' sidebar when scripts are off: it has no text of its own.
const whole = pages.filter((page) => page !== "toc.html");
const documents = new Map();

try {
  await checkAll();
} finally {
  await browser.close();
  site.close();
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;

async function checkAll() {
  for (const page of pages) documents.set(page, await read(page));
  for (const page of pages) {
    report(page, "ids", repeatedIds(page));
    report(page, "links", brokenLinks(page));
  }
  for (const page of whole) await checkPage(page);
  await checkSearch();
}

async function checkPage(page) {
  const url = `${site.origin}/${page}`;
  const offered = documents.get(page).themes;
  report(page, "themes", offered.length > 0 ? [] : ["the menu offers no theme"]);
  for (const theme of offered) {
    await look(page, `${theme} theme`, url, { theme }, { accessible: axeViolations });
  }
  await look(page, `${phone.width} px`, url, { viewport: phone }, {
    width: (tab) => tab.evaluate(inspect.overflow),
    pictures: (tab) => tab.evaluate(inspect.figures, SMALLEST_LETTERS),
  });
  await look(page, "scripts off", url, { scripts: false }, {
    readable: (tab) => missingWithoutScripts(page, tab),
  });
  // The page for missing pages has a <base>, a server's root.
  if (page !== "404.html") {
    await look(page, "from a file", pathToFileURL(join(folder, page)).href, {}, {});
  }
}

/** Visits a page, puts questions to it, and reports what they find and whether it was silent. */
async function look(page, how, url, options, questions) {
  await visit(browser, url, options, async (tab, troubles) => {
    let sound = true;
    for (const [check, question] of Object.entries(questions)) {
      sound = report(page, `${how}, ${check}`, await question(tab)) && sound;
    }
    sound = report(page, `${how}, silent`, troubles) && sound;
    if (!sound) {
      const name = `${page}-${how}`.replaceAll(/[^\w.-]+/g, "-");
      await tab.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
    }
  });
}

/** A page's addresses and ids with scripts on and off, and what it shows. */
async function read(page) {
  const url = `${site.origin}/${page}`;
  const scripted = await visit(browser, url, {}, async (tab) => ({
    ...(await tab.evaluate(inspect.addresses)),
    shown: await tab.evaluate(inspect.readable),
    themes: await tab.evaluate(inspect.themes),
  }));
  const plain = await visit(browser, url, { scripts: false }, (tab) =>
    tab.evaluate(inspect.addresses),
  );
  return { ...scripted, plain };
}

function repeatedIds(page) {
  const { ids, plain } = documents.get(page);
  const repeated = (ids) => ids.filter((id, index) => ids.indexOf(id) !== index);
  return [...new Set([...repeated(ids), ...repeated(plain.ids)])].map((id) => `id "${id}" twice`);
}

function brokenLinks(page) {
  const { base, references, ids, plain } = documents.get(page);
  const problems = [...references, ...plain.references].map((reference) => {
    if (reference.value.startsWith("#")) return problemInside(reference, [...ids, ...plain.ids]);
    return problemAt(reference, base);
  });
  return [...new Set(problems.filter(Boolean))];
}

/** By id alone: mdBook gives the page for missing pages a <base>, so its own anchors lead away. */
function problemInside({ value }, ids) {
  const anchor = decodeURIComponent(value.slice(1));
  return !anchor || ids.includes(anchor) ? undefined : `"${value}" leads to no anchor`;
}

function problemAt({ value, tag }, base) {
  if (!URL.canParse(value, base)) return `"${value}" is no address`;
  const target = new URL(value, base);
  if (["data:", "blob:", "mailto:"].includes(target.protocol)) return undefined;
  if (target.origin !== site.origin) return problemElsewhere(target, tag);
  const file = fileOf(folder, target.pathname);
  if (!file) return `"${value}" leads to no file`;
  const there = documents.get(relative(folder, file).split(sep).join("/"));
  const anchor = problemInside({ value: target.hash }, [...(there?.ids ?? []), ...(there?.plain.ids ?? [])]);
  return anchor && `"${value}" leads to no anchor`;
}

/** Only a reader's click may lead to another host, and never to this machine. */
function problemElsewhere(target, tag) {
  const clicked = tag === "a" && ["http:", "https:"].includes(target.protocol);
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(target.hostname);
  return clicked && !local ? undefined : `<${tag}> with "${target.href}"`;
}

async function axeViolations(tab) {
  await tab.evaluate(axe);
  const violations = await tab.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      places: nodes.map((node) => node.target.join(" ")),
    }));
  });
  return violations.map(
    ({ id, help, places }) => `axe ${id}: ${help}, at ${places.slice(0, 3).join(", ")} (${places.length} in all)`,
  );
}

/** With scripts off nothing may be lost but the buttons that scripts add to code blocks. */
async function missingWithoutScripts(page, tab) {
  const { shown } = documents.get(page);
  const seen = await tab.evaluate(inspect.readable);
  const problems = [];
  if (seen.words < shown.words || seen.words === 0) {
    problems.push(`${seen.words} words with scripts off, ${shown.words} with scripts`);
  }
  if (seen.pictures < shown.pictures) {
    problems.push(`${seen.pictures} pictures with scripts off, ${shown.pictures} with scripts`);
  }
  return problems;
}

/** The search finds the first page by its heading, served and from a file. */
async function checkSearch() {
  const served = `${site.origin}/index.html`;
  const filed = pathToFileURL(join(folder, "index.html")).href;
  await look("index.html", "served", served, {}, { search: searched });
  await look("index.html", "from a file", filed, {}, { search: searched });
}

async function searched(tab) {
  const word = (await tab.locator("main h1").first().innerText()).split(/\s+/)[0];
  await tab.locator("#mdbook-search-toggle").click();
  await tab.locator("#mdbook-searchbar").pressSequentially(word);
  const result = tab.locator("#mdbook-searchresults li").first();
  return result.waitFor({ timeout: 10_000 }).then(
    () => [],
    () => [`no result for "${word}"`],
  );
}

function report(page, check, problems) {
  const failed = problems.length > 0;
  tally[failed ? "failed" : "passed"] += 1;
  console.log(`${failed ? "FAILED" : "ok    "} ${page}: ${check}`);
  for (const problem of problems) console.log(`         ${problem}`);
  return !failed;
}
