import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { attempt, run } from "../support/command.ts";
import { TestEngine } from "../support/engine.ts";

/* The profile that `neargate up` writes is all that an AWS CLI needs. */

let engine: TestEngine;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
});
afterAll(() => engine?.stop());

/** A person's environment who has set nothing but the profile. */
const environment = () => ({
  PATH: process.env["PATH"],
  HOME: engine.dataFolder,
  AWS_PROFILE: "neargate",
  AWS_PAGER: "",
});

/** A command line none of whose words has a space. */
const words = (line: string) => line.split(" ");

/** The first AWS CLI of the PATH that reads `endpoint_url` from a profile: since 2.13 and 1.29. */
async function newerCli(): Promise<string | undefined> {
  for (const folder of process.env["PATH"]!.split(delimiter)) {
    const program = join(folder, "aws");
    try {
      accessSync(program, constants.X_OK);
    } catch {
      continue;
    }
    const { stdout } = await attempt(program, ["--version"]);
    const [, major, minor] = /^aws-cli\/(\d+)\.(\d+)/.exec(stdout) ?? [];
    if (Number(minor) >= (major === "1" ? 29 : 13)) return program;
  }
  return undefined;
}

const newer = await newerCli();

test.skipIf(!newer)("a newer AWS CLI needs nothing but AWS_PROFILE=neargate", async () => {
  const aws = (query: string, ...args: string[]) =>
    run(newer!, [...args, "--query", query, "--output", "text"], { env: environment() });
  expect(await aws("Account", "sts", "get-caller-identity")).toBe("000000000000\n");
  expect(await aws("cluster.status", "ecs", "create-cluster", "--cluster-name", "profile")).toBe("ACTIVE\n");
  const uri = await aws("repository.repositoryUri", "ecr", "create-repository", "--repository-name", "web");
  expect(uri).toBe(`${engine.registry}/web\n`);
  await run(newer!, ["logs", "create-log-group", "--log-group-name", "/web"], { env: environment() });
  const subnets = await aws("Subnets[].SubnetId", "ec2", "describe-subnets");
  const definition = await aws(
    "taskDefinition.revision",
    ...words("ecs register-task-definition --family web --network-mode awsvpc --cpu 256 --memory 512"),
    ...words("--requires-compatibilities FARGATE --container-definitions"),
    '[{"name":"app","image":"busybox"}]',
  );
  expect(definition).toBe("1\n");
  const network = `awsvpcConfiguration={subnets=[${subnets.trim().split("\t").join()}],assignPublicIp=ENABLED}`;
  const [task = ""] = (
    await aws(
      "tasks[0].taskArn",
      ...words("ecs run-task --cluster profile --task-definition web --launch-type FARGATE --network-configuration"),
      network,
    )
  ).split("\n");
  await run(newer!, ["ecs", "wait", "tasks-running", "--cluster", "profile", "--tasks", task], { env: environment() });
  const status = ["ecs", "describe-tasks", "--cluster", "profile", "--tasks", task];
  expect(await aws("tasks[0].lastStatus", ...status)).toBe("RUNNING\n");
  expect(await aws("logGroups[].logGroupName", "logs", "describe-log-groups")).toBe("/web\n");
});

test("the AWS CLI of Debian 12 needs the endpoint besides", async () => {
  const args = ["--endpoint-url", engine.endpoint, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
  expect(await run("/usr/bin/aws", args, { env: environment() })).toBe("arn:aws:iam::000000000000:root\n");
});
