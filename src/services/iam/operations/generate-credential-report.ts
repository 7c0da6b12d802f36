import type { GenerateCredentialReportResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { credentialReport, REPORT_MS } from "../credential-report.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html: at most one in four hours. It is
 * there with the answer; the next call says so.
 */
export function generateCredentialReport(iam: Iam) {
  return async (_input: object, { scope }: RequestContext): Promise<GenerateCredentialReportResponse> => {
    const { credentialReports } = iam.records;
    const key = iamKey(scope);
    const latest = await credentialReports.get(key, "report");
    const age = latest && iam.clock.now() - latest.generatedAt.getTime();
    if (age !== undefined && age < REPORT_MS) return { State: "COMPLETE" };
    await credentialReports.put(key, "report", { content: await credentialReport(iam, scope), generatedAt: iam.now() });
    return { State: "STARTED", Description: "No report exists. Starting a new report generation task" };
  };
}
