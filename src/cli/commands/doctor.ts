import { Command } from "commander";
import { readEngineFile } from "../../admin/engine-file.ts";
import { findProgram } from "../../base/find-program.ts";
import type { Config } from "../../config.ts";
import type { Finding } from "../doctor/check.ts";
import { checkIsolation } from "../doctor/isolation.ts";
import { checkLazyImages } from "../doctor/lazy-images.ts";
import { checkCgroups, checkKernel, checkKernelFeatures, checkRoot, checkSeccomp } from "../doctor/kernel.ts";
import { checkMasterKey } from "../doctor/master-key.ts";
import { checkForwarding, checkForwardPolicy, checkPool, checkPort, checkVpcRanges } from "../doctor/network.ts";
import { checkContainerd, checkPrograms, checkRunc } from "../doctor/programs.ts";
import { checkSharedStorage } from "../doctor/shared-storage.ts";
import { checkStorage } from "../doctor/storage.ts";
import { checkStorageEncryption } from "../doctor/storage-encryption.ts";
import { say, sayJson } from "../output.ts";
import { withLastSettings } from "../running-engine.ts";
import { addSettings, loadFromFlags } from "../settings-options.ts";

/** `neargate doctor`: whether this machine can run tasks, and what to do where it cannot; exit code 1 then. */
export function doctorCommand(): Command {
  const command = new Command("doctor").description("check this machine and say what is missing; exit code 1 then");
  return addSettings(command)
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const loaded = loadFromFlags(command);
      const { chosen } = loaded;
      const config = { ...loaded.config, ...ofEngine(withLastSettings(loaded).loaded.config) };
      // An engine of this data folder says which port it has; it may have been given another than the usual one.
      const known = chosen.port === undefined ? readEngineFile(config.dataFolder)?.config.port : undefined;
      const findings = await examine(known === undefined ? config : { ...config, port: known });
      const packages = findings.flatMap((finding) => finding.packages ?? []);
      const install =
        packages.length > 0 ? `apt-get install -y --no-install-recommends ${packages.join(" ")}` : undefined;
      const ok = findings.every((finding) => finding.status !== "fail");
      if (!ok) process.exitCode = 1;
      if (json) return sayJson({ ok, install, findings });
      for (const { name, status, detail, fix } of findings) {
        say(`${status.padEnd(5)} ${name}: ${detail}`);
        if (fix) say(`      → ${fix}`);
      }
      if (install) say(`\nTo install what is missing:\n  ${install}`);
      say(ok ? "\nThis machine can run Neargate." : "\nThis machine cannot run Neargate yet.");
    });
}

/** What an engine of the data folder was started with counts, unless it is chosen anew here. */
function ofEngine(last: Config): Partial<Config> {
  const { masterKey, efsNfs, isolation, providerIsolation, userNamespaces, encryptStorage, lazyImages } = last;
  return { masterKey, efsNfs, isolation, providerIsolation, userNamespaces, encryptStorage, lazyImages };
}

async function examine(config: Config): Promise<Finding[]> {
  const everywhere = [checkStorage(config), await checkPort(config), await checkMasterKey(config)];
  if (config.compute === "simulated") return everywhere;
  const root = checkRoot();
  return [
    checkKernel(),
    root,
    checkCgroups(),
    checkSeccomp(),
    ...checkPrograms(),
    ...(await checkContainerd()),
    ...(await checkRunc()),
    ...(root.status === "ok" ? await checkIsolation(config) : []),
    ...(root.status === "ok" ? await checkKernelFeatures() : []),
    ...(root.status === "ok" ? [await checkStorageEncryption(config)] : []),
    ...(root.status === "ok" ? await checkSharedStorage(config) : []),
    checkLazyImages(config),
    checkForwarding(),
    ...(root.status === "ok" ? await checkForwardPolicy() : []),
    ...(findProgram("ip") ? [...(await checkPool(config)), ...(await checkVpcRanges(config))] : []),
    ...everywhere,
  ];
}
