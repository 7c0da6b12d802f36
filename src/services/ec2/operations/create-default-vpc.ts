import type { CreateDefaultVpcRequest, CreateDefaultVpcResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import { createDefaultVpc as makeDefaultVpc } from "../default-vpc.ts";
import type { Ec2 } from "../ec2.ts";
import { defaultVpcExists } from "../errors/vpcs.ts";
import { vpcView } from "../views.ts";
import { checkVpcCount } from "../vpcs.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultVpc.html */
export function createDefaultVpc(ec2: Ec2) {
  return async (_input: CreateDefaultVpcRequest, { scope }: RequestContext): Promise<CreateDefaultVpcResult> => {
    const vpc = await ec2.store.transaction(async () => {
      if (await ec2.defaultVpc(scope)) throw defaultVpcExists();
      await checkVpcCount(ec2, scope);
      return await makeDefaultVpc(ec2.records, ec2.ids, scope);
    });
    return { Vpc: { ...vpcView(vpc, scope), State: "pending" } };
  };
}
