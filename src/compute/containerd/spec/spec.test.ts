import { describe, expect, test } from "vitest";
import { mergeCapabilities, DEFAULT_CAPABILITIES } from "./capabilities.ts";
import { cpuResources, parseProcLimits, rlimitsFor } from "./limits.ts";
import { containerMounts } from "./mounts.ts";
import { processArgs, processEnv } from "./process.ts";
import { seccompFor } from "./seccomp.ts";
import { specText, UNLIMITED } from "./spec-text.ts";
import { resolveUser } from "./user.ts";

describe("users", () => {
  const files = {
    passwd:
      "root:x:0:0:root:/root:/bin/sh\n# comment\nweb:x:1001:1002::/home/web:\nwrap:x:4294967296:0::/:\n100:x:7:8::/:\n",
    group: "root:x:0:root\nweb:x:1002:\nextra:x:2000:web,root\nother:x:2001:web\nhuge:x:4294967296:\n",
  };

  test.each([
    ["", { uid: 0, gid: 0, additionalGids: [0, 2000] }],
    ["root", { uid: 0, gid: 0, additionalGids: [0, 2000] }],
    ["web", { uid: 1001, gid: 1002, additionalGids: [2000, 2001] }],
    ["1001", { uid: 1001, gid: 1002, additionalGids: [2000, 2001] }],
    ["web:extra", { uid: 1001, gid: 2000, additionalGids: [] }],
    ["web:55", { uid: 1001, gid: 55, additionalGids: [] }],
    ["4242", { uid: 4242, gid: 0, additionalGids: [] }],
    ["4242:web", { uid: 4242, gid: 1002, additionalGids: [] }],
    ["100", { uid: 100, gid: 0, additionalGids: [] }],
    [":extra", { uid: 0, gid: 2000, additionalGids: [] }],
    ["2147483647", { uid: 2_147_483_647, gid: 0, additionalGids: [] }],
  ])("%j", (text, user) => expect(resolveUser(text, files)).toEqual(user));

  test.each([
    ["nobody", "unable to find user nobody: no matching entries in passwd file"],
    ["web:none", "unable to find group none: no matching entries in group file"],
    ["2147483648", "uids and gids must be in range 0-2147483647"],
    ["4294967296", "uids and gids must be in range 0-2147483647"],
    ["-1", "uids and gids must be in range 0-2147483647"],
    ["0:4294967296", "uids and gids must be in range 0-2147483647"],
    ["wrap", "uids and gids must be in range 0-2147483647"],
    ["web:huge", "uids and gids must be in range 0-2147483647"],
  ])("%j is refused", (text, message) => expect(() => resolveUser(text, files)).toThrow(message));
});

describe("process", () => {
  const image = { entrypoint: ["/entry"], command: ["image"] };

  test.each([
    [{}, ["/entry", "image"]],
    [{ command: ["own"] }, ["/entry", "own"]],
    [{ entryPoint: ["/own"] }, ["/own"]],
    [{ entryPoint: ["/own"], command: ["both"] }, ["/own", "both"]],
    [{ entryPoint: [], command: [] }, ["/entry", "image"]],
  ])("arguments of %j", (own, args) => expect(processArgs(image, own)).toEqual(args));

  test("environment in Docker's order", () => {
    const env = processEnv(["A=1", "PATH=/bin", "BROKEN", "E=x=y"], { A: "2", Z: "" }, "h");
    expect(env).toEqual(["PATH=/bin", "HOSTNAME=h", "A=2", "E=x=y", "Z="]);
  });
});

describe("capabilities", () => {
  test.each([
    [undefined, DEFAULT_CAPABILITIES],
    [{ add: ["SYS_PTRACE"], drop: ["ALL"] }, ["CAP_SYS_PTRACE"]],
    [{ add: ["cap_sys_ptrace", "CHOWN"], drop: [] }, [...DEFAULT_CAPABILITIES, "CAP_SYS_PTRACE"]],
    [{ add: [], drop: ["NET_RAW"] }, DEFAULT_CAPABILITIES.filter((name) => name !== "CAP_NET_RAW")],
  ])("%j", (change, expected) => expect(mergeCapabilities(change)).toEqual(expected));
});

