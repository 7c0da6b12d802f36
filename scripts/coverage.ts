import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../src/base/errors.ts";
import { writeFileAtomic } from "../src/base/files.ts";
import { allServices, type ServiceParts } from "../src/services/index.ts";
import type { ServiceDefinition } from "../src/wire/service.ts";

/**
 * Writes docs/operations-coverage.md: for each service of src/services/index.ts, which operations of its SDK client are
 * built. `--check` writes nothing and fails when the page is not what it would be.
 */
const ROOT = join(import.meta.dirname, "..");
const PAGE = "docs/operations-coverage.md";

interface Coverage {
  service: string;
  built: readonly string[];
  missing: readonly string[];
}

/** Operations take their parts apart at most until they are called, and none is called here. */
const ANYTHING: unknown = new Proxy({}, { get: () => ANYTHING });
const NO_PARTS = ANYTHING as ServiceParts;

async function coverageOf(definition: ServiceDefinition): Promise<Coverage> {
  const { model } = await definition.load();
  const operations = model.operationNames.toSorted();
  return {
    service: definition.statics.name,
    built: operations.filter((name) => definition.handlers.has(name)),
    missing: operations.filter((name) => !definition.handlers.has(name)),
  };
}

/** The file of an operation: `DescribeVpcs` of ec2 → `src/services/ec2/operations/describe-vpcs.ts`. */
function fileOf(service: string, operation: string): string {
  const words = operation.replace(/([a-z\d])([A-Z])/g, "$1-$2").replace(/([A-Z])([A-Z][a-z])/g, "$1-$2");
  const kebab = words.toLowerCase();
  const file = `src/services/${service}/operations/${kebab}.ts`;
  if (!existsSync(join(ROOT, file))) throw new Error(`${service}:${operation} is built, but there is no ${file}`);
  return file;
}

function section({ service, built, missing }: Coverage): string {
  const links = built.map((operation) => `- [${operation}](../${fileOf(service, operation)})`);
  const rest =
    missing.length > 0
      ? `\n\n<details><summary>${missing.length} not built</summary>\n\n${missing.join(", ")}\n\n</details>`
      : "";
  return `## ${service}: ${built.length} of ${built.length + missing.length}\n\n${links.join("\n")}${rest}`;
}

function page(coverages: readonly Coverage[]): string {
  return `# Operations that are built

Written by \`node scripts/coverage.ts\` from \`src/services/index.ts\` and the operations of the installed AWS SDK clients;
not edited by hand. An operation that is not built answers with AWS's error for an unknown operation, and the message
names it. What a built operation does not do yet is in [limits-and-differences.md](limits-and-differences.md).

${coverages.map(section).join("\n\n")}
`;
}

async function main(): Promise<void> {
  const text = page(await Promise.all(allServices(NO_PARTS).map(coverageOf)));
  const path = join(ROOT, PAGE);
  if (!process.argv.includes("--check")) return writeFileAtomic(path, text, 0o644);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  throw new Error(`${PAGE} is out of date: run node scripts/coverage.ts`);
}

try {
  await main();
} catch (cause) {
  console.error(messageOf(cause));
  process.exitCode = 1;
}
