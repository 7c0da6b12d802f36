import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { ROOT } from "../../bin/node24.mjs";
import { Unmet } from "./unmet.mjs";

/** Installs the packages of package-lock.json when what is installed differs from it. */
export function installNpmPackages() {
  const wanted = packagesOf("package-lock.json");
  const installed = packagesOf("node_modules/.package-lock.json");
  const differing = Object.keys(wanted).filter((path) => differs(path, wanted[path], installed[path]));
  if (differing.length === 0) return;
  console.log(`Installing npm packages (${differing.length} missing or outdated), Node.js 24 among them …`);
  const began = Date.now();
  // Errors only: the shell's Node may be older than what the packages ask for, but they run in the Node 24 among them.
  // Not "npm ci": it refuses a lock file that lacks packages for other platforms, which a registry may not have.
  const npm = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (npm.status !== 0)
    throw new Unmet(
      `"npm install" failed in ${ROOT}${npm.error ? ` (${npm.error.message})` : ""}: see its messages above`,
    );
  console.log(`… done in ${Math.round((Date.now() - began) / 1000)} s.`);
}

/** What npm notes of each package, by its folder; npm writes the second file itself when an installation is complete. */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(ROOT + file, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

function differs(path, wanted, installed) {
  if (path === "" || wanted.link) return false;
  // Packages for other platforms are not installed; those for this one are needed although npm calls them optional.
  if (!installed) return !wanted.optional || fits(wanted);
  return installed.version !== wanted.version;
}

function fits({ os, cpu, libc }) {
  return os?.includes(process.platform) && cpu?.includes(process.arch) && (!libc || libc.includes("glibc"));
}
