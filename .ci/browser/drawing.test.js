// Pictures of every kind, drawn by the live figures' own scripts in a page made here: nothing breaks, and what is drawn follows the numbers, the theme and the size.
//   node --test drawing.test.js

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import test, { after, before } from "node:test";
import { fileURLToPath } from "node:url";

import { desktop, launch, phone } from "./browser.js";

const theme = join(dirname(fileURLToPath(import.meta.url)), "../../theme");
const read = (name) => readFileSync(join(theme, name), "utf8");
const styles = ["roles.css", "trainable.css", "widgets.css"].map(read).join("\n");
const scripts = ["roles.js", "widgets-axis.js", "widgets-chart.js", "widgets-plane.js", "widgets-draw.js"].map(read);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What mdBook's own styles do for these. */
const base = "html { font-size: 62.5%; color-scheme: var(--color-scheme); } body { margin: 0; padding: 0 var(--page-padding); background: var(--bg); color: var(--fg); } table { border-collapse: collapse; }";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Opens a page whose `panels` draw into `#live`, does something there, and finds that nothing was thrown or logged. */
async function drawn({ viewport = desktop, mode = "light", scale = 1 } = {}, look) {
  const context = await browser.newContext({ viewport, deviceScaleFactor: scale });
  const page = await context.newPage();
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(error.stack));
  page.on("console", (message) => troubles.push(message.text()));
  try {
    await page.setContent(
      `<!doctype html><html lang="en" class="js ${mode}"><title>Panels</title><style>${base}\n${styles}</style><body><div class="content"><main><h1>Panels</h1><section id="live"></section></main></div>`,
    );
    for (const content of scripts) await page.addScriptTag({ content });
    await page.evaluate(() => {
      window.panels = new trainableDrawing.Panels(document.getElementById("live"));
      window.show = ({ picture, numbers }) => panels.show(picture, Float64Array.from(numbers, (number) => number ?? NaN));
    });
    await look(page);
    assert.deepEqual(troubles, []);
  } finally {
    await context.close();
  }
}

/** Shows a picture that was made here; numbers that are none arrive as `null`. */
const show = (page, made) => page.evaluate((made) => show(made), JSON.parse(JSON.stringify(made)));

/** What each canvas shows. */
const pixels = (page) => page.evaluate(() => [...document.querySelectorAll(".panel canvas")].map((canvas) => canvas.toDataURL()));

/** Waits until what a change of the page has set off is done. */
const settle = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))));

/** A picture of these panels, each a function that keeps its numbers. */
function picture(...panels) {
  const numbers = [];
  const keep = (some) => {
    numbers.push(...some);
    return { at: numbers.length - some.length, count: some.length };
  };
  return { picture: { panels: panels.map((panel) => panel(keep)) }, numbers };
}

const boundary = ({ slope = 1, columns = 12, rows = 10, probability = (x, y) => 1 / (1 + Math.exp(3 * (x * slope - y))), first = [-1, 0.5, 0], dev = true } = {}) => (keep) => {
  const grid = Array.from({ length: columns * rows }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    return probability(-2 + (4 * (column + 0.5)) / columns, -1 + (2 * (row + 0.5)) / rows);
  });
  return {
    kind: "boundary", title: "What it predicts", says: "Two regions.", extent: [-2, 2, -1, 1], grid: { columns, rows, at: keep(grid).at },
    points: keep([...first, 1, -0.5, 1, 0.3, 0.2, 1]), ...(dev ? { dev: keep([0, 0.4, 0, 1.5, 0.5, 1]) } : {}),
  };
};

const axis = (label, min, max, log = false) => ({ label, min, max, log });

const chart = ({ title = "Cost", x = axis("iteration", 0, 100), y = axis("cost", 0, 1), series, rules = [], equal = false } = {}) => (keep) => ({
  kind: "chart", title, says: "Lines.", x, y, rules, equal,
  series: (series ?? [["train", "train", "solid", "line", [0, 0.9, 50, 0.4, 100, 0.2]], ["dev", "dev", "long", "line", [0, 0.95, 50, 0.5, 100, 0.6]]]).map(
    ([label, role, dash, mark, points]) => ({ label, role, dash, mark, ...keep(points) }),
  ),
});

const histograms = ({ count = 12, height = 5, min = 0, max = 3.2 } = {}) => (keep) => ({
  kind: "histograms", title: "Activations", says: "How they are spread.",
  layers: Array.from({ length: count }, (_, layer) => ({
    label: `layer ${layer + 1}`, min, max, ...keep(Array.from({ length: 24 }, (_, bin) => height * Math.exp(-bin / (layer + 2)))),
  })),
});

