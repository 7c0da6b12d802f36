import type { DeleteVolumeRequest } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVolume.html */
export function deleteVolume(ec2: Ec2) {
  return async ({ VolumeId = "" }: DeleteVolumeRequest, { scope }: RequestContext): Promise<object> => {
    await ec2.volumes.delete(scope, VolumeId);
    return {};
  };
}
