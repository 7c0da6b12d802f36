import type { ListVirtualMFADevicesResponse } from "@aws-sdk/client-iam";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html: none can be made yet */
export function listVirtualMfaDevices() {
  return async (): Promise<ListVirtualMFADevicesResponse> => ({ VirtualMFADevices: [], IsTruncated: false });
}
