import { run } from "../base/command.ts";
import type { LoadedConfig } from "../config.ts";
import type { DemoTarget } from "../demo/clients.ts";
import { NAMES } from "../demo/names.ts";
import { awsFiles, leadsTo } from "./aws-profile.ts";
import { atLeast } from "./doctor/check.ts";
import { findProgram } from "../base/find-program.ts";

/** The first AWS CLI that reads `endpoint_url` from a profile and AWS_ENDPOINT_URL. */
const READS_ENDPOINT = "2.13";

/** Three lines that a person can paste to go on from the demo, for the AWS CLI that is installed. */
export async function goOnLines(target: DemoTarget, { chosen, config }: LoadedConfig): Promise<string[]> {
  const files = awsFiles(process.env);
  const data = chosen.data === undefined && !config.ephemeral ? "" : ` --data ${config.dataFolder}`;
  const credentials =
    files && leadsTo(files, "neargate", target) ? "export AWS_PROFILE=neargate" : `eval "$(npx neargate env${data})"`;
  const endpoint = (await readsEndpoint()) ? "" : ` --endpoint-url ${target.endpoint}`;
  return [
    credentials,
    `aws ecs describe-services --cluster ${NAMES.cluster} --services ${NAMES.service}${endpoint}`,
    `aws logs tail ${NAMES.logGroup} --follow${endpoint}`,
  ];
}

async function readsEndpoint(): Promise<boolean> {
  const aws = findProgram("aws");
  if (!aws) return true;
  const version = await run(aws, ["--version"]).then(
    ({ stdout, stderr }) => /aws-cli\/([\d.]+)/.exec(stdout + stderr)?.[1],
    () => undefined,
  );
  // Version 1 reads it since 1.29.
  return !version || atLeast(version, READS_ENDPOINT) || (version.startsWith("1.") && atLeast(version, "1.29"));
}
