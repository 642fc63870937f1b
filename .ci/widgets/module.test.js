// Runs the widgets' module outside the browser: it gives the very bits of the native library, and the worker answers as the page expects.
//   cargo run --release --bin bundle && node --test .ci/widgets/module.test.js

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { gunzipSync } from "node:zlib";

import { native, root } from "./native.js";

new Function(readFileSync(join(root, "book/widgets/live.js"), "utf8"))();
const { glue, worker, module } = globalThis.trainable;
const compressed = Buffer.from(module, "base64");
const bytes = gunzipSync(compressed);

const library = new Function(`${glue}\nreturn wasm_bindgen;`)();
await library({ module_or_path: bytes });

/** The same as `native` from the module. */
function here(name, settings, steps) {
  const live = new library.Live(name, settings);
  const start = performance.now();
  live.advance(steps);
  const rate = (1000 * live.iteration()) / (performance.now() - start);
  const bits = live.bits();
  live.free();
  return { bits, rate };
}

for (const [name, settings, steps] of [
  ["initialization", "", 15000],
  ["initialization", "scheme=gaussian&scale=10&rate=0.1", 3000],
  ["initialization", "scheme=xavier&activation=tanh&depth=6&seed=11", 2000],
  ["normalization", "", 500],
  ["normalization", "normalized=on&rate=3", 100],
  ["gradient_flow", "", 0],
  ["gradient_flow", "activation=tanh&depth=60&scale=1.3", 0],
  ["gradient_check", "", 0],
  ["gradient_check", "step=0.0001&factor=1.5&part=db1", 0],
  ["bias_variance", "", 1000],
  ["bias_variance", "width=3&examples=1000&lambda=0.5", 300],
  ["l2", "", 2000],
  ["l2", "penalty=l1&lambda=5&rate=1&examples=50", 500],
  ["dropout", "", 2000],
  ["dropout", "masks=frozen&keep1=0.5&left_on=on", 500],
  ["early_stopping", "", 5000],
  ["early_stopping", "patience=2&noise=0.1&dev=200&seed=11", 700],
]) {
  test(`${name} ${settings || "as it opens"}, ${steps} steps: the same bits`, () => {
    const expected = native(name, settings, steps);
    const got = here(name, settings, steps);
    assert.equal(got.bits, expected.bits);
    if (steps >= 15000) {
      console.log(`[2,10,5,1], 300 examples: ${expected.rate.toFixed(0)} iterations a second native, ${got.rate.toFixed(0)} as WebAssembly`);
    }
  });
}

test("the module is small as it travels", () => {
  console.log(`${compressed.length} bytes compressed, ${bytes.length} as WebAssembly`);
  assert.ok(compressed.length < 160_000, String(compressed.length));
});

test("nonsense is refused in words, and nothing breaks", () => {
  for (const [settings, control] of [["seed=NaN", "seed"], ["rate=1e99", "rate"], ["depth=", "depth"], ["garbage", null]]) {
    assert.throws(() => new library.Live("initialization", settings), (error) => {
      const refusal = JSON.parse(error);
      return refusal.control === control && refusal.message.includes("expected");
    });
  }
  assert.throws(() => new library.Live("initialisation", ""), /initialization/);
  assert.equal(here("initialization", "", 10).bits, native("initialization", "", 10).bits);
});

/** A channel to oneself that, other than Node's own, lets the program end. */
class Channel {
  port1 = {};
  port2 = { postMessage: () => setImmediate(() => this.port1.onmessage()) };
}

/** The worker's text with a page that only listens. */
function workerWith(listen) {
  const scope = {};
  const start = new Function("scope", "postMessage", "MessageChannel", `let onmessage;\n${glue}\n${worker}\nscope.send = data => onmessage({ data });`);
  start(scope, listen, Channel);
  scope.send({ do: "start", module: bytes });
  return scope.send;
}

/** Sends messages, and waits for an answer that satisfies a test; a page that `draws` asks for the next frame after each. */
function conversation({ draws = false } = {}) {
  const heard = [];
  let wake = () => {};
  const send = workerWith((message) => {
    heard.push(message);
    wake();
    if (draws && message.frame) setTimeout(() => send({ do: "drawn", to: message.from, opening: message.opening }), 0);
  });
  const until = async (what, wanted) => {
    const late = Date.now() + 20000;
    for (;;) {
      const index = heard.findIndex(wanted);
      if (index >= 0) return heard.splice(0, index + 1).at(-1);
      assert.ok(Date.now() < late, `no ${what}`);
      await new Promise((done) => {
        wake = done;
        setTimeout(done, 200);
      });
    }
  };
  return { send, until, heard };
}

