// Runs the live widgets of the built book in Chromium:
//   node widgets.js [folder of the book, default target/book]
// Each goes live, trains, and comes to the very bits of the native library; and whatever a reader does to it, it answers.

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { native } from "../widgets/native.js";
import { axeViolations } from "./axe.js";
import { each, launch, phone, visit } from "./browser.js";
import * as inspect from "./inspect.js";
import { conclude, report } from "./report.js";
import { files, repository, serve } from "./site.js";

/** It trains [2, 10, 5, 1] on 300 examples as it opens. */
const MEASURED = "initialization";
/** While the page stays smooth. */
const ITERATIONS_PER_SECOND = 10_000;
const FRAMES_PER_SECOND = 60;
/** What no state of a widget's address is. */
const BROKEN = ["garbage", "seed=NaN", "sede=4", "seed=1e99&at=3", "seed=", "speed=fast", "%E0%A4%A", "=", "a".repeat(5_000)];

const folder = resolve(process.argv[2] ?? join(repository, "target/book"));
const shots = join(repository, "target/browser-widgets");
rmSync(shots, { recursive: true, force: true });
mkdirSync(shots, { recursive: true });

const places = files(folder)
  .filter((file) => file.endsWith(".html") && file !== "print.html")
  .flatMap((page) => {
    const text = readFileSync(join(folder, page), "utf8");
    return [...text.matchAll(/data-widget="(\w+)"[^>]*data-module=/g)].map(([, name]) => ({ page, name }));
  });
report("the book", "has live widgets", places.length > 0 ? [] : ["none: was it built with a compiler for WebAssembly?"]);

const site = await serve(folder);
const browser = await launch();
try {
  await each(places, checkWidget);
  const measured = places.find(({ name }) => name === MEASURED);
  report("the book", `has the widget ${MEASURED}, whose speed is known`, measured ? [] : ["it has none"]);
  if (measured) {
    await checkSmoothness(measured);
    await checkOutOfSight(measured);
    await checkBreakdown(measured);
  }
} finally {
  await browser.close();
  site.close();
}
conclude();

async function checkWidget(place) {
  const { page, name } = place;
  let link;
  let reached;
  await look(place, "served", {}, async (tab, widget) => {
    const answers = { "its bits as it opens": differing(await widget.state(), native(name, "", 0)) };
    if (await widget.takesSteps()) {
      await widget.button("100 steps").click();
      await widget.until((state) => state.iteration === 100);
      await widget.speed("10000");
      await widget.button("Play").click();
      await widget.until((state) => state.iteration > 500);
      await widget.button("Pause").click();
    }
    answers["every control by keyboard"] = await keyboard(tab, widget);
    reached = await widget.settled();
    answers["its bits after all that"] = differing(reached, native(name, reached.settings, reached.iteration));
    link = tab.url();
    answers["its state in the address"] = link.includes(`#live-${name}?`) ? [] : [`the address is ${link}`];
    answers["nonsense is refused"] = await nonsense(widget);
    answers["on paper, the figure alone"] = await onPaper(tab, widget);
    return answers;
  });
  await look(place, "a shared address", { url: link }, async (tab, widget) => {
    const there = await widget.settled();
    const problems = differing(there, reached);
    if (there.settings !== reached.settings) problems.push(`expected ${reached.settings}, got ${there.settings}`);
    if (!(await widget.section.evaluate(isOnTop))) problems.push("its title is not in view");
    return { "the same state": problems };
  });
  await look(place, "broken addresses", {}, brokenAddresses(name));
  for (const theme of ["light", "navy"]) {
    await look(place, `${theme} theme`, { theme }, async (tab) => ({ accessible: await axeViolations(tab, `#live-${name}`) }));
  }
  await look(place, `${phone.width} px`, { viewport: phone }, async (tab) => ({
    width: await tab.evaluate(inspect.overflow),
    "fingers": await tab.evaluate(small, `#live-${name}`),
  }));
  const file = pathToFileURL(join(folder, page)).href;
  await look(place, "from a file", { url: file }, async (tab, widget) => ({
    "its bits": differing(await widget.state(), native(name, "", 0)),
  }));
}

/** Whether a widget's title can be seen. Runs in the page. */
function isOnTop(section) {
  const title = section.querySelector(".live-title");
  const { left, top } = title.getBoundingClientRect();
  return document.elementFromPoint(left + 5, top + 5) === title;
}

