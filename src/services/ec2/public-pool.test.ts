import { expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { SimulatedNetwork } from "../../network/simulated.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { Ec2 } from "./ec2.ts";
import { allocateAddress } from "./operations/allocate-address.ts";
import { describeAddresses } from "./operations/describe-addresses.ts";

const context = { scope: { account: "111122223333", region: "eu-central-1" } } as RequestContext;

test("elastic addresses move with the public pool, and nobody else gets their new ones", async () => {
  const store = new Store(sqliteDialect(":memory:"), silentLogger);
  const network = new SimulatedNetwork("198.51.100.0/29");
  const ec2 = new Ec2({ store, network, clock: systemClock, ids: randomIds, log: silentLogger });
  await store.open();
  await ec2.start();
  const { AllocationId } = await allocateAddress(ec2)({}, context);
  await ec2.stop();

  network.publicPool = () => "203.0.113.0/29";
  await ec2.start();
  const { Addresses } = await describeAddresses(ec2)({ AllocationIds: [AllocationId!] }, context);
  expect(Addresses![0]!.PublicIp).toMatch(/^203\.0\.113\.[1-6]$/);
  expect((await allocateAddress(ec2)({}, context)).PublicIp).not.toBe(Addresses![0]!.PublicIp);
  await ec2.stop();
  await store.close();
});
