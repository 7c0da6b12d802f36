import type { Handlers } from "../../../wire/handlers.ts";
import type { Ec2 } from "../ec2.ts";

/** Peerings, VPC endpoints and flow logs. */
export function connectionsHandlers(_ec2: Ec2): Handlers<typeof import("@aws-sdk/client-ec2")> {
  return {
  };
}
