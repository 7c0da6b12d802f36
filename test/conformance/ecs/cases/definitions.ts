import type { RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { expect } from "vitest";
import { arnOf, CLIENT, INVALID, many, of, type World } from "./operation-case.ts";

const app = { name: "app", image: "web:1" };

const fargate = (family: string, more: Partial<RegisterTaskDefinitionRequest> = {}): RegisterTaskDefinitionRequest => ({
  family,
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  cpu: "256",
  memory: "512",
  containerDefinitions: [app],
  ...more,
});

/** A definition whose JSON has that many bytes. */
function ofBytes(bytes: number): RegisterTaskDefinitionRequest {
  const withText = (value: string) =>
    fargate("large", { containerDefinitions: [{ ...app, environment: [{ name: "TEXT", value }] }] });
  return withText("x".repeat(bytes - JSON.stringify(withText("")).length));
}

const registered = (revision: number, family: string) => ({
  taskDefinition: { taskDefinitionArn: arnOf(`task-definition/${family}:${revision}`), revision, status: "ACTIVE" },
});

/** Every size of the ends of Fargate's table. */
const SIZES: [cpu: string, memory: string][] = [
  ["256", "512"],
  ["256", "2048"],
  ["512", "1024"],
  ["512", "4096"],
  ["1024", "2048"],
  ["1024", "8192"],
  ["2048", "4096"],
  ["2048", "16384"],
  ["4096", "8192"],
  ["4096", "30720"],
  ["8192", "16384"],
  ["8192", "61440"],
  ["16384", "32768"],
  ["16384", "122880"],
  ["32768", "61440"],
  ["32768", "122880"],
  ["32768", "249856"],
];

const WRONG_SIZES: [cpu: string, memory: string][] = [
  ["128", "512"],
  ["256", "511"],
  ["256", "3072"],
  ["512", "512"],
  ["1024", "9216"],
  ["2048", "5000"],
  ["4096", "31744"],
  ["8192", "18432"],
  ["8192", "65536"],
  ["16384", "36864"],
  ["32768", "65536"],
  ["32768", "262144"],
];

const register = of("RegisterTaskDefinition")
  .does(
    "makes a first revision",
    () => fargate("counted"),
    () => registered(1, "counted"),
  )
  .does(
    "makes another for the same",
    () => fargate("counted"),
    () => registered(2, "counted"),
  )
  .reaches(
    "a family of 255",
    () => fargate("f".repeat(255)),
    () => registered(1, "f".repeat(255)),
  )
  .reaches(
    "10 containers",
    () => fargate("ten", { containerDefinitions: many(10, (n) => `app${n}`).map((name) => ({ ...app, name })) }),
    () => ({ taskDefinition: { containerDefinitions: { length: 10 } } }),
  )
  .reaches(
    "64 KiB",
    () => ofBytes(65_536),
    () => registered(1, "large"),
  )
  .reaches(
    "6 MiB for a container",
    () => fargate("little", { containerDefinitions: [{ ...app, memory: 6 }] }),
    () => ({ taskDefinition: { containerDefinitions: [{ memory: 6 }] } }),
  )
  .refuses("a family of 256", () => fargate("f".repeat(256)), CLIENT, "Family contains invalid characters.")
  .refuses(
    "11 containers",
    () => fargate("eleven", { containerDefinitions: many(11, (n) => `app${n}`).map((name) => ({ ...app, name })) }),
    CLIENT,
    "Too many containers.",
  )
  .refuses(
    "64 KiB and one byte",
    () => ofBytes(65_537),
    CLIENT,
    "Actual length: '65537'. Max allowed length is '65536' bytes.",
  )
  .refuses(
    "5 MiB for a container",
    () => fargate("less", { containerDefinitions: [{ ...app, memory: 5 }] }),
    CLIENT,
    "Invalid setting for container 'app'. 'memory' must be at least 6.",
  )
  .refuses(
    "storage of 20 GiB",
    () => fargate("small", { ephemeralStorage: { sizeInGiB: 20 } }),
    CLIENT,
    "EphemeralStorage size should be at least 21",
  )
  .refuses(
    "storage of 201 GiB",
    () => fargate("large", { ephemeralStorage: { sizeInGiB: 201 } }),
    CLIENT,
    "EphemeralStorage size should be at most 200",
  )
  .refuses(
    "a role of another account",
    () => fargate("role", { taskRoleArn: "arn:aws:iam::111111111111:role/theirs" }),
    CLIENT,
    "Role is not valid",
  )
  .refuses(
    "tags twice",
    () =>
      fargate("tags", {
        tags: [
          { key: "k", value: "1" },
          { key: "k", value: "2" },
        ],
      }),
    CLIENT,
    "Duplicate tag keys found: k",
  )
  .refuses("no family", () => fargate(undefined as unknown as string), INVALID, "Family can not be blank.");
for (const [cpu, memory] of SIZES)
  register.reaches(
    `${cpu} CPU with ${memory} MiB`,
    () => fargate("sized", { cpu, memory }),
    () => ({ taskDefinition: { cpu, memory } }),
  );
for (const [cpu, memory] of WRONG_SIZES)
  register.refuses(
    `${cpu} CPU with ${memory} MiB`,
    () => fargate("sized", { cpu, memory }),
    CLIENT,
    `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
  );

register.refuses(
  "half a vCPU with Windows",
  () =>
    fargate("windows", {
      cpu: "512",
      memory: "1024",
      runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" },
    }),
  CLIENT,
  /^No Fargate configuration exists for given values: 512 CPU, 1024 memory\./,
);

const NOT_DESCRIBED = "Unable to describe task definition.";

export const definitionCases = [
  register,
  of("DescribeTaskDefinition")
    .does(
      "by family: the newest",
      () => ({ taskDefinition: "counted" }),
      () => registered(2, "counted"),
    )
    .does(
      "by revision",
      () => ({ taskDefinition: "counted:1" }),
      () => registered(1, "counted"),
    )
    .does(
      "by ARN, with tags",
      ({ plain }: World) => ({ taskDefinition: plain, include: ["TAGS"] }),
      ({ plain }) => ({
        taskDefinition: { taskDefinitionArn: plain, registeredBy: "arn:aws:iam::000000000000:root" },
        tags: [{ key: "from", value: "definition" }],
      }),
    )
    .reaches(
      "no tags unless told",
      ({ plain }: World) => ({ taskDefinition: plain }),
      () => ({ tags: [] }),
    )
    .refuses("none that is there", () => ({ taskDefinition: "none" }), CLIENT, NOT_DESCRIBED)
    .refuses("no revision that is there", () => ({ taskDefinition: "counted:3" }), CLIENT, NOT_DESCRIBED)
    .refuses(
      "a revision that is no number",
      () => ({ taskDefinition: "counted:x" }),
      INVALID,
      "Invalid revision number. Number: x",
    ),
  of("ListTaskDefinitions")
    .does(
      "a family's, from the first",
      () => ({ familyPrefix: "counted" }),
      () => ({ taskDefinitionArns: [arnOf("task-definition/counted:1"), arnOf("task-definition/counted:2")] }),
    )
    .does(
      "from the last",
      () => ({ familyPrefix: "counted", sort: "DESC" }),
      () => ({ taskDefinitionArns: [arnOf("task-definition/counted:2"), arnOf("task-definition/counted:1")] }),
    )
    .reaches(
      "one a page",
      () => ({ familyPrefix: "counted", maxResults: 1 }),
      () => ({ taskDefinitionArns: [arnOf("task-definition/counted:1")], nextToken: expect.any(String) }),
    )
    .reaches(
      "none of the family",
      () => ({ familyPrefix: "count" }),
      () => ({ taskDefinitionArns: [] }),
    )
    .refuses("101 a page", () => ({ maxResults: 101 }), INVALID, "Max results can not be greater than 100")
    .refuses(
      "a status that is none",
      () => ({ status: "GONE" as "ACTIVE" }),
      INVALID,
      "status should be one of [ACTIVE,INACTIVE,DELETE_IN_PROGRESS]",
    ),
  of("ListTaskDefinitionFamilies")
    .does(
      "by prefix",
      () => ({ familyPrefix: "count" }),
      () => ({ families: ["counted"] }),
    )
    .does(
      "that have no active revision",
      () => ({ status: "INACTIVE" }),
      () => ({ families: expect.not.arrayContaining(["counted"]) }),
    )
    .reaches(
      "one a page",
      () => ({ maxResults: 1 }),
      () => ({ families: { length: 1 }, nextToken: expect.any(String) }),
    )
    .refuses("101 a page", () => ({ maxResults: 101 }), INVALID, "Max results can not be greater than 100"),
  of("DeregisterTaskDefinition")
    .does(
      "ends a revision",
      () => ({ taskDefinition: "counted:2" }),
      () => ({ taskDefinition: { revision: 2, status: "INACTIVE" } }),
    )
    .reaches(
      "one that has ended",
      () => ({ taskDefinition: arnOf("task-definition/counted:2") }),
      () => ({ taskDefinition: { status: "INACTIVE" } }),
    )
    .refuses("no revision", () => ({ taskDefinition: "counted" }), INVALID, "Revision is missing")
    .refuses("none that is there", () => ({ taskDefinition: "none:1" }), CLIENT, NOT_DESCRIBED),
];
