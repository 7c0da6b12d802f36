import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * Imports run one way (ARCHITECTURE.md, "Layout"). For each part under src/, the parts that it may import beside itself;
 * `type` imports count, since they tie parts together just the same.
 */
const DATA_PLANE = ["config", "store", "base"];
const ENGINE = ["engine", "version", "config", "base"];
const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  settings: ["base"],
  version: [],
  config: ["settings", "base"],
  engine: ["events", "config", "base"],
  keyring: ["config", "base"],
  store: ["base"],
  events: ["store", "base"],
  identity: ["keyring", ...DATA_PLANE],
  registry: DATA_PLANE,
  balancer: ["network", ...DATA_PLANE],
  network: DATA_PLANE,
  storage: ["base"],
  compute: [...DATA_PLANE, "registry", "network"],
  tasks: ["compute", "network", "storage", "balancer", "registry", "identity", ...DATA_PLANE],
  control: ["tasks", "compute", "network", "storage", "balancer", "registry", "identity", ...DATA_PLANE],
  wire: ["identity", "base"],
  services: [
    "wire",
    "control",
    "tasks",
    "compute",
    "network",
    "storage",
    "balancer",
    "registry",
    "identity",
    "keyring",
    "events",
    ...DATA_PLANE,
  ],
  admin: ["wire", "keyring", ...ENGINE],
  demo: ["base"],
  assemble: [
    "admin",
    "services",
    "wire",
    "control",
    "tasks",
    "compute",
    "network",
    "storage",
    "balancer",
    "registry",
    "identity",
    "keyring",
    "events",
    "store",
    ...ENGINE,
  ],
  main: ["assemble", "admin", "cli", ...ENGINE],
  // `doctor` looks at the host with the data plane's own eyes.
  cli: ["main", "admin", "demo", "settings", "keyring", "network", "compute", "storage", ...ENGINE],
};

/** Static and dynamic imports and re-exports of files. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"/g;

const root = join(import.meta.dirname, "..");
const violations = globSync(["src/**/*.{ts,mts}", "test/**/*.ts"], { cwd: root })
  .filter((file) => !isUnitTest(file))
  .flatMap(checkFile);
for (const violation of violations) console.error(violation);
if (violations.length > 0) process.exitCode = 1;

/** A unit test may put its part together with others. */
function isUnitTest(file: string): boolean {
  return file.startsWith("src/") && file.endsWith(".test.ts");
}

function checkFile(file: string): string[] {
  const source = readFileSync(join(root, file), "utf8");
  return [...source.matchAll(IMPORT)].flatMap(([, specifier]) => {
    const target = relative(root, join(root, dirname(file), specifier!));
    const reason = whyNot(file, target);
    return reason ? [`${file} imports ${target}: ${reason}`] : [];
  });
}

/** Why a file may not import another; `undefined` when it may. */
function whyNot(file: string, target: string): string | undefined {
  if (file.startsWith("test/conformance/") && target.startsWith("src/"))
    return "conformance tests are black boxes and import nothing of src";
  if (!file.startsWith("src/") || !target.startsWith("src/")) return undefined;
  const [from, to] = [partOf(file), partOf(target)];
  if (from === to) return betweenServices(file, target);
  const allowed = ALLOWED[from];
  if (!allowed) return `scripts/check-imports.ts does not know the part "${from}"`;
  if (allowed.includes(to)) return undefined;
  return `${from} may import ${allowed.length > 0 ? allowed.join(", ") : "nothing"}`;
}

/** `src/store/sqlite.ts` → `store`; `src/main.ts` → `main` */
function partOf(file: string): string {
  return file.split("/")[1]!.replace(/\.ts$/, "");
}

/** A service uses another through its functions, never its tables. */
function betweenServices(file: string, target: string): string | undefined {
  const [from, to] = [file, target].map((path) => path.split("/")[2]);
  const isStore = /^src\/services\/[^/]+\/(store\.ts|store\/)/.test(target);
  return file.startsWith("src/services/") && from !== to && isStore
    ? "a service uses another through its exported functions, never through its store"
    : undefined;
}