/** Opens a widget's page, brings it to life, and reports what questions find and whether the page was silent. */
async function look({ page, name }, how, { url = `${site.origin}/${page}`, ...options }, ask) {
  await visit(browser, url, options, async (tab, troubles) => {
    const widget = handle(tab, name);
    let answers;
    try {
      await tab.locator(`.widget[data-widget="${name}"]`).scrollIntoViewIfNeeded();
      await tab.locator(`.widget[data-widget="${name}"][data-live="ready"]`).waitFor();
      answers = await ask(tab, widget);
    } catch (error) {
      answers = { runs: [error.message.split("\n").slice(0, 4).join(" ")] };
    }
    answers.silent = troubles;
    const sound = Object.entries(answers).map(([check, found]) => report(name, `${how}, ${check}`, found));
    if (!sound.every(Boolean)) await tab.screenshot({ path: join(shots, `${name}-${how.replaceAll(/\W+/g, "-")}.png`), fullPage: true });
  });
}

/** A widget in the page, as a reader has it. */
function handle(tab, name) {
  const section = tab.locator(`#live-${name}`);
  const state = () =>
    section.evaluate(({ dataset }) => ({ iteration: Number(dataset.iteration), bits: dataset.bits, settings: dataset.settings, running: dataset.running }));
  const until = async (wanted) => {
    const late = Date.now() + 60_000;
    for (;;) {
      const now = await state();
      if (wanted(now)) return now;
      if (Date.now() > late) throw new Error(`still ${JSON.stringify(now)} after a minute, waiting for ${wanted}`);
      await tab.waitForTimeout(30);
    }
  };
  /** The state when nothing changes any more, and the address has been written. */
  const settled = async () => {
    const late = Date.now() + 60_000;
    let last = await state();
    while (Date.now() < late) {
      await tab.waitForTimeout(700);
      const now = await state();
      if (JSON.stringify(now) === JSON.stringify(last)) return now;
      last = now;
    }
    throw new Error(`still changing after a minute: ${JSON.stringify(last)}`);
  };
  const button = (label) => section.getByRole("button", { name: label, exact: true });
  return {
    section,
    state,
    until,
    settled,
    button,
    takesSteps: () => button("Step").isVisible(),
    speed: (value) => section.locator(`#live-${name}-speed`).selectOption(value),
  };
}

function differing(state, { bits }) {
  return state.bits === bits ? [] : [`expected the bits ${bits}, got ${state.bits} at step ${state.iteration}`];
}

/** Goes from control to control with Tab, changes each one with keys, and sees whether the widget takes it. */
async function keyboard(tab, widget) {
  const problems = [];
  const controls = widget.section.locator("select:visible, input:visible, button:visible");
  await controls.first().focus();
  // A reader who comes here by keys sees where they are; a script's focus alone does not show.
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Shift+Tab");
  for (let index = 0; index < (await controls.count()); index += 1) {
    const control = controls.nth(index);
    const name = await control.evaluate((element) => element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent);
    if (!(await control.evaluate((element) => element === document.activeElement))) {
      problems.push(`Tab does not come to “${name}”`);
      await control.focus();
    }
    const outline = await control.evaluate((element) => getComputedStyle(element).outlineStyle);
    if (outline === "none") problems.push(`“${name}” does not show that it has the focus`);
    if (await isSetting(control)) {
      const before = (await widget.state()).settings;
      await change(tab, control);
      await widget.until((state) => state.settings !== before).catch(() => problems.push(`keys do not change “${name}”`));
    }
    await tab.keyboard.press("Tab");
  }
  if (await widget.takesSteps()) {
    const before = (await widget.state()).iteration;
    await widget.button("Step").focus();
    await tab.keyboard.press("Space");
    await widget.until((state) => state.iteration !== before).catch(() => problems.push("Space does not take a step"));
  }
  return problems;
}

/** Whether it is one of a widget's settings, and not of the page. */
function isSetting(control) {
  return control.evaluate((element) => element.closest(".live-control") !== null);
}

/** Changes a control's value by keys alone. */
async function change(tab, control) {
  const kind = await control.evaluate((element) => element.type);
  switch (kind) {
    case "checkbox":
      return tab.keyboard.press("Space");
    case "button":
      return tab.keyboard.press("Enter");
    case "range": {
      const atEnd = await control.evaluate((element) => Number(element.value) >= Number(element.max));
      return tab.keyboard.press(atEnd ? "ArrowLeft" : "ArrowRight");
    }
    case "text": {
      const other = await control.evaluate(neighbor);
      await control.press("ControlOrMeta+a");
      await tab.keyboard.type(other);
      return tab.keyboard.press("Enter");
    }
    default: {
      const last = await control.evaluate((element) => element.selectedIndex === element.options.length - 1);
      return tab.keyboard.press(last ? "ArrowUp" : "ArrowDown");
    }
  }
}

