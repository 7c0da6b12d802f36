import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { iamClient, policyDocument } from "../support/roles.ts";
import { s3Client } from "../support/s3.ts";

/* Containers whose variables come from files in S3. */

const BUCKET = "environment-files";
const SECRET = "do-not-tell-4711";

let engine: TestEngine;
let fargate: Fargate;
let s3: S3Client;
let image: string;
beforeAll(async () => {
  // The first container that is made ends the engine.
  engine = await TestEngine.start([], { NEARGATE_FAILPOINTS: "task.container-created=kill" });
  fargate = await Fargate.prepare(engine);
  s3 = s3Client(engine);
  image = await fargate.pushBusybox();
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await iamClient(engine).send(
    new PutRolePolicyCommand({
      RoleName: "ecsTaskExecutionRole",
      PolicyName: "files",
      PolicyDocument: policyDocument({
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:GetBucketLocation"],
        Resource: "arn:aws:s3:::*",
      }),
    }),
  );
  await put("first.env", `# comment\nA=first\nB=first\nC=first\nSECRET=${SECRET}\nSIGNS="a=b" # c\nEMPTY=\n`);
  await put("second.env", "C=second\nD=second\n");
  await put("third.env", "A=third\nE=third\n");
});
afterAll(() => engine?.stop());

const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
const files = (...keys: string[]) =>
  keys.map((key) => ({ type: "s3", value: `arn:aws:s3:::${BUCKET}/${key}` }) as const);

function define(keys: string[], more: Partial<ContainerDefinition> = {}): Promise<string> {
  const command = ["env"];
  return fargate.define([{ image, entryPoint: [], command, environmentFiles: files(...keys), ...more }]);
}

test("a container that is made after a crash has the variables of before; they go with the task", async () => {
  await put("kept.env", `KEPT=${SECRET}\n`);
  const definition = await define(["kept.env"], {
    command: ["sh", "-c", "env; trap 'exit 0' TERM; sleep 1000 & wait"],
  });
  const [task] = await fargate.run(definition);
  await until(() => !engine.alive, 60_000, "the engine's death");
  await engine.up({ NEARGATE_FAILPOINTS: "" });
  await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "kept.env" }));
  const [running] = await fargate.reach([task!], "RUNNING");
  await until(async () => (await fargate.lines(running!)).includes(`KEPT=${SECRET}`), 60_000, "the variable");
  const folder = join(engine.dataFolder, "tasks", task!.taskArn!.split("/").at(-1)!);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "app.environment.json")).mode & 0o777).toBe(0o600);
  for (const file of ["state.db", "state.db-wal"])
    expect(readFileSync(join(engine.dataFolder, file)).includes(SECRET)).toBe(false);
  await fargate.stop([running!]);
  expect(existsSync(folder)).toBe(false);
});

test("variables of files, in their order of precedence; failures stop the task", async () => {
  const definition = await define(["first.env", "second.env"], { environment: [{ name: "B", value: "definition" }] });
  const override = { name: "app", environmentFiles: files("third.env"), environment: [{ name: "E", value: "run" }] };
  const launches = await Promise.all([
    fargate.run(definition),
    fargate.run(definition, { overrides: { containerOverrides: [override] } }),
    fargate.run(await define(["missing.env"])),
    fargate.run(await define(["../../x.env"])),
    fargate.run(
      await define([], { environmentFiles: [{ type: "s3", value: "arn:aws:s3:::no-such-bucket/first.env" }] }),
    ),
  ]);
  const [plain, overridden, missing, escaping, noBucket] = await fargate.reach(launches.flat(), "STOPPED");
  for (const task of [plain, overridden])
    expect(task).toMatchObject({ stopCode: "EssentialContainerExited", containers: [{ exitCode: 0 }] });
  const lines = await fargate.lines(plain!);
  expect(lines).toEqual(
    expect.arrayContaining(["A=first", "B=definition", "C=first", "D=second", `SECRET=${SECRET}`, 'SIGNS="a=b" # c']),
  );
  expect(lines.some((line) => line.startsWith("EMPTY"))).toBe(false);
  const others = await fargate.lines(overridden!);
  expect(others).toEqual(expect.arrayContaining(["A=third", "B=definition", "E=run"]));
  expect(others).not.toContain("D=second");
  for (const task of [missing, noBucket])
    expect(task!.stoppedReason).toMatch(
      /^ResourceInitializationError: failed to download env files: file download command: non empty error stream: .*StatusCode: 404, NotFound: Not Found$/,
    );
  expect(escaping!.stoppedReason).toBe(
    `ResourceInitializationError: failed to download env files: invalid path: bucket "${BUCKET}" key "../../x.env" escapes envfile resource directory`,
  );
});
