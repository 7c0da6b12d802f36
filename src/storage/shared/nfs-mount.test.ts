import { expect, test } from "vitest";
import { CommandError } from "../../base/command.ts";
import { explain } from "./nfs-mount.ts";

test.each([
  ["mount: /x: unknown filesystem type 'nfs4'.", /no NFS client: it needs the modules nfs and nfsv4/],
  ["mount: /x: mount(2) system call failed: Connection refused.", /refuses connections on port 2049/],
  ["mount: /x: mount(2) system call failed: No route to host.", /cannot be reached/],
  ["mount: /x: special device h:/y does not exist.", /does not offer that folder/],
  ["mount: /x: permission denied.", /does not let this machine in: the export needs "rw,no_root_squash"/],
  ["mount: /x: something else.", /something else/],
])("%s", (said, meant) => {
  const message = explain("h:/y", new CommandError(["mount", "…"], "exit code 32", 32, said));
  expect(message).toMatch(/^h:\/y cannot be mounted: /);
  expect(message).toMatch(meant);
});

test("a server that is silent", () => {
  const silence = new CommandError(["mount", "…"], "did not end in 30 s");
  expect(explain("h:/y", silence)).toBe("h:/y cannot be mounted: the server did not answer in 30 s");
});
