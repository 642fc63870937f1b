// Accessibility by axe-core.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds in a page, or in the part of it that a selector names. */
export async function axeViolations(tab, part) {
  await tab.evaluate(axe);
  const violations = await tab.evaluate(async (part) => {
    const { violations } = await window.axe.run(part ?? document, { resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      places: nodes.map((node) => node.target.join(" ")),
    }));
  }, part);
  return violations.map(
    ({ id, help, places }) => `axe ${id}: ${help}, at ${places.slice(0, 3).join(", ")} (${places.length} in all)`,
  );
}