const network = ({ layers = [2, 6, 4, 1], dropped = true, activation = 0.7, weight = (index) => Math.sin(3 * index) } = {}) => (keep) => {
  const units = layers.reduce((sum, size) => sum + size, 0);
  const edges = layers.slice(1).reduce((sum, size, layer) => sum + size * layers[layer], 0);
  return {
    kind: "network", title: "The thinned network", says: "Some units are out.", layers,
    units: keep(Array.from({ length: units }, () => activation)), edges: keep(Array.from({ length: edges }, (_, index) => weight(index))),
    ...(dropped ? { dropped: keep(Array.from({ length: units }, (_, unit) => Number(unit % 4 === 3))) } : {}),
  };
};

const table = ({ header = ["part", "relative difference", "", "furthest off"], rows = [["W1", "1.2e-9", "great", "W1[2,3]"], ["b1", "0.0034", "worry", "b1[4]"]] } = {}) => () => ({
  kind: "table", title: "Part by part", says: "Found.", header, rows,
});

const every = (changes = {}) =>
  picture(boundary(changes.boundary), chart(changes.chart), histograms(changes.histograms), network(changes.network), table(changes.table));

test("every kind is drawn, kept from frame to frame, and follows its numbers", () =>
  drawn({}, async (page) => {
    await show(page, every());
    const first = await pixels(page);
    await page.evaluate(() => {
      window.kept = [...document.querySelectorAll(".panel, .panel canvas, .panel table, .panel td")];
    });
    await show(page, every());
    assert.deepEqual(await pixels(page), first);
    await show(page, every({
      boundary: { slope: -1 },
      chart: { series: [["train", "train", "solid", "line", [0, 0.9, 50, 0.1]]] },
      histograms: { max: 4 },
      network: { activation: 0.1 },
      table: { rows: [["W1", "1", "great", "W1[0,0]"], ["b1", "2", "worry", "b1[0]"]] },
    }));
    const then = await pixels(page);
    assert.equal(then.length, 4);
    then.forEach((pixels, index) => assert.notEqual(pixels, first[index], `canvas ${index}`));
    assert.equal(await page.evaluate(() => kept.every((element) => element.isConnected)), true);
    assert.equal(await page.textContent(".panel td.number"), "1");
  }));

test("another picture has other elements", () =>
  drawn({}, async (page) => {
    await show(page, every());
    await show(page, picture(boundary(), chart({ title: "Error" })));
    const titles = await page.$$eval(".panel-title", (titles) => titles.map((title) => title.textContent));
    assert.deepEqual(titles, ["What it predicts", "Error"]);
  }));

test("a frame does not move the page", () =>
  drawn({}, async (page) => {
    const heights = async (made) => {
      await show(page, made);
      return page.$$eval(".panel", (panels) => panels.map((panel) => panel.getBoundingClientRect().toJSON()));
    };
    const calm = await heights(every());
    assert.deepEqual(await heights(every({ chart: { y: axis("cost", 0, 12345678) }, boundary: { probability: () => NaN } })), calm);
  }));

test("the theme's colors are the drawing's, at once", () =>
  drawn({}, async (page) => {
    await show(page, every());
    const light = await pixels(page);
    await page.evaluate(() => document.documentElement.classList.replace("light", "navy"));
    await settle(page);
    const dark = await pixels(page);
    dark.forEach((pixels, index) => assert.notEqual(pixels, light[index], `canvas ${index}`));
    const inks = await page.evaluate(() => {
      const { data } = document.querySelector("canvas").getContext("2d").getImageData(0, 0, 300, 20);
      return [...data].reduce((most, value) => Math.max(most, value), 0);
    });
    assert.ok(inks > 200, String(inks));
    await page.evaluate(() => document.documentElement.classList.replace("navy", "light"));
    await settle(page);
    assert.deepEqual(await pixels(page), light);
  }));

test("class 1 is where its probability is above one half, cut at the line", () =>
  drawn({}, async (page) => {
    await show(page, picture(boundary({ probability: (x) => Number(x > 0), dev: false })));
    const colors = await page.evaluate(() => {
      const canvas = document.querySelector("canvas");
      const { data } = canvas.getContext("2d").getImageData(0, canvas.height / 2, canvas.width, 1);
      const at = (share) => [...data.subarray(4 * Math.round(canvas.width * share)).subarray(0, 3)];
      return [at(0.3), at(0.7)];
    });
    assert.deepEqual(colors, [[207, 227, 241], [248, 221, 200]]);
  }));

