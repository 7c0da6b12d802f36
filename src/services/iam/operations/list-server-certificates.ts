import type { ListServerCertificatesResponse } from "@aws-sdk/client-iam";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServerCertificates.html: none can be uploaded yet */
export function listServerCertificates() {
  return async (): Promise<ListServerCertificatesResponse> => ({
    ServerCertificateMetadataList: [],
    IsTruncated: false,
  });
}
