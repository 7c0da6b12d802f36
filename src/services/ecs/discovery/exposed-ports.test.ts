import type {
  ServiceConnectConfiguration,
  ServiceConnectService,
  ServiceConnectTestTrafficHeaderRules,
} from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import type { ProxyHeaderRule } from "../../../balancer/service-connect.ts";
import { exposedPorts } from "./exposed-ports.ts";

const definition = {
  containerDefinitions: [
    { name: "app", portMappings: [{ name: "web", containerPort: 8080, appProtocol: "http" as const }] },
    {
      name: "side",
      portMappings: [
        { name: "db", containerPort: 5432 },
        { name: "dns", containerPort: 53, protocol: "udp" as const },
        { containerPort: 9999 },
      ],
    },
  ],
};

const web: ServiceConnectService = { portName: "web", clientAliases: [{ port: 80 }] };
const db: ServiceConnectService = { portName: "db", clientAliases: [{ port: 5432 }] };
const ports = (services: ServiceConnectService[], more: Partial<ServiceConnectConfiguration> = {}) =>
  exposedPorts({ enabled: true, services, ...more }, definition, "internal");

test("defaults", () => {
  expect(ports([web, db])).toEqual([
    {
      discoveryName: "web",
      dnsName: "web.internal",
      aliasPort: 80,
      containerPort: 8080,
      ingressPort: 8080,
      protocol: "http",
      idleTimeoutSeconds: 300,
      perRequestTimeoutSeconds: 15,
    },
    {
      discoveryName: "db",
      dnsName: "db.internal",
      aliasPort: 5432,
      containerPort: 5432,
      ingressPort: 5432,
      protocol: "tcp",
      idleTimeoutSeconds: 3600,
      perRequestTimeoutSeconds: 0,
    },
  ]);
  expect(ports([])).toEqual([]);
});

test("all that can be said", () => {
  const said = {
    ...web,
    discoveryName: "front",
    clientAliases: [{ port: 81, dnsName: "front" }],
    ingressPortOverride: 15_000,
    timeout: { idleTimeoutSeconds: 0, perRequestTimeoutSeconds: 60 },
  };
  expect(ports([said])).toMatchObject([
    {
      discoveryName: "front",
      dnsName: "front",
      aliasPort: 81,
      ingressPort: 15_000,
      idleTimeoutSeconds: 0,
      perRequestTimeoutSeconds: 60,
    },
  ]);
});

const tested = (header: ServiceConnectTestTrafficHeaderRules, service = web): ServiceConnectService => ({
  ...service,
  clientAliases: [{ port: 80, testTrafficRules: { header } }],
});

test.each<[ServiceConnectTestTrafficHeaderRules, ProxyHeaderRule]>([
  [{ name: "X-Test" }, { name: "X-Test" }],
  [
    { name: "x-test", value: { exact: "it's -f 1" } },
    { name: "x-test", value: "it's -f 1" },
  ],
])("test traffic by %j", (header, testHeader) => {
  expect(ports([tested(header)])).toMatchObject([{ testHeader }]);
});

test.each<[message: string, services: ServiceConnectService[]]>([
  ["Invalid header name 'x y' in testTrafficRules.", [tested({ name: "x y" })]],
  ["Invalid header value 'a\nb' in testTrafficRules.", [tested({ name: "x", value: { exact: "a\nb" } })]],
  ["Invalid header value '' in testTrafficRules.", [tested({ name: "x", value: { exact: "" } })]],
  ["testTrafficRules can only be set if Service Connect appProtocol isn't TCP.", [tested({ name: "x" }, db)]],
  [
    "The portName 'nope' does not refer to any named PortMapping in the task definition.",
    [{ ...web, portName: "nope" }],
  ],
  ["The portName 'dns' refers to a udp PortMapping.", [{ ...web, portName: "dns" }]],
  ["clientAliases must have 1 element.", [{ portName: "web" }]],
  ["clientAliases must have 1 element.", [{ portName: "web", clientAliases: [{ port: 80 }, { port: 81 }] }]],
  ["Invalid discoveryName '-x'.", [{ ...web, discoveryName: "-x" }]],
  ["Invalid dnsName 'Web' in clientAliases.", [{ ...web, clientAliases: [{ port: 80, dnsName: "Web" }] }]],
  [
    "Invalid 'clientAliases.port' setting: it must be between 1 and 65535.",
    [{ ...web, clientAliases: [{ port: 65_536 }] }],
  ],
  ["Each Service Connect service must have a unique discoveryName; 'web' is repeated.", [web, web]],
  [
    "Each Service Connect service must have a unique clientAlias; 'x:80' is repeated.",
    [
      { ...web, clientAliases: [{ port: 80, dnsName: "x" }] },
      { ...db, clientAliases: [{ port: 80, dnsName: "x" }] },
    ],
  ],
  [
    "Each Service Connect service must have a unique ingress port; '15000' is repeated.",
    [
      { ...web, ingressPortOverride: 15_000 },
      { ...db, ingressPortOverride: 15_000 },
    ],
  ],
  [
    "ingressPortOverride 9999 is used by a port mapping of the task definition.",
    [{ ...web, ingressPortOverride: 9999 }],
  ],
  [
    "perRequestTimeoutSeconds can only be set if Service Connect appProtocol isn't TCP.",
    [{ ...db, timeout: { perRequestTimeoutSeconds: 1 } }],
  ],
  [
    "'serviceConnectConfiguration.services.tls' is not supported by Neargate yet.",
    [{ ...web, tls: { issuerCertificateAuthority: { awsPcaAuthorityArn: "arn" } } }],
  ],
])("%s", (message, services) => {
  expect(() => ports(services)).toThrow(expect.objectContaining({ code: "InvalidParameterException", message }));
});

const logs = (options: Record<string, string>) => ({ logConfiguration: { logDriver: "awslogs" as const, options } });

test.each<[message: string, more: Partial<ServiceConnectConfiguration>]>([
  ["Log driver awslogs requires options: awslogs-region, awslogs-group", logs({})],
  [
    "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.",
    logs({ "awslogs-group": "g", "awslogs-region": "us-east-1" }),
  ],
  [
    "A logConfiguration must be specified to enable Service Connect access logs.",
    { accessLogConfiguration: { format: "TEXT" } },
  ],
])("%s", (message, more) => {
  expect(() => ports([web], more)).toThrow(expect.objectContaining({ code: "InvalidParameterException", message }));
});
