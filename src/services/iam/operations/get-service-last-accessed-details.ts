import type { GetServiceLastAccessedDetailsRequest, GetServiceLastAccessedDetailsResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { noSuchEntity } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { page } from "../page.ts";
import { iamKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html */
export function getServiceLastAccessedDetails(iam: Iam) {
  return async (
    { JobId, ...paging }: GetServiceLastAccessedDetailsRequest,
    { scope }: RequestContext,
  ): Promise<GetServiceLastAccessedDetailsResponse> => {
    const report = await iam.records.accessReports.get(iamKey(scope), JobId!);
    if (!report) throw noSuchEntity(`Job ${JobId} cannot be found.`);
    const shown = page(report.services, paging, "services-last-accessed", ({ ServiceName }) => ServiceName!);
    return {
      JobStatus: "COMPLETED",
      JobType: "SERVICE_LEVEL",
      JobCreationDate: report.generatedAt,
      JobCompletionDate: report.generatedAt,
      ServicesLastAccessed: shown.items,
      ...shown.paging,
    };
  };
}
