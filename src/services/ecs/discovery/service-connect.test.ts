import { expect, test } from "vitest";
import type { Ecs } from "../ecs.ts";
import { versionsOf, type ServiceRecord } from "../service/service-record.ts";
import { removePorts } from "./service-connect.ts";

/** A version that offers the ports with these Cloud Map services. */
function version(id: string, ...serviceIds: string[]) {
  return { id, serviceConnect: { namespaceId: "ns", ports: serviceIds.map((serviceId) => ({ serviceId })) } };
}

function service(name: string, more: object): ServiceRecord {
  const scope = { account: "000000000000", region: "us-east-1" };
  return { scope, clusterName: "c", serviceName: name, deployments: [], ...more } as unknown as ServiceRecord;
}

/** What is removed when a service has become `now`, having been `before`. */
async function removed(before: ServiceRecord, now: ServiceRecord, others: ServiceRecord[] = []): Promise<string[]> {
  const gone: string[] = [];
  const ecs = {
    directory: { removeService: async (_: unknown, serviceId: string) => void gone.push(serviceId) },
    store: { services: { list: async () => [now, ...others] } },
  } as unknown as Ecs;
  await removePorts(ecs, now, versionsOf(before), versionsOf(now));
  return gone;
}

test("Cloud Map services go with the last that offers them, or could be rolled back to", async () => {
  const [one, two] = [version("1", "srv-a", "srv-b"), version("2", "srv-b")];
  const rolling = service("web", { deployments: [two, one], lastCompleted: one });
  const drained = service("web", { deployments: [two], lastCompleted: one });
  const completed = service("web", { deployments: [two], lastCompleted: two });
  expect(await removed(rolling, drained)).toEqual([]);
  expect(await removed(drained, completed)).toEqual(["srv-a"]);
  expect(await removed(completed, service("web", {}))).toEqual(["srv-b"]);
});

test("a name that another service took over stays", async () => {
  const before = service("web", { deployments: [version("1", "srv-a")] });
  const heir = service("heir", { deployments: [version("2", "srv-a")] });
  const returning = service("returning", { lastCompleted: version("3", "srv-a") });
  expect(await removed(before, service("web", {}), [heir])).toEqual([]);
  expect(await removed(before, service("web", {}), [returning])).toEqual([]);
});
