import { release } from "node:os";
import { Unmet } from "./unmet.mjs";

/** Overlay, nftables with its JSON, and cgroups as they are used here. Debian 11's and Ubuntu 20.04's are newer. */
const OLDEST = [5, 4];

/** Refuses a machine whose kernel cannot run tasks. What a kernel was built without is told by `neargate doctor`. */
export function requireKernel() {
  if (process.platform !== "linux")
    throw new Unmet(
      `tasks need Linux, and this is ${process.platform}: use a virtual machine with Debian 12 or Ubuntu 24.04`,
    );
  const [major, minor] = release().split(/[.-]/).map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw new Unmet(
      `this kernel is ${release()}, and at least ${OLDEST.join(".")} is needed: Debian 12 and Ubuntu 24.04 have one`,
    );
}

/** Asked after the packages, so that a message about root also tells which of them are missing. */
export function requireRoot(command) {
  if (process.getuid() !== 0)
    throw new Unmet(
      `containers and their networks need root: sudo npm ${command} ` +
        "(the API alone can be tried without: npm start -- --compute simulated)",
    );
}
