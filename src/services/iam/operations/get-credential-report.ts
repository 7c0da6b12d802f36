import type { GetCredentialReportResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { REPORT_MS } from "../credential-report.ts";
import { reportExpired, reportNotPresent } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetCredentialReport.html */
export function getCredentialReport(iam: Iam) {
  return async (_input: object, { scope }: RequestContext): Promise<GetCredentialReportResponse> => {
    const latest = await iam.records.credentialReports.get(iamKey(scope), "report");
    if (!latest) throw reportNotPresent();
    const { content, generatedAt } = latest;
    if (iam.clock.now() - generatedAt.getTime() >= REPORT_MS) throw reportExpired();
    return { Content: Buffer.from(content), ReportFormat: "text/csv", GeneratedTime: generatedAt };
  };
}
