import profile from "../../../../generated/seccomp.json" with { type: "json" };

/** An argument's condition, in the words that the profile and the OCI specification share. */
interface SyscallArgument {
  index: number;
  value: number;
  valueTwo?: number;
  op: string;
}

interface ProfileRule {
  names: string[];
  action: string;
  errnoRet?: number;
  args?: SyscallArgument[];
  includes?: RuleCondition;
  excludes?: RuleCondition;
}

/** When a rule counts. Everything named must hold. */
interface RuleCondition {
  /** Go's names of architectures. */
  arches?: string[];
  caps?: string[];
  minKernel?: string;
}

/** `linux.seccomp` of the OCI specification: https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp */
export interface OciSeccomp {
  defaultAction: string;
  defaultErrnoRet: number;
  architectures: string[];
  syscalls: { names: string[]; action: string; errnoRet?: number; args?: SyscallArgument[] }[];
}

/** What the rules are chosen by. */
export interface SeccompHost {
  /** As Node calls it: `x64`, `arm64`. */
  arch: string;
  /** Such as `6.1.0-18-amd64`. */
  kernelRelease: string;
}

const goArch: Record<string, string> = {
  x64: "amd64",
  arm64: "arm64",
  riscv64: "riscv64",
  s390x: "s390x",
  ppc64: "ppc64le",
};
const seccompArch: Record<string, string> = {
  x64: "SCMP_ARCH_X86_64",
  arm64: "SCMP_ARCH_AARCH64",
  riscv64: "SCMP_ARCH_RISCV64",
  s390x: "SCMP_ARCH_S390X",
  ppc64: "SCMP_ARCH_PPC64LE",
};

/** Docker's default profile for one container: its rules depend on the architecture, the kernel and the capabilities. */
export function seccompFor(host: SeccompHost, capabilities: string[]): OciSeccomp {
  const native = seccompArch[host.arch];
  if (native === undefined) throw new Error(`no seccomp profile for the architecture ${host.arch}`);
  const subArchitectures = profile.archMap.find((entry) => entry.architecture === native)?.subArchitectures ?? [];
  const rules = profile.syscalls as ProfileRule[];
  return {
    defaultAction: profile.defaultAction,
    defaultErrnoRet: profile.defaultErrnoRet,
    architectures: [native, ...subArchitectures],
    syscalls: rules
      .filter((rule) => isIncluded(rule, host, capabilities) && !isExcluded(rule, host, capabilities))
      .map(({ names, action, errnoRet, args }) => ({ names, action, errnoRet, args })),
  };
}

function isIncluded(rule: ProfileRule, host: SeccompHost, capabilities: string[]): boolean {
  const { arches = [], caps = [], minKernel } = rule.includes ?? {};
  return (
    (arches.length === 0 || arches.includes(goArch[host.arch]!)) &&
    caps.every((name) => capabilities.includes(name)) &&
    (minKernel === undefined || isKernelAtLeast(host.kernelRelease, minKernel))
  );
}

/** Any one condition excludes. */
function isExcluded(rule: ProfileRule, host: SeccompHost, capabilities: string[]): boolean {
  const { arches = [], caps = [], minKernel } = rule.excludes ?? {};
  return (
    arches.includes(goArch[host.arch]!) ||
    caps.some((name) => capabilities.includes(name)) ||
    (minKernel !== undefined && isKernelAtLeast(host.kernelRelease, minKernel))
  );
}

function isKernelAtLeast(release: string, wanted: string): boolean {
  const [major = 0, minor = 0] = release.split(".").map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
