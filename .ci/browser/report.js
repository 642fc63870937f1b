// What the checks have found, a line each.

export const tally = { passed: 0, failed: 0 };

/** Prints a check and its problems; says whether there are none. */
export function report(subject, check, problems) {
  const failed = problems.length > 0;
  tally[failed ? "failed" : "passed"] += 1;
  console.log(`${failed ? "FAILED" : "ok    "} ${subject}: ${check}`);
  for (const problem of problems) console.log(`         ${problem}`);
  return !failed;
}

/** Prints how many have passed, and fails the program unless all have, and there were some. */
export function conclude() {
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}
