// What the native library comes to, for the module's bits to be held against.

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const known = new Map();

/** The bits of a widget's number after so many steps, and how many iterations a second it took to them. */
export function native(name, settings, steps) {
  const key = `${name}?${settings}&${steps}`;
  if (!known.has(key)) known.set(key, run(name, settings, steps));
  return known.get(key);
}

function run(name, settings, steps) {
  const program = ["run", "--release", "--quiet", "--locked", "--bin", "native", "--"];
  const ran = spawnSync("cargo", [...program, name, settings, String(steps)], { cwd: root, encoding: "utf8" });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const [bits, rate] = ran.stdout.trim().split(" ");
  return { bits, rate: Number(rate) };
}
