import { expect, test } from "vitest";
import { startFailure } from "./start-failure.ts";

const RUNC = "OCI runtime exec failed: exec failed: unable to start container process: exec: ";
const GVISOR = "OCI runtime exec failed: executing processes for container: executing command ";

test.each([
  [
    "bash",
    `${RUNC}"bash": executable file not found in $PATH: unknown`,
    'exec: "bash": executable file not found in $PATH',
  ],
  [
    "/bin/x",
    `${RUNC}"/bin/x": stat /bin/x: no such file or directory: unknown`,
    "fork/exec /bin/x: no such file or directory",
  ],
  ["/etc/passwd", `${RUNC}"/etc/passwd": permission denied: unknown`, "fork/exec /etc/passwd: permission denied"],
  [
    "bash",
    `${GVISOR}"bash" in sandbox: error finding executable "bash" in PATH [/bin]: no such file or directory: unknown`,
    'exec: "bash": executable file not found in $PATH',
  ],
  [
    "/bin/x",
    `${GVISOR}"/bin/x" in sandbox: failed to load /bin/x: no such file or directory: unknown`,
    "fork/exec /bin/x: no such file or directory",
  ],
  ["sh", "cannot exec in a stopped state", "cannot exec in a stopped state"],
])("%s: %s", (program, message, failure) =>
  expect(startFailure(program, message)).toBe(`Unable to start command: Failed to start pty: ${failure}`),
);
