import { expect, test } from "vitest";
import { aliasHostsLines } from "../../../tasks/discovery-record.ts";
import type { RegisteredPort } from "./deployment-discovery.ts";
import { clientRoutes, proxySpec, taskProxy, taskRegistrations } from "./plan.ts";

function port(discoveryName: string, changes: Partial<RegisteredPort> = {}): RegisteredPort {
  return {
    discoveryName,
    dnsName: discoveryName,
    aliasPort: 80,
    containerPort: 8080,
    ingressPort: 8080,
    protocol: "http",
    idleTimeoutSeconds: 300,
    perRequestTimeoutSeconds: 15,
    serviceId: `srv-${discoveryName}`,
    discoveryArn: `arn:${discoveryName}`,
    ...changes,
  };
}

const names = { containerName: "ecs-service-connect-0a1b2", containerArn: "arn:c", attachmentId: "attachment" };
const task = {
  region: "us-east-1",
  clusterName: "prod",
  serviceName: "web",
  family: "web-task",
  deploymentId: "ecs-svc/1",
  eni: { privateIp: "172.31.0.9", availabilityZone: "us-east-1a" },
};

test("each DNS name has an address, whatever the order, and its ports share it", () => {
  const ports = [port("web"), port("db", { aliasPort: 5432 }), port("db-admin", { dnsName: "db", aliasPort: 81 })];
  const routes = clientRoutes(ports);
  expect(routes.map(({ name, address }) => [name, address])).toEqual([
    ["db-admin-81", "127.255.0.1"],
    ["db-5432", "127.255.0.1"],
    ["web-80", "127.255.0.2"],
  ]);
  expect(clientRoutes(ports.toReversed())).toEqual(routes);
  expect(aliasHostsLines(routes)).toEqual(["127.255.0.1 db", "127.255.0.2 web"]);
});

test("the 256th name is in the next block", () => {
  const routes = clientRoutes(Array.from({ length: 257 }, (_, n) => port(`s${String(n).padStart(3, "0")}`)));
  expect(routes[254]!.address).toBe("127.255.0.255");
  expect(routes[255]!.address).toBe("127.255.1.0");
});

const common = {
  AWS_INSTANCE_IPV4: "172.31.0.9",
  AVAILABILITY_ZONE: "us-east-1a",
  REGION: "us-east-1",
  ECS_CLUSTER_NAME: "prod",
  ECS_SERVICE_NAME: "web",
  ECS_TASK_DEFINITION_FAMILY: "web-task",
};

test("a task without discovery is registered nowhere", () => {
  expect(taskRegistrations({}, task)).toEqual([]);
  expect(taskProxy({}, names)).toBeUndefined();
});

test("a registry's instance has a port only where one is asked for, and IPv6 where the task has it", () => {
  const registry = { registry: {}, serviceId: "srv-1", hasCustomHealth: true };
  expect(taskRegistrations({ registry }, task)).toEqual([
    { serviceId: "srv-1", attributes: common, health: "reported" },
  ]);
  const [withPort] = taskRegistrations(
    { registry: { ...registry, hasCustomHealth: false, port: 53 } },
    { ...task, eni: { ...task.eni, ipv6Address: "fd00::9" } },
  );
  expect(withPort).toMatchObject({
    health: "ignored",
    attributes: { ...common, AWS_INSTANCE_PORT: "53", AWS_INSTANCE_IPV6: "fd00::9" },
  });
  const [ofTaskSet] = taskRegistrations({ registry, externalId: "release-7" }, task);
  expect(ofTaskSet!.attributes).toEqual({ ...common, ECS_TASK_SET_EXTERNAL_ID: "release-7" });
});

test("a Service Connect port is registered with its ingress port, and only while it is healthy", () => {
  const serviceConnect = {
    configuration: { enabled: true },
    namespaceId: "ns-1",
    ports: [port("web", { ingressPort: 9000 })],
    clients: [],
  };
  expect(taskRegistrations({ serviceConnect }, task)).toEqual([
    {
      serviceId: "srv-web",
      attributes: { ...common, AWS_INSTANCE_PORT: "9000", ECS_DEPLOYMENT_ID: "ecs-svc/1" },
      health: "required",
    },
  ]);
});

test("the proxy gets the namespace's routes with the endpoints of their services, and the task's own ports", () => {
  const own = port("web", { ingressPort: 9000 });
  const proxy = taskProxy(
    {
      serviceConnect: {
        configuration: {
          enabled: true,
          logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "g" } },
          accessLogConfiguration: { format: "JSON", includeQueryParameters: "ENABLED" },
        },
        namespaceId: "ns-1",
        ports: [own],
        clients: clientRoutes([own, port("db", { protocol: "tcp", perRequestTimeoutSeconds: 0 })]),
      },
    },
    names,
  )!;
  expect(proxy).toMatchObject({ ...names, running: false, logOptions: { "awslogs-group": "g" } });
  const endpoint = { id: "t2", address: "172.31.0.10", port: 5432 };
  expect(proxySpec("t1", "/run/netns/t1", proxy, "/tmp/log", new Map([["srv-db", { endpoints: [endpoint] }]]))).toEqual(
    {
      taskId: "t1",
      networkNamespace: "/run/netns/t1",
      clients: [
        {
          name: "db-80",
          discoveryName: "db",
          address: "127.255.0.1",
          port: 80,
          protocol: "tcp",
          idleTimeoutSeconds: 300,
          perRequestTimeoutSeconds: 0,
          endpoints: [endpoint],
        },
        {
          name: "web-80",
          discoveryName: "web",
          address: "127.255.0.2",
          port: 80,
          protocol: "http",
          idleTimeoutSeconds: 300,
          perRequestTimeoutSeconds: 15,
          testHeader: { name: "x-amzn-ecs-blue-green-test" },
          endpoints: [],
        },
      ],
      servers: [
        {
          name: "web-80",
          discoveryName: "web",
          ingressPort: 9000,
          containerPort: 8080,
          protocol: "http",
          idleTimeoutSeconds: 300,
          perRequestTimeoutSeconds: 15,
        },
      ],
      logFile: "/tmp/log",
      accessLog: { format: "JSON", includeQueryParameters: true },
    },
  );
});