test("the worker opens, steps, plays, pauses and restores", async () => {
  const { send, until } = conversation({ draws: true });
  send({ do: "open", to: "a", name: "initialization", settings: "seed=5", at: "0" });
  const { opened } = await until("opening", (message) => message.opened);
  assert.equal(opened.speed, 1000);
  assert.deepEqual(opened.controls.map((control) => control.id), ["scheme", "scale", "depth", "activation", "rate", "seed"]);
  const first = await until("frame", (message) => message.frame);
  assert.equal(first.frame.iteration, 0);
  assert.ok(first.frame.numbers instanceof Float64Array);

  send({ do: "step", to: "a", steps: 10 });
  const stepped = await until("step", (message) => message.frame?.iteration === 10);

  send({ do: "run", to: "a" });
  const running = await until("running", (message) => message.frame?.iteration > 1000);
  assert.equal(running.frame.running, true);
  send({ do: "pause", to: "a" });
  const paused = await until("pause", (message) => message.frame && !message.frame.running);

  const { settings, iteration, bits } = paused.frame;
  send({ do: "open", to: "b", name: "initialization", settings, at: String(iteration) });
  // A pause on the way is no end of it.
  send({ do: "run", to: "b", stepsPerSecond: 10 });
  send({ do: "pause", to: "b" });
  send({ do: "run", to: "b", stepsPerSecond: 10 });
  const restored = await until("restored", (message) => message.from === "b" && message.frame?.goal === null);
  assert.equal(restored.frame.bits, bits);
  assert.equal(restored.frame.iteration, iteration);
  assert.notEqual(restored.frame.bits, stepped.frame.bits);
});

test("what is said of a run has the page's number for it, and another run's pictures do not count", async () => {
  const { send, until, heard } = conversation();
  send({ do: "open", to: "a", opening: 1, name: "initialization", settings: "seed=5", at: "0" });
  await until("frame", (message) => message.frame && message.opening === 1);
  send({ do: "set", to: "a", id: "rate", value: "0.1" });
  send({ do: "reset", to: "a", opening: 2 });
  const { frame } = await until("frame", (message) => message.frame && message.opening === 2);
  assert.match(frame.settings, /rate=0.1&seed=5$/);
  send({ do: "drawn", to: "a", opening: 1 });
  send({ do: "step", to: "a", steps: 1 });
  await new Promise((done) => setTimeout(done, 50));
  assert.deepEqual(heard, []);
  send({ do: "drawn", to: "a", opening: 2 });
  await until("step", (message) => message.frame?.iteration === 1);
  send({ do: "open", to: "a", opening: 3, name: "initialization", settings: "", at: "-1" });
  const { refused } = await until("refusal", (message) => message.refused && message.opening === 3);
  assert.equal(refused.asked, "open");
});

test("a slow run shows each step once", async () => {
  const { send, until, heard } = conversation({ draws: true });
  send({ do: "open", to: "a", name: "initialization", settings: "", at: "0" });
  await until("frame", (message) => message.frame);
  send({ do: "run", to: "a", stepsPerSecond: 20 });
  await new Promise((done) => setTimeout(done, 500));
  send({ do: "pause", to: "a" });
  const steps = heard.filter((message) => message.frame?.running).map((message) => message.frame.iteration);
  assert.ok(steps.length > 1, String(steps));
  assert.deepEqual(steps, [...new Set(steps)]);
});

test("a change on the way to a state ends the way", async () => {
  const { send, until } = conversation({ draws: true });
  send({ do: "open", to: "a", name: "initialization", settings: "", at: "200000" });
  send({ do: "run", to: "a" });
  const { frame } = await until("frame on the way", (message) => message.frame?.running);
  assert.equal(frame.goal, 200000);
  send({ do: "set", to: "a", id: "seed", value: "4" });
  const changed = await until("the other run", (message) => message.frame?.settings.endsWith("seed=4"));
  assert.deepEqual([changed.frame.iteration, changed.frame.goal, changed.frame.running], [0, null, false]);
});

test("the worker has one frame under way, whatever it trains", async () => {
  const { send, until, heard } = conversation();
  send({ do: "open", to: "a", name: "initialization", settings: "", at: "0" });
  await until("frame", (message) => message.frame);
  send({ do: "run", to: "a" });
  await new Promise((done) => setTimeout(done, 200));
  assert.equal(heard.filter((message) => message.frame).length, 0);
  send({ do: "drawn", to: "a" });
  const next = await until("frame", (message) => message.frame);
  assert.ok(next.frame.iteration > 100, String(next.frame.iteration));
  send({ do: "pause", to: "a" });
});

test("the worker keeps to a rate", async () => {
  const { send, until } = conversation();
  send({ do: "open", to: "a", name: "initialization", settings: "", at: "0" });
  await until("frame", (message) => message.frame);
  send({ do: "run", to: "a", stepsPerSecond: 100 });
  await new Promise((done) => setTimeout(done, 500));
  send({ do: "drawn", to: "a" });
  const { frame } = await until("frame", (message) => message.frame);
  // Half a second at a hundred a second; a busy machine may be late, not early.
  assert.ok(frame.iteration > 10 && frame.iteration < 120, String(frame.iteration));
  send({ do: "pause", to: "a" });
});

test("the worker says what is refused, and keeps what it had", async () => {
  const { send, until } = conversation();
  send({ do: "open", to: "a", name: "initialization", settings: "", at: "0" });
  await until("frame", (message) => message.frame);
  send({ do: "drawn", to: "a" });
  send({ do: "set", to: "a", opening: 7, id: "seed", value: "NaN" });
  const { refused } = await until("refusal", (message) => message.refused && message.opening === 7);
  assert.equal(refused.control, "seed");
  send({ do: "open", to: "a", name: "initialization", settings: "sede=4", at: "0" });
  await until("refusal", (message) => message.refused?.message.includes("sede"));
  send({ do: "open", to: "a", name: "initialization", settings: "", at: "1e9" });
  await until("refusal", (message) => message.refused?.message.includes("a whole number from 0 to 200000"));
  send({ do: "step", to: "a", steps: 1 });
  await until("step", (message) => message.frame?.iteration === 1);
});
