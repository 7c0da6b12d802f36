import type {
  GenerateServiceLastAccessedDetailsRequest,
  GenerateServiceLastAccessedDetailsResponse,
} from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { accessReport } from "../access-report.ts";
import { invalidInput } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";

/** For so long a report can be had. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html */
export function generateServiceLastAccessedDetails(iam: Iam) {
  return async (
    { Arn, Granularity }: GenerateServiceLastAccessedDetailsRequest,
    { scope }: RequestContext,
  ): Promise<GenerateServiceLastAccessedDetailsResponse> => {
    if (Granularity === "ACTION_LEVEL")
      throw invalidInput("Granularity 'ACTION_LEVEL' is not supported by Neargate yet.");
    const jobId = iam.ids.uuid();
    const services = await accessReport(iam, scope, Arn!);
    const { accessReports } = iam.records;
    await accessReports.deleteAll({ to: { generatedAt: iam.clock.now() - KEPT_MS } });
    await accessReports.insert(iamKey(scope), jobId, { generatedAt: iam.now(), services });
    return { JobId: jobId };
  };
}
