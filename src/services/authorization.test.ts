import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ActionCheck } from "../identity/authorization.ts";
import { rootPrincipal } from "../identity/principal.ts";
import type { AuthorizationContext } from "../wire/authorization.ts";
import { allServices, type ServiceParts } from "./index.ts";

/* Every built operation of every service against the Service Authorization Reference. */

interface Tables {
  actions: Record<string, { resources: Record<string, boolean>; keys: string[] }>;
}

/** Stands for whatever a rule is given or reads: each of its members and results is itself, and there is nothing in it. */
const anything: unknown = new Proxy(() => {}, {
  get(_target, name) {
    if (name === "then") return undefined;
    if (name === Symbol.iterator) return function* () {};
    if (name === Symbol.toPrimitive) return () => "x";
    if (name === "startsWith" || name === "includes") return () => false;
    return anything;
  },
  apply: () => anything,
  ownKeys: () => [],
  getOwnPropertyDescriptor: () => undefined,
});

const principal = rootPrincipal("111122223333", "AKIA");
const context: AuthorizationContext = {
  scope: { account: "111122223333", region: "eu-west-1" },
  principal,
  caller: { principal, region: "eu-west-1", secureTransport: false, at: 0 },
};

/** Of operations that AWS asks for no rights, or for the rights of each thing that they touch. */
const UNCHECKED = new Set([
  "s3:DeleteObjects",
  "sts:AssumeRole",
  "sts:GetCallerIdentity",
  "sts:GetSessionToken",
  "sts:AssumeRoleWithWebIdentity",
]);

/** Of ECS, newer than the Service Authorization Reference: what they are done to is not published. */
const UNPUBLISHED = /^ecs:[A-Z]\w*Gateway(s|Routes?|Resources|ClusterAssociations|WithCluster|FromCluster)?$/;

const tables = new Map<string, Tables>();
function tablesOf(prefix: string): Tables {
  const known = tables.get(prefix);
  if (known) return known;
  const file = new URL(`../../generated/iam/${prefix}.json`, import.meta.url);
  const read = JSON.parse(readFileSync(file, "utf8")) as Tables;
  tables.set(prefix, read);
  return read;
}

const services = allServices(new Proxy({}, { get: () => anything }) as ServiceParts);
const operations = services.flatMap((service) =>
  [...service.handlers.keys()].map((operation) => ({
    service,
    operation,
    name: `${service.statics.name}:${operation}`,
  })),
);

describe.each(operations)("$name", ({ service, operation, name }) => {
  test("needs actions that AWS knows, on what they can be done to, with keys that they have", async () => {
    const checks = await service.requirements(operation, anything, context);
    expect(checks.length > 0).toBe(!UNCHECKED.has(name));
    if (UNPUBLISHED.test(name)) return expect(checks).toEqual([{ action: name, resources: [{ arn: "*" }] }]);
    for (const check of checks) expectKnown(check);
    if (service.ruled.has(operation)) return;
    const { resources } = tablesOf(service.statics.signingName).actions[operation]!;
    expect(Object.entries(resources).filter(([, required]) => required)).toEqual([]);
  });
});

/** Keys may be another action's of the service: rules may tell more than is asked for. */
function expectKnown({ action, resources, conditions }: ActionCheck): void {
  const [prefix = "", name = ""] = action.split(":");
  const { actions } = tablesOf(prefix);
  expect(actions, action).toHaveProperty(name);
  const known = Object.values(actions).flatMap(({ keys }) =>
    keys.map((key) => key.replace(/[$<{].*$/, "").toLowerCase()),
  );
  const told = [conditions, ...resources.map((resource) => resource.conditions)].flatMap((each) =>
    Object.keys(each ?? {}),
  );
  const unknown = told.filter(
    (key) => !key.startsWith("aws:") && !known.some((each) => key.toLowerCase().startsWith(each)),
  );
  expect(unknown, action).toEqual([]);
}