/** A number next to a control's own: above it where its range begins, else below it. Runs in the page. */
function neighbor(input) {
  const number = Number(input.value);
  const slider = input.closest(".live-control").querySelector("[type=range]");
  const isLeast = !slider || Number(slider.value) <= Number(slider.min);
  if (input.inputMode === "numeric") return String(isLeast ? number + 1 : number - 1);
  if (number === 0) return "0.01";
  return String(Number((isLeast ? number * 1.01 : number * 0.99).toPrecision(6)));
}

/** Types what no control takes, and then what it had. */
async function nonsense(widget) {
  const problems = [];
  const inputs = widget.section.locator(".live-control input[type=text]");
  for (let index = 0; index < (await inputs.count()); index += 1) {
    const input = inputs.nth(index);
    const before = await widget.settled();
    const value = await input.inputValue();
    const id = await input.getAttribute("id");
    const refusal = input.locator("xpath=ancestor::div[contains(@class, 'live-control')]").locator(".live-refusal");
    for (const typed of ["NaN", "1e999", "-3", "lots", ""]) {
      await input.fill(typed);
      await input.press("Enter");
      await refusal.filter({ hasText: `got “${typed}”` }).waitFor({ timeout: 10_000 }).catch(() => problems.push(`“${typed}” is not refused by ${id}`));
    }
    if ((await widget.state()).bits !== before.bits) problems.push("what was refused has changed the run");
    await input.fill(value);
    await input.press("Enter");
    await refusal.and(widget.section.locator(":empty")).waitFor({ state: "attached", timeout: 10_000 }).catch(() => problems.push(`${value} is not taken after nonsense`));
  }
  return problems;
}

function brokenAddresses(name) {
  return async (tab, widget) => {
    const problems = [];
    const message = widget.section.locator("> .live-refusal");
    for (const state of BROKEN) {
      await tab.evaluate((hash) => { location.hash = hash; }, `live-${name}?${state}`);
      await message.filter({ hasText: "This address is not taken" }).waitFor({ timeout: 10_000 }).catch(() => problems.push(`“${state.slice(0, 40)}”: nothing is said`));
      await tab.locator(`.widget[data-widget="${name}"][data-live="ready"]`).waitFor();
      const there = await widget.settled();
      problems.push(...differing(there, native(name, "", 0)));
      await widget.button("Defaults").click();
      await message.and(widget.section.locator(":empty")).waitFor({ state: "attached" });
    }
    return { "are refused, and the widget goes on": problems };
  };
}

async function onPaper(tab, widget) {
  await tab.emulateMedia({ media: "print" });
  const problems = [];
  if (await widget.section.isVisible()) problems.push("the live part shows");
  if (!(await widget.section.locator("xpath=preceding-sibling::figure").isVisible())) problems.push("the figure does not show");
  await tab.emulateMedia({ media: "screen" });
  return problems;
}

