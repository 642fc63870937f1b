// Looks at every page of the built book in Chromium:
//   node check.js [folder of the book, default target/book]
// Prints a line for each page and check; screenshots of failing pages go to target/browser/.

import { mkdirSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

import { axeViolations } from "./axe.js";
import { each, launch, phone, visit } from "./browser.js";
import * as inspect from "./inspect.js";
import { conclude, report } from "./report.js";
import { fileOf, files, repository, serve } from "./site.js";

const SMALLEST_LETTERS = 9;
/** Of the pages that show a file of code, all in the same frame, these many are looked at as chapters are. */
const LONGEST_CODE = 12;

const folder = resolve(process.argv[2] ?? join(repository, "target/book"));
const shots = join(repository, "target/browser");
rmSync(shots, { recursive: true, force: true });
mkdirSync(shots, { recursive: true });

const site = await serve(folder);
const browser = await launch();
const pages = files(folder).filter((file) => file.endsWith(".html"));
// What each page says of itself: its themes, its words, its addresses with scripts and without.
const documents = new Map(pages.map((page) => [page, {}]));
const alike = new Set(longestFirst(pages).filter(isCode).slice(LONGEST_CODE));

try {
  await each(longestFirst(pages), checkPage);
  for (const page of pages) {
    report(page, "ids", repeatedIds(page));
    report(page, "links", brokenLinks(page));
  }
  await checkSearch();
} finally {
  await browser.close();
  site.close();
}
conclude();

async function checkPage(page) {
  const url = `${site.origin}/${page}`;
  const own = documents.get(page);
  if (alike.has(page)) {
    await look(page, "as it opens", url, {}, async (tab) => {
      own.scripted = own.plain = await tab.evaluate(inspect.addresses);
      return await narrow(tab);
    });
    return;
  }
  await look(page, "as it opens", url, {}, async (tab) => {
    own.themes = await tab.evaluate(inspect.themes);
    own.shown = await tab.evaluate(inspect.readable);
    own.scripted = await tab.evaluate(inspect.addresses);
    // mdBook shows this one in the sidebar when scripts are off: it has no menu and no main text.
    if (page === "toc.html") return {};
    const accessible = { [`accessible in the ${own.themes.shown} theme`]: await axeViolations(tab) };
    return isCode(page) ? { ...accessible, ...(await otherwise(own, tab)) } : accessible;
  });
  await look(page, "scripts off", url, { viewport: phone, scripts: false }, async (tab) => {
    own.plain = await tab.evaluate(inspect.addresses);
    if (page === "toc.html") return {};
    return {
      readable: await missingWithoutScripts(own, tab),
      width: await tab.evaluate(inspect.overflow),
    };
  });
  if (page === "toc.html") return;
  if (!isCode(page)) {
    for (const theme of otherThemes(own)) {
      await look(page, `${theme} theme`, url, { theme }, async (tab) => ({
        accessible: await axeViolations(tab),
      }));
    }
    await look(page, `${phone.width} px`, url, { viewport: phone }, onPhone);
  }
  // The page for missing pages has a <base>, a server's root.
  if (page === "404.html") return;
  await look(page, "from a file", pathToFileURL(join(folder, page)).href, {}, async () => ({}));
}

function isCode(page) {
  return page.startsWith("code/");
}

/** What else is asked of a page that is open: the other themes, from its menu, and a phone's width. */
async function otherwise(own, tab) {
  const answers = {};
  for (const theme of otherThemes(own)) {
    await tab.evaluate(inspect.choose, theme);
    answers[`accessible in the ${theme} theme`] = await axeViolations(tab);
  }
  return { ...answers, ...(await narrow(tab)) };
}

/** What is asked of an open page at a phone's width. */
async function narrow(tab) {
  await tab.setViewportSize(phone);
  const found = Object.entries(await onPhone(tab));
  return Object.fromEntries(found.map(([check, problems]) => [`${check} at ${phone.width} px`, problems]));
}

function otherThemes({ themes }) {
  return themes.offered.filter((theme) => theme !== themes.shown);
}

async function onPhone(tab) {
  return {
    width: await tab.evaluate(inspect.overflow),
    pictures: await tab.evaluate(inspect.figures, SMALLEST_LETTERS),
  };
}

/** So that no long page is left to the end, when nothing else is to be done. */
function longestFirst(pages) {
  const size = (page) => statSync(join(folder, page)).size;
  return pages.toSorted((one, other) => size(other) - size(one));
}

/** Visits a page, and reports what questions put to it find and whether it was silent. */
async function look(page, how, url, options, ask) {
  await visit(browser, url, options, async (tab, troubles) => {
    const answers = { ...(await ask(tab)), silent: troubles };
    const sound = Object.entries(answers).map(([check, found]) => report(page, `${how}, ${check}`, found));
    if (!sound.every(Boolean)) {
      const name = `${page}-${how}`.replaceAll(/[^\w.-]+/g, "-");
      await tab.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
    }
  });
}

function repeatedIds(page) {
  const { scripted, plain } = documents.get(page);
  const repeated = (ids) => ids.filter((id, index) => ids.indexOf(id) !== index);
  return [...new Set([...repeated(scripted.ids), ...repeated(plain.ids)])].map((id) => `id "${id}" twice`);
}

function brokenLinks(page) {
  const { scripted, plain } = documents.get(page);
  const problems = [...scripted.references, ...plain.references].map((reference) => {
    if (reference.value.startsWith("#")) return problemInside(reference, idsOf(page));
    return problemAt(reference, scripted.base);
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
  const page = relative(folder, file).split(sep).join("/");
  if (!documents.has(page)) return undefined;
  return problemInside({ value: target.hash }, idsOf(page)) && `"${value}" leads to no anchor`;
}

function idsOf(page) {
  const { scripted, plain } = documents.get(page);
  return [...scripted.ids, ...plain.ids];
}

/** Only a reader's click may lead to another host, and never to this machine. */
function problemElsewhere(target, tag) {
  const clicked = tag === "a" && ["http:", "https:"].includes(target.protocol);
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(target.hostname);
  return clicked && !local ? undefined : `<${tag}> with "${target.href}"`;
}

/** With scripts off nothing may be lost but the buttons that scripts add to code blocks. */
async function missingWithoutScripts({ shown }, tab) {
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
  await each([["served", served], ["from a file", filed]], ([how, url]) =>
    look("index.html", how, url, {}, async (tab) => ({ search: await searched(tab) })),
  );
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
