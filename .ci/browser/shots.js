// Takes a picture of every page of the built book:
//   node shots.js <folder for the pictures> [folder of the book, default target/book]
// Each page in each theme that it offers, as wide as a desktop and as a phone, and as printed.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { desktop, each, launch, phone, visit } from "./browser.js";
import * as inspect from "./inspect.js";
import { files, repository, serve } from "./site.js";

const [destination, book = join(repository, "target/book")] = process.argv.slice(2);
if (!destination) {
  console.error("expected the folder for the pictures: node shots.js FOLDER [BOOK]");
  process.exit(2);
}
const folder = resolve(book);
const shots = resolve(destination);
mkdirSync(shots, { recursive: true });

const site = await serve(folder);
const browser = await launch();
try {
  const pages = files(folder).filter((file) => file.endsWith(".html") && file !== "toc.html");
  await each(pages, shoot);
} finally {
  await browser.close();
  site.close();
}

async function shoot(page) {
  const url = `${site.origin}/${page}`;
  const { offered } = await visit(browser, url, {}, (tab) => tab.evaluate(inspect.themes));
  for (const theme of offered) {
    for (const viewport of [desktop, phone]) {
      await visit(browser, url, { viewport, theme }, (tab) => save(tab, page, `${theme}-${viewport.width}`));
    }
  }
  await visit(browser, url, {}, async (tab) => {
    await tab.emulateMedia({ media: "print" });
    await save(tab, page, "print");
  });
}

async function save(tab, page, kind) {
  const path = join(shots, `${page.replaceAll("/", "-").replace(".html", "")}-${kind}.png`);
  await tab.screenshot({ path, fullPage: true });
  console.log(path);
}