describe("limits", () => {
  const procLimits = parseProcLimits(
    "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 20000                files     \nMax core file size        0                    unlimited            bytes     \n",
  );

  test("the host's hard limits are read", () => {
    expect(procLimits).toEqual(
      new Map([
        ["RLIMIT_NOFILE", 20_000],
        ["RLIMIT_CORE", UNLIMITED],
      ]),
    );
  });

  test("without an end they are the kernel's infinity, also read and written again", () => {
    const text = specText({ soft: UNLIMITED, hard: 1024, args: ["18446744073709552000"] });
    expect(text).toBe('{"soft":18446744073709551615,"hard":1024,"args":["18446744073709552000"]}');
    expect(specText(JSON.parse(text) as object)).toBe(text);
  });

  test("none exceeds what the host allows", () => {
    const ceiling = (type: string) => procLimits.get(type) ?? Infinity;
    expect(rlimitsFor(undefined, () => Infinity)).toEqual([{ type: "RLIMIT_NOFILE", soft: 65_535, hard: 65_535 }]);
    expect(rlimitsFor([{ name: "core", softLimit: -1, hardLimit: -1 }], ceiling)).toEqual([
      { type: "RLIMIT_NOFILE", soft: 20_000, hard: 20_000 },
      { type: "RLIMIT_CORE", soft: UNLIMITED, hard: UNLIMITED },
    ]);
    expect(rlimitsFor([], ceiling, true)).toContainEqual({ type: "RLIMIT_CORE", soft: 1, hard: 1 });
    expect(rlimitsFor([{ name: "nofile", softLimit: 100, hardLimit: 30_000 }], ceiling)).toEqual([
      { type: "RLIMIT_NOFILE", soft: 100, hard: 20_000 },
    ]);
  });

  test("CPU units are shares, or the weight that the kernel takes: no runtime converts them", () => {
    expect([0, 512].map((units) => cpuResources(units, 1))).toEqual([{ cpu: { shares: 2 } }, { cpu: { shares: 512 } }]);
    expect(cpuResources(512, 2)).toEqual({ unified: { "cpu.weight": "50" } });
  });
});

describe("mounts", () => {
  test("parents come first, and a mount replaces the system's at the same place", () => {
    const mount = (destination: string) => ({ source: "/s", destination, readOnly: false });
    const made = containerMounts([mount("/a/b"), mount("/dev/shm"), mount("/a")], undefined);
    const destinations = made.map(({ destination }) => destination);
    expect(destinations.slice(-3)).toEqual(["/a", "/a/b", "/dev/shm"]);
    expect(destinations.filter((destination) => destination === "/dev/shm")).toHaveLength(1);
  });
});

describe("seccomp", () => {
  const host = { arch: "x64", kernelRelease: "6.1.0-18-amd64" };
  const actionOf = (name: string, capabilities: string[], on = host) =>
    seccompFor(on, capabilities)
      .syscalls.filter((rule) => rule.names.includes(name) && !rule.args?.length)
      .map(({ action, errnoRet }) => (errnoRet === undefined ? action : `${action} ${errnoRet}`));

  test("architectures", () => {
    expect(seccompFor(host, []).architectures).toEqual(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]);
    expect(seccompFor({ ...host, arch: "arm64" }, []).architectures).toEqual(["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"]);
    expect(() => seccompFor({ ...host, arch: "vax" }, [])).toThrow("no seccomp profile");
    expect(actionOf("arch_prctl", [])).toEqual(["SCMP_ACT_ALLOW"]);
    expect(actionOf("arch_prctl", [], { ...host, arch: "arm64" })).toEqual([]);
  });

  test("capabilities allow their calls", () => {
    expect(seccompFor(host, [])).toMatchObject({ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1 });
    expect(actionOf("mount", DEFAULT_CAPABILITIES)).toEqual([]);
    expect(actionOf("mount", ["CAP_SYS_ADMIN"])).toEqual(["SCMP_ACT_ALLOW"]);
    expect(actionOf("chroot", DEFAULT_CAPABILITIES)).toEqual(["SCMP_ACT_ALLOW"]);
    expect(actionOf("clone3", DEFAULT_CAPABILITIES)).toEqual(["SCMP_ACT_ERRNO 38"]);
    for (const name of ["keyctl", "bpf", "userfaultfd", "kexec_load", "init_module", "unshare", "setns"])
      expect(actionOf(name, DEFAULT_CAPABILITIES)).toEqual([]);
  });

  test("old kernels do not get ptrace", () => {
    expect(actionOf("ptrace", [])).toEqual(["SCMP_ACT_ALLOW"]);
    expect(actionOf("ptrace", [], { ...host, kernelRelease: "4.4.0" })).toEqual([]);
  });
});
