import { expect, test } from "vitest";
import { routeEndpoints, splitEndpoints, type TrafficSplit } from "./traffic-split.ts";

function instance(instanceId: string, attributes: Record<string, string> = {}, healthy = true) {
  return { instanceId, healthy, attributes: { AWS_INSTANCE_IPV4: "10.0.0.1", AWS_INSTANCE_PORT: "80", ...attributes } };
}

function task(instanceId: string, deployment: string, healthy = true) {
  const attributes = { ECS_CLUSTER_NAME: "c", ECS_SERVICE_NAME: "web", ECS_DEPLOYMENT_ID: deployment };
  return instance(instanceId, attributes, healthy);
}

const ids = ({ endpoints, shift }: ReturnType<typeof splitEndpoints>) => [
  endpoints.map(({ id }) => id).join(""),
  ...(shift ? [shift.endpoints.map(({ id }) => id).join(""), shift.percent] : []),
];

test("endpoints are the healthy instances with address and port, in a stable order", () => {
  const found = [
    instance("b"),
    instance("a"),
    instance("sick", {}, false),
    instance("portless", { AWS_INSTANCE_PORT: "" }),
  ];
  expect(splitEndpoints(found, new Map())).toEqual({
    endpoints: [
      { id: "a", address: "10.0.0.1", port: 80 },
      { id: "b", address: "10.0.0.1", port: 80 },
    ],
  });
});

const TASKS = [task("g", "green"), task("s", "sick", false), task("b", "blue"), task("o", "older"), instance("u")];

test.each<[string, TrafficSplit | undefined, (string | number)[]]>([
  ["nothing is shifted: all are alike", undefined, ["bgou"]],
  ["before anything is shifted", { targetId: "green", sourceId: "blue", testWeight: 0, productionWeight: 0 }, ["bu"]],
  ["test traffic", { targetId: "green", sourceId: "blue", testWeight: 100, productionWeight: 0 }, ["bu", "g", 0]],
  ["a part", { targetId: "green", sourceId: "blue", testWeight: 100, productionWeight: 0.1 }, ["bu", "g", 0.1]],
  ["all", { targetId: "green", sourceId: "blue", testWeight: 100, productionWeight: 100 }, ["bu", "g", 100]],
  ["back", { targetId: "green", sourceId: "blue", testWeight: 0, productionWeight: 0 }, ["bu"]],
  ["a first deployment, before", { targetId: "green", testWeight: 0, productionWeight: 0 }, ["u"]],
  ["a first deployment, after", { targetId: "green", testWeight: 100, productionWeight: 100 }, ["u", "g", 100]],
  ["an unhealthy target", { targetId: "sick", sourceId: "blue", testWeight: 0, productionWeight: 50 }, ["bu", "", 50]],
])("%s", (_, split, expected) => {
  expect(ids(splitEndpoints(TASKS, new Map([["c/web", split]])))).toEqual(expected);
});

test("each service of the instances is asked for once", async () => {
  const asked: string[] = [];
  const splitOf = async (_: unknown, cluster: string, service: string) => {
    asked.push(`${cluster}/${service}`);
    return undefined;
  };
  await routeEndpoints({ splitOf }, { account: "1", region: "r" }, TASKS);
  expect(asked).toEqual(["c/web"]);
});