/** What is too small to be touched: WCAG 2.2 asks for 24 px. Runs in the page. */
function small(part) {
  const elements = document.querySelectorAll(`${part} :is(button, select, input[type=text])`);
  return [...elements]
    .filter((element) => element.checkVisibility())
    .map((element) => ({ name: element.id || element.textContent, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 24 || box.height < 24)
    .map(({ name, box }) => `${name} is ${Math.round(box.width)} × ${Math.round(box.height)} px`);
}

/** While it trains as fast as it can, the page draws each of its frames. The best of some tries: other work on the machine is not the widget's. */
async function checkSmoothness(place) {
  const { rate } = native(place.name, "", 30_000);
  await look(place, "as fast as it can", { motion: "no-preference" }, async (tab, widget) => {
    await widget.speed("max");
    let best = { frames: 0, iterations: 0 };
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await widget.button("Reset").click();
      await widget.until((state) => state.iteration === 0);
      await widget.button("Play").click();
      await widget.until((state) => state.iteration > 100);
      const measured = await tab.evaluate(frames, { part: `#live-${place.name}`, time: 2_000 });
      await widget.button("Pause").click();
      if (measured.frames > best.frames) best = measured;
      if (best.frames > 0.97 * FRAMES_PER_SECOND && best.iterations > ITERATIONS_PER_SECOND) break;
    }
    console.log(`         ${place.name}: ${Math.round(best.frames)} frames and ${Math.round(best.iterations)} iterations a second in the page, ${Math.round(rate)} iterations native`);
    const problems = [];
    if (best.frames < 0.95 * FRAMES_PER_SECOND) problems.push(`${best.frames.toFixed(1)} frames a second, expected ${FRAMES_PER_SECOND}`);
    if (best.iterations < ITERATIONS_PER_SECOND) problems.push(`${best.iterations.toFixed(0)} iterations a second, expected ${ITERATIONS_PER_SECOND}`);
    return { [`60 frames a second, and ${ITERATIONS_PER_SECOND} iterations`]: problems };
  });
}

/** Frames and iterations a second. Runs in the page. */
async function frames({ part, time }) {
  const { dataset } = document.querySelector(part);
  const frame = () => new Promise(requestAnimationFrame);
  const start = await frame();
  const first = Number(dataset.iteration);
  let count = 0;
  let now = start;
  while (now - start < time) {
    now = await frame();
    count += 1;
  }
  const seconds = (now - start) / 1000;
  return { frames: count / seconds, iterations: (Number(dataset.iteration) - first) / seconds };
}

/** What cannot be seen does not train; and readers who asked for less motion get a picture a second. */
async function checkOutOfSight(place) {
  await look(place, "less motion", {}, async (tab, widget) => {
    for (let run = 0; run < 4; run += 1) {
      // However often it begins anew, it is one run.
      await widget.button("Reset").click();
      await widget.until((state) => state.iteration === 0);
      await widget.button("Play").click();
      await widget.until((state) => state.iteration > 0);
    }
    const drawn = await tab.evaluate(pictures, { part: `#live-${place.name}`, time: 3_000 });
    await tab.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await tab.waitForTimeout(1_500);
    const left = await widget.state();
    await tab.waitForTimeout(1_500);
    const later = await widget.state();
    await widget.section.scrollIntoViewIfNeeded();
    await widget.until((state) => state.iteration > later.iteration);
    return {
      "a picture a second": drawn >= 1 && drawn <= 4 ? [] : [`${drawn} in 3 s`],
      "out of sight it rests": left.iteration === later.iteration ? [] : [`from ${left.iteration} to ${later.iteration}`],
    };
  });
}

/** How often a widget's state is shown anew. Runs in the page. */
function pictures({ part, time }) {
  return new Promise((done) => {
    let count = 0;
    const observer = new MutationObserver(() => { count += 1; });
    observer.observe(document.querySelector(part), { attributeFilter: ["data-iteration"] });
    setTimeout(() => done(count), time);
  });
}

/** A module that breaks down says so, and can be started again in the state in which it was; so does one that cannot be loaded. */
async function checkBreakdown(place) {
  report(place.name, "a breakdown is said, and mended by a click", await brokenDown(place));
  report(place.name, "no network is said, and mended by a click", await withoutNetwork(place));
}

async function brokenDown(place) {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    const Real = Worker;
    window.Worker = class extends Real {
      constructor(...all) {
        super(...all);
        window.lastWorker = this;
      }
    };
  });
  const tab = await context.newPage();
  await tab.goto(`${site.origin}/${place.page}#live-${place.name}?seed=5&at=30`);
  const widget = handle(tab, place.name);
  await widget.until((state) => state.iteration === 30);
  await tab.evaluate((name) => window.lastWorker.postMessage({ do: "open", to: name, name: {}, settings: {}, at: {} }), place.name);
  const problems = await startedAgain(widget);
  const { iteration, settings, bits } = await widget.settled();
  problems.push(...differing({ iteration, bits }, native(place.name, settings, 30)));
  if (!settings.includes("seed=5")) problems.push(`it is not where it was: ${settings}`);
  await context.close();
  return problems;
}

async function withoutNetwork(place) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await context.route("**/live.js*", (route) => route.abort());
  await tab.goto(`${site.origin}/${place.page}#live-${place.name}?seed=5&at=30`);
  const widget = handle(tab, place.name);
  await widget.section.locator("> .live-refusal").filter({ hasText: "cannot be loaded" }).waitFor();
  await context.unroute("**/live.js*");
  const problems = await startedAgain(widget);
  const state = await widget.until((state) => state.iteration === 30);
  problems.push(...differing(state, native(place.name, "seed=5", 30)));
  await context.close();
  return problems;
}

async function startedAgain(widget) {
  const problems = [];
  await widget.section.locator("> .live-refusal").filter({ hasText: "The widget has stopped" }).waitFor({ timeout: 10_000 }).catch(() => problems.push("it does not say so"));
  if (await widget.section.locator(".live-controls").evaluate((form) => !form.inert)) problems.push("what does nothing can be used");
  await widget.button("Start again").click();
  await widget.section.locator("> .live-refusal:empty").waitFor({ state: "attached", timeout: 10_000 }).catch(() => problems.push("it does not start again"));
  return problems;
}
