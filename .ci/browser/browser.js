// Chromium without a window, and its pages with everything that goes wrong in them.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { chromium } from "playwright-core";

export const desktop = { width: 1200, height: 900 };
export const phone = { width: 390, height: 844 };

/** Milliseconds. */
const SETTLED = 200;

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? installed(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--hide-scrollbars",
      // No request leaves this machine; `visit` says which was tried.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
  });
}

function installed() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = process.env.PATH.split(delimiter);
  const places = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`expected one of ${names.join(", ")}, or CHROMIUM with its path`);
  return found;
}

/**
 * Opens a page in a fresh profile and gives it to `visit` with a list that fills up with what
 * should not happen: console messages, exceptions, failed requests, requests to other hosts.
 */
export async function visit(browser, url, { viewport = desktop, theme, scripts = true, motion = "reduce" }, look) {
  const context = await browser.newContext({
    viewport,
    javaScriptEnabled: scripts,
    reducedMotion: motion,
    colorScheme: "light",
  });
  // A busy machine is no trouble.
  context.setDefaultTimeout(120_000);
  const troubles = [];
  const home = new URL(url);
  context.on("request", (request) => {
    if (isElsewhere(new URL(request.url()), home)) troubles.push(`request to another host: ${request.url()}`);
  });
  await context.addInitScript((theme) => {
    // The print page opens the printer's dialog.
    window.print = () => {};
    try {
      if (theme) localStorage.setItem("mdbook-theme", theme);
    } catch {
      // A page from the file system may have no storage.
    }
  }, theme);
  const page = await context.newPage();
  page.on("console", (message) => troubles.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(`exception: ${error.message}`));
  page.on("requestfailed", (request) => {
    troubles.push(`failed request: ${request.url()} (${request.failure()?.errorText})`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) troubles.push(`status ${response.status()}: ${response.url()}`);
  });
  try {
    await page.goto(url, { waitUntil: "load" });
    await page.evaluate(() => document.fonts.ready.then(() => true));
    // What scripts ask for after the page has loaded shows up a little later.
    await page.waitForTimeout(SETTLED);
    return await look(page, troubles);
  } finally {
    await context.close();
  }
}

/** Does something with each item, a few at a time: most of a visit is waiting. */
export async function each(items, work) {
  const rest = [...items];
  const worker = async () => {
    while (rest.length > 0) await work(rest.shift());
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

function isElsewhere(target, home) {
  if (["data:", "blob:"].includes(target.protocol)) return false;
  return target.protocol !== home.protocol || target.host !== home.host;
}
