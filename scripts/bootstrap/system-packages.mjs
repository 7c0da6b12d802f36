import { spawnSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../bin/node24.mjs";
import { Unmet } from "./unmet.mjs";

/**
 * Installs the Debian packages whose programs are missing. Installing starts no service: the engine runs what it needs
 * itself, apart from the host's.
 */
export function installSystemPackages(purposes) {
  const all = JSON.parse(readFileSync(`${ROOT}src/cli/doctor/packages.json`, "utf8"));
  const missing = all.filter((entry) => purposes.includes(entry.for ?? "run") && !isPresent(entry));
  if (missing.length === 0) return;
  const list = missing.map(({ package: name, why }) => `  ${name.padEnd(16)} ${why}`).join("\n");
  const command = `apt-get install -y --no-install-recommends ${missing.map((entry) => entry.package).join(" ")}`;
  if (!findProgram("apt-get"))
    throw new Unmet(
      `these are missing, and only on Debian and Ubuntu can they be installed for you:\n${list}\n` +
        `Install ${missing.flatMap((entry) => entry.programs).join(", ")} with this system's package manager.`,
    );
  if (process.getuid() !== 0)
    throw new Unmet(
      `these packages are missing:\n${list}\nInstall them as root:\n  sudo ${command}\n` +
        "or run this command as root. (Tasks need root; the API alone can be tried without: npm start -- --compute simulated)",
    );
  console.log(`Installing Debian packages:\n${list}`);
  install(missing);
}

function install(missing) {
  const began = Date.now();
  if (apt(["update", "-qq"]) !== 0)
    console.error("apt-get update failed; going on with the package lists that are here");
  // Not every release has every tool; tests that need one that cannot be had are skipped, and say so.
  const available = missing.filter(hasCandidate);
  const unavailable = missing.filter((entry) => !available.includes(entry));
  const needed = unavailable.filter((entry) => entry.for !== "test");
  if (needed.length > 0)
    throw new Unmet(
      `this system's package sources lack ${needed.map((entry) => entry.package).join(", ")}: on Ubuntu enable "universe"`,
    );
  for (const entry of unavailable)
    if (!installBackport(entry)) console.log(`  (this system has no package ${entry.package}: ${entry.why})`);
  if (available.length > 0) {
    const names = available.map((entry) => entry.package);
    // --no-remove: another containerd, such as Docker's own, must not be replaced by ours.
    const status = withoutServices(() =>
      apt(["install", "-y", "-qq", "--no-install-recommends", "--no-remove", ...names]),
    );
    if (status !== 0) throw new Unmet(`apt-get could not install ${names.join(" ")}: see its messages above`);
  }
  const still = available.filter((entry) => !isPresent(entry));
  if (still.length > 0)
    throw new Unmet(
      `after installing, these are still missing: ${still.flatMap((entry) => entry.programs).join(", ")}`,
    );
  console.log(`… done in ${Math.round((Date.now() - began) / 1000)} s.`);
}

/** Runs apt-get, and shows what it printed only when it failed. */
function apt(args) {
  const { status, output } = spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (status !== 0) console.error(Buffer.concat(output.filter(Boolean)).toString());
  return status;
}

function hasCandidate({ package: name, minimum }) {
  const candidate = /Candidate: (?!\(none\))(\S+)/.exec(textOf("apt-cache", ["policy", name]))?.[1];
  return candidate !== undefined && isNewEnough(candidate, minimum);
}

function isNewEnough(version, minimum) {
  return !minimum || spawnSync("dpkg", ["--compare-versions", version, "ge", minimum]).status === 0;
}

/** Installs a package from Debian's backports for this one time: the sources of the system are not changed. */
function installBackport({ package: name, backports }) {
  const codename = /^VERSION_CODENAME=(\S+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const sources = textOf("apt-get", ["indextargets", "--format", "$(REPO_URI)", "Identifier: Packages"]).split("\n");
  const mirror = sources.find((uri) => /\/debian\/?$/.test(uri));
  if (!backports || !codename || !mirror) return false;
  const folder = mkdtempSync(join(tmpdir(), "neargate-apt-"));
  try {
    mkdirSync(join(folder, "lists/partial"), { recursive: true });
    writeFileSync(join(folder, "sources.list"), `deb ${mirror} ${codename}-backports main\n`);
    const only = ["-o", `Dir::Etc::sourcelist=${folder}/sources.list`, "-o", "Dir::Etc::sourceparts=-"];
    const options = [...only, "-o", `Dir::State::lists=${folder}/lists`, "-o", "APT::Sandbox::User=root"];
    if (apt([...options, "update", "-qq"]) !== 0) return false;
    const wanted = ["install", "-y", "-qq", "--no-install-recommends", "--no-remove", name];
    return withoutServices(() => apt([...options, ...wanted])) === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOf(program, args) {
  return spawnSync(program, args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } }).stdout ?? "";
}

const POLICY = "/usr/sbin/policy-rc.d";
const POLICY_TEXT =
  "#!/bin/sh\n# Made by Neargate while it installs packages: 101 keeps their services from starting.\nexit 101\n";

/** https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt; a policy of the host's own is left alone. */
function withoutServices(work) {
  const foreign = existsSync(POLICY) && readFileSync(POLICY, "utf8") !== POLICY_TEXT;
  if (foreign) return work();
  writeFileSync(POLICY, POLICY_TEXT);
  chmodSync(POLICY, 0o755);
  try {
    return work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}

function isPresent({ package: name, programs, files = [], minimum }) {
  if (!programs.every(findProgram) || !files.every((file) => existsSync(file))) return false;
  if (!minimum) return true;
  const version = textOf("dpkg-query", ["--show", "--showformat", "${Version}", name]);
  return version === "" || isNewEnough(version, minimum); // not from a package: whoever put it there knows
}

function findProgram(name) {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.filter(Boolean).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
