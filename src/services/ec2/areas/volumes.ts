import type { Handlers } from "../../../wire/handlers.ts";
import type { Ec2 } from "../ec2.ts";
import { deleteVolume } from "../operations/delete-volume.ts";
import { describeVolumes } from "../operations/describe-volumes.ts";

/** EBS volumes. */
export function volumesHandlers(ec2: Ec2): Handlers<typeof import("@aws-sdk/client-ec2")> {
  return {
    DeleteVolume: deleteVolume(ec2),
    DescribeVolumes: describeVolumes(ec2),
  };
}
