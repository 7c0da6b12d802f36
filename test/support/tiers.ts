import { GvisorError, probeGvisor } from "../../src/compute/containerd/gvisor/probe.ts";
import { ISOLATION_TIERS, type Isolation } from "../../src/base/isolation.ts";

/**
 * The tiers that tests of both run on: `describe.each(await tiersHere())("on %s", (tier) => …)`, with
 * `TestEngine.start(["--isolation", tier])`. `NEARGATE_TEST_TIERS=gvisor` picks some; one that is picked must work,
 * else those that do are taken.
 */
export async function tiersHere(): Promise<Isolation[]> {
  const picked = process.env["NEARGATE_TEST_TIERS"]?.split(",");
  const wanted = ISOLATION_TIERS.filter((tier) => picked?.includes(tier) ?? true);
  if (!wanted.includes("gvisor")) return wanted;
  try {
    await probeGvisor();
    return wanted;
  } catch (cause) {
    if (!(cause instanceof GvisorError) || picked) throw cause;
    console.warn(`no tests with gVisor: ${cause.message}`);
    return wanted.filter((tier) => tier !== "gvisor");
  }
}

/** The tier of tests that run on one only: `runc` unless `NEARGATE_TEST_TIERS` names another first. */
export function testTier(): Isolation {
  const first = process.env["NEARGATE_TEST_TIERS"]?.split(",")[0];
  return ISOLATION_TIERS.find((tier) => tier === first) ?? "runc";
}