test("each side of the line has its class's color, faint beside the line", () =>
  drawn({}, async (page) => {
    for (const slope of [0.4, -0.3]) {
      await show(page, picture(boundary({ slope, dev: false })));
      const [wrong, strong, near] = await page.evaluate((slope) => {
        const { width, height } = document.querySelector(".panel canvas");
        const copy = Object.assign(document.createElement("canvas"), { width, height });
        const pen = copy.getContext("2d");
        pen.drawImage(document.querySelector(".panel canvas"), 0, 0);
        const { data } = pen.getImageData(0, 0, width, height);
        // How much more red than blue.
        const tints = Array.from({ length: width * height }, (_, at) => ({ x: at % width, y: Math.floor(at / width), tint: data[4 * at] - data[4 * at + 2] }));
        const tinted = tints.filter(({ tint }) => Math.abs(tint) > 3 && Math.abs(tint) < 60);
        const [xs, ys] = ["x", "y"].map((axis) => tinted.map((pixel) => pixel[axis]).sort((a, b) => a - b));
        const share = (values, value) => (value - values[0]) / (values.at(-1) - values[0]);
        const sides = tinted.map(({ x, y, tint }) => ({ tint, side: 1 - 2 * share(ys, y) - slope * (4 * share(xs, x) - 2) }));
        const near = sides.filter(({ side }) => Math.abs(side) > 0.03 && Math.abs(side) < 0.06);
        return [
          sides.filter(({ tint, side }) => Math.abs(side) > 0.03 && tint > 0 !== side > 0).length,
          near.filter(({ tint }) => Math.abs(tint) > 30).length,
          near.length,
        ];
      }, slope);
      assert.ok(near > 500, String(near));
      // Marks and letters have such colors at their edges.
      assert.ok(wrong < 60 && strong < 30, `${wrong} pixels of the other class, ${strong} of ${near} strong ones`);
    }
  }));

test("an example that moves or changes its class is drawn anew", () =>
  drawn({}, async (page) => {
    const looks = [];
    for (const first of [[-1, 0.5, 0], [-1, 0.6, 0], [-1, 0.6, 1]]) {
      await show(page, picture(boundary({ first })));
      looks.push(...(await pixels(page)));
    }
    assert.equal(new Set(looks).size, 3);
  }));

test("numbers at ticks are written as people write them", () =>
  drawn({}, async (page) => {
    const texts = (axis, whole) =>
      page.evaluate(([axis, whole]) => new trainableDrawing.Scale(axis).ticks(5, whole).map(({ text }) => text).join(" "), [axis, whole]);
    assert.equal(await texts(axis("x", 0, 20000)), "0 5\u202f000 10\u202f000 15\u202f000 20\u202f000");
    assert.equal(await texts(axis("x", -1, 1)), "−1.0 −0.5 0.0 0.5 1.0");
    assert.equal(await texts(axis("x", 0, 4e-7)), "0 1·10⁻⁷ 2·10⁻⁷ 3·10⁻⁷ 4·10⁻⁷");
    assert.equal(await texts(axis("x", 1, 3), true), "1 2 3");
    assert.equal(await texts(axis("x", 0.001, 10, true)), "0.001 0.01 0.1 1 10");
    assert.equal(await texts(axis("x", 1e-12, 1, true)), "10⁻¹² 10⁻⁹ 10⁻⁶ 10⁻³ 10⁰");
    assert.equal(await texts(axis("x", 2, 30, true)), "2 5 10 20");
  }));

test("pixels are the device's", () =>
  drawn({ scale: 2 }, async (page) => {
    await show(page, picture(boundary()));
    const [pixels, css] = await page.$eval("canvas", (canvas) => [canvas.width, canvas.clientWidth]);
    assert.equal(pixels, 2 * css);
  }));

test("another width of the page is another width of the drawing", () =>
  drawn({}, async (page) => {
    await show(page, every());
    await page.setViewportSize(phone);
    await settle(page);
    const sizes = await page.$$eval("canvas", (canvases) => canvases.map((canvas) => [canvas.width, canvas.height, canvas.clientWidth, canvas.clientHeight]));
    sizes.forEach(([width, height, shownWidth, shownHeight]) => assert.deepEqual([width, height], [shownWidth, shownHeight]));
  }));

