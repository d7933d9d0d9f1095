// Counts vitest's JSON report for .ci/run: prints "PASSED FAILED SKIPPED". A file that could not even be loaded has no tests to count, so it
// counts as one failure; so does a run that failed although no test did, or that left no report.
import { existsSync, readFileSync } from "node:fs";

const [, , report, status] = process.argv;
let passed = 0;
let failed = 0;
let skipped = 0;
if (existsSync(report)) {
  for (const file of JSON.parse(readFileSync(report, "utf8")).testResults) {
    const count = (...states) => file.assertionResults.filter((test) => states.includes(test.status)).length;
    passed += count("passed");
    skipped += count("pending", "skipped", "todo", "disabled");
    const fallen = count("failed");
    failed += fallen === 0 && file.status === "failed" ? 1 : fallen;
  }
}
if (failed === 0 && (status !== "0" || passed === 0)) failed = 1;
process.stdout.write(`${passed} ${failed} ${skipped}\n`);
