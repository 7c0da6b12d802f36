import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../base/command.ts";
import { messageOf } from "../../base/errors.ts";
import { atLeast, type Finding } from "./check.ts";

/** Oldest kernel that is tried: Debian 11's and Ubuntu 20.04's are newer. */
const OLDEST_KERNEL = "5.4";

export function checkKernel(): Finding {
  const version = release();
  return atLeast(version, OLDEST_KERNEL)
    ? { name: "kernel", status: "ok", detail: version }
    : { name: "kernel", status: "fail", detail: version, fix: `a kernel of at least ${OLDEST_KERNEL} is needed` };
}

export function checkRoot(): Finding {
  return process.getuid?.() === 0
    ? { name: "root", status: "ok", detail: "yes" }
    : {
        name: "root",
        status: "fail",
        detail: "no: containers and networks cannot be made, and some checks are left out",
        fix: "run with sudo, or use --compute simulated",
      };
}

/** Version 2, or version 1 with the controllers that a task's limits need. */
export function checkCgroups(): Finding {
  const needed = ["cpu", "memory", "pids"];
  const unified = "/sys/fs/cgroup/cgroup.controllers";
  const version = existsSync(unified) ? 2 : 1;
  const present =
    version === 2
      ? readFileSync(unified, "utf8").trim().split(" ")
      : needed.filter((controller) => existsSync(`/sys/fs/cgroup/${controller}/cgroup.procs`));
  const missing = needed.filter((controller) => !present.includes(controller));
  if (missing.length === 0) return { name: "cgroups", status: "ok", detail: `version ${version}` };
  return {
    name: "cgroups",
    status: "fail",
    detail: `version ${version} without ${missing.join(", ")}`,
    fix: "mount cgroup version 2 at /sys/fs/cgroup with all controllers (systemd does), or boot with cgroup_enable=memory",
  };
}

export function checkSeccomp(): Finding {
  return existsSync("/proc/sys/kernel/seccomp/actions_avail")
    ? { name: "seccomp", status: "ok", detail: "available" }
    : {
        name: "seccomp",
        status: "fail",
        detail: "not in this kernel",
        fix: "a kernel with CONFIG_SECCOMP_FILTER is needed",
      };
}

/** Tries what a task needs of the kernel, in namespaces that vanish with the command. */
export async function checkKernelFeatures(): Promise<Finding[]> {
  return [
    await attempt(
      "veth pairs",
      "CONFIG_VETH",
      inNamespace("ip", "link", "add", "probe0", "type", "veth", "peer", "name", "probe1"),
    ),
    await attempt("nftables", "CONFIG_NF_TABLES and CONFIG_NF_TABLES_INET", inNamespace("nft", "add table inet probe")),
    await attempt("address translation", "CONFIG_NFT_NAT and CONFIG_NFT_CT", inNamespace("nft", NAT_PROBE)),
    await overlay(),
    await faults(),
  ];
}

function inNamespace(...command: string[]): string[] {
  return ["--net", ...command];
}

const NAT_PROBE = "table ip probe { chain c { type nat hook postrouting priority 100; ct state new masquerade; }; }";

const FAULT_PROBE =
  'table netdev probe { chain c { type filter hook egress device "lo" priority 0; ' +
  "numgen random mod 100 < 50 drop; jhash ip saddr mod 100 < 50 drop; }; }";
const LATENCY_PROBE = "qdisc add dev lo root handle 1: prio\nqdisc add dev lo parent 1:1 netem delay 1ms\n";

/** What only those tasks need that disturb their own network. */
async function faults(): Promise<Finding> {
  const rules = await attempt(
    "fault injection",
    "CONFIG_NETFILTER_EGRESS, CONFIG_NFT_NUMGEN and CONFIG_NFT_HASH (5.16 or later)",
    inNamespace("nft", FAULT_PROBE),
  );
  if (rules.status === "fail") return { ...rules, status: "warn" };
  const needs = "CONFIG_NET_SCH_NETEM and CONFIG_NET_SCH_PRIO";
  const latency = await attempt(rules.name, needs, inNamespace("tc", "-batch", "-"), LATENCY_PROBE);
  return latency.status === "ok" ? rules : { ...latency, status: "warn", detail: "works, but not network-latency" };
}

async function overlay(): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), "neargate-doctor-"));
  try {
    for (const name of ["lower", "upper", "work", "merged"]) mkdirSync(join(folder, name));
    const options = `lowerdir=${folder}/lower,upperdir=${folder}/upper,workdir=${folder}/work`;
    return await attempt("overlay file system", "CONFIG_OVERLAY_FS, and a temporary folder that is no overlay itself", [
      "--mount",
      "mount",
      "-t",
      "overlay",
      "overlay",
      "-o",
      options,
      join(folder, "merged"),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function attempt(name: string, needs: string, unshare: string[], input?: string): Promise<Finding> {
  try {
    await run("unshare", unshare, { timeoutMs: 30_000, ...(input === undefined ? {} : { input }) });
    return { name, status: "ok", detail: "works" };
  } catch (cause) {
    return { name, status: "fail", detail: messageOf(cause), fix: `a kernel with ${needs} is needed` };
  }
}