test("what has no size yet is drawn once it has", () =>
  drawn({}, async (page) => {
    await page.evaluate(() => {
      document.getElementById("live").hidden = true;
    });
    await page.addStyleTag({ content: "[hidden] { display: none !important }" });
    await show(page, every());
    await page.evaluate(() => {
      document.getElementById("live").hidden = false;
    });
    await settle(page);
    const widths = await page.$$eval("canvas", (canvases) => canvases.map((canvas) => canvas.width));
    assert.ok(widths.every((width) => width > 250), String(widths));
  }));

for (const [name, made] of [
  ["no panels", picture()],
  ["numbers that are none", every({
    boundary: { probability: () => NaN }, chart: { series: [["train", "train", "solid", "line", [0, NaN, 1, Infinity, NaN, 2, 3, -Infinity]]] },
    histograms: { height: NaN, min: NaN, max: NaN }, network: { activation: NaN, weight: () => NaN },
  })],
  ["certain and undecided predictions", picture(boundary({ probability: () => 0.5 }), boundary({ probability: (x) => Number(x > 0) }), boundary({ probability: () => 1 }))],
  ["a saddle", picture(boundary({ columns: 2, rows: 2, probability: (x, y) => (x * y > 0 ? 0.9 : 0.1) }))],
  ["empty series", picture(chart({ series: [] }), chart({ title: "b", series: [["a", "train", "solid", "line", []], ["b", "dev", "dots", "bars", []], ["c", "dev", "dots", "steps", []]] }))],
  ["axes without length", picture(chart({ x: axis("x", 1, 1), y: axis("y", 0, 0) }), chart({ title: "b", x: axis("x", NaN, NaN), y: axis("y", Infinity, -Infinity) }), chart({ title: "c", equal: true, x: axis("x", 3, 3) }))],
  ["axes the wrong way round", picture(chart({ x: axis("x", 5, 1), y: axis("y", 1, -1) }))],
  ["logarithms of what has none", picture(chart({ x: axis("x", 0, 10, true), y: axis("y", -1, 0, true), rules: [{ axis: "y", value: 0, label: "zero" }] }))],
  ["the largest and smallest numbers", picture(
    chart({ x: axis("x", -1e308, 1e308), y: axis("y", 0, 5e-324), series: [["a", "train", "solid", "line", [-1e308, 1e308, 1e308, -1e308]]] }),
    chart({ title: "b", y: axis("y", 1e-300, 1e300, true), x: axis("x", 1e6, 1e6 + 1e-5) }),
    histograms({ max: 2.3e-308 }),
  )],
  ["every mark, dash and rule", picture(chart({
    series: ["solid", "long", "short", "dots", "one-dot"].flatMap((dash) => ["line", "points", "bars", "steps"].map((mark) => [`${dash} ${mark}`, "zeros", dash, mark, [1, 0.2, 2, 0.4, 3, 0.1]])),
    rules: [{ axis: "x", value: 2, label: "here" }, { axis: "y", value: 0.5, label: "there" }, { axis: "y", value: null, label: "nowhere" }],
  }))],
  ["deep and wide networks", picture(
    network({ layers: Array.from({ length: 150 }, () => 10) }), network({ layers: [100, 300, 1] }), network({ layers: [1] }), network({ layers: [] }), network({ layers: [3, 0, 2] }),
  )],
  ["no and many histograms", picture(histograms({ count: 0 }), histograms({ count: 1 }), histograms({ count: 40 }))],
  ["tables without rows and with ragged ones", picture(table({ rows: [] }), table({ header: [], rows: [] }), table({ rows: [["a"], ["b", "c"], ["d", "1", "", "x", "more"]] }))],
]) {
  test(`drawn without a word: ${name}`, () =>
    drawn({}, async (page) => {
      await show(page, made);
      await page.evaluate(() => {
        document.getElementById("live").style.width = "0";
      });
      await settle(page);
      await page.evaluate(() => panels.redraw());
      await page.evaluate(() => {
        document.getElementById("live").style.width = "30px";
      });
      await settle(page);
    }));
}

for (const mode of ["light", "navy"]) {
  for (const viewport of [desktop, phone]) {
    test(`accessible and within ${viewport.width} px, ${mode}`, () =>
      drawn({ mode, viewport }, async (page) => {
        const wide = [["W1", "1.2e-9", "great", "W1[2,3]"], ["aWordWithoutAPlaceToBreakItAnywhere", "1", "aWordWithoutAPlaceToBreakItAnywhere", "b"]];
        await show(page, every({ table: { rows: wide } }));
        await settle(page);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), viewport.width);
        await page.evaluate(axe);
        const found = await page.evaluate(async () => {
          const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
        });
        assert.deepEqual(found, []);
      }));
  }
}
