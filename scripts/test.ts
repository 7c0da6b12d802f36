import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawn } from "node:child_process";

/**
 * `npm test`: the static checks, then every test. `--check` does only the checks; any other arguments go to vitest, and
 * leave the checks out. Each check counts as one test. The totals are also written to TOTALS, which `.ci/run` reads.
 */
const ROOT = join(import.meta.dirname, "..");
const BIN = join(ROOT, "node_modules/.bin");
const TOTALS = join(ROOT, "node_modules/.cache/neargate/totals.json");
const VITEST_REPORT = join(ROOT, "node_modules/.cache/neargate/vitest.json");

const CHECKS: readonly { name: string; command: readonly [string, ...string[]] }[] = [
  { name: "types", command: ["tsc", "-p", "."] },
  { name: "lint", command: ["oxlint", "--deny-warnings"] },
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "unused code and dependencies", command: ["knip"] },
  { name: "import directions", command: [process.execPath, "scripts/check-imports.ts"] },
  { name: "operations coverage page", command: [process.execPath, "scripts/coverage.ts", "--check"] },
];

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const args = process.argv.slice(2);
rmSync(TOTALS, { force: true });
const total: Count = { passed: 0, failed: 0, skipped: 0 };
const onlyChecks = args.includes("--check");
if (onlyChecks || args.length === 0) add(await runChecks());
if (!onlyChecks) add(await runVitest(args));
mkdirSync(dirname(TOTALS), { recursive: true });
writeFileSync(TOTALS, JSON.stringify(total));
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\nTotal: ${total.passed} passed, ${total.failed} failed${skipped}.`);
process.exitCode = total.failed > 0 ? 1 : 0;

function add(count: Count): void {
  for (const key of ["passed", "failed", "skipped"] as const) total[key] += count[key];
}

async function runChecks(): Promise<Count> {
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, command } of CHECKS) {
    const began = performance.now();
    const { code, output } = await execute(command, "collect");
    console.log(`${code === 0 ? "✔" : "✘"} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    if (code !== 0) console.log(output);
    count[code === 0 ? "passed" : "failed"]++;
  }
  return count;
}

interface VitestReport {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

async function runVitest(more: string[]): Promise<Count> {
  rmSync(VITEST_REPORT, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${VITEST_REPORT}`];
  const { code } = await execute(["vitest", "run", ...reporters, ...more], "show");
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(VITEST_REPORT, "utf8")) as VitestReport;
  } catch {
    console.log("vitest ended without a report");
    return { passed: 0, failed: 1, skipped: 0 };
  }
  // A file that cannot be loaded, or whose hooks fail, may have no failed test; it counts as one.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    // vitest also fails for errors outside of tests.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Runs a program of node_modules/.bin, or one named by its path, with the Node that runs this script. */
function execute(
  [program, ...programArgs]: readonly [string, ...string[]],
  output: "show" | "collect",
): Promise<{ code: number; output: string }> {
  const path = program.startsWith("/") ? program : join(BIN, program);
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
  return new Promise((resolve, reject) => {
    const child = spawn(path, programArgs, {
      cwd: ROOT,
      env,
      stdio: output === "show" ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}
