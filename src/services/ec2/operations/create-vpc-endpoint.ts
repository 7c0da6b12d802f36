import type { CreateVpcEndpointRequest, CreateVpcEndpointResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { madeEarlier } from "../client-tokens.ts";
import type { Ec2 } from "../ec2.ts";
import {
  checkEndpointRequest,
  checkPrivateDns,
  endpointSubnets,
  reserveEndpointInterfaces,
} from "../endpoint-requests.ts";
import { endpointView } from "../endpoints.ts";
import { existing } from "../existing.ts";
import type { VpcEndpointRecord } from "../records.ts";
import { interfaceGroups } from "../security-groups.ts";
import { specifiedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
export function createVpcEndpoint(ec2: Ec2) {
  return async (input: CreateVpcEndpointRequest, { scope }: RequestContext): Promise<CreateVpcEndpointResult> => {
    const { VpcId = "", ServiceName: serviceName = "", PrivateDnsEnabled = true, ClientToken: clientToken } = input;
    checkEndpointRequest(input, scope);
    const tags = specifiedTags(input.TagSpecifications, "vpc-endpoint");
    const endpoint = await ec2.store.transaction(async () => {
      const vpc = await existing(ec2.records.vpcs, scope, "vpc", VpcId);
      const { vpcId } = vpc;
      const earlier = madeEarlier(
        await ec2.records.vpcEndpoints.list(scopeKey(scope)),
        clientToken,
        (each) => each.vpcId === vpcId && each.serviceName === serviceName,
      );
      if (earlier) return earlier;
      const configured = (input.SubnetConfigurations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
      const subnets = await endpointSubnets(ec2, scope, vpcId, [...(input.SubnetIds ?? []), ...configured]);
      const groupIds = await interfaceGroups(ec2, scope, vpcId, input.SecurityGroupIds ?? [], `VPC ${vpcId}`);
      if (PrivateDnsEnabled) await checkPrivateDns(ec2, scope, vpc, { serviceName });
      const endpointId = ec2Id(ec2.ids, "vpce");
      const record: VpcEndpointRecord = {
        endpointId,
        vpcId,
        serviceName,
        subnetIds: subnets.map((subnet) => subnet.subnetId),
        groupIds,
        interfaceIds: await reserveEndpointInterfaces(
          ec2,
          scope,
          { endpointId, groupIds },
          subnets,
          input.SubnetConfigurations,
        ),
        retiringInterfaceIds: [],
        dnsSuffix: ec2.ids.hex(8),
        privateDnsEnabled: PrivateDnsEnabled,
        ...(input.PolicyDocument ? { policyDocument: input.PolicyDocument } : {}),
        state: "pending",
        ...(clientToken ? { clientToken } : {}),
        createdAt: new Date(ec2.clock.now()),
        tags,
      };
      await ec2.records.vpcEndpoints.insert(scopeKey(scope), endpointId, record);
      return record;
    });
    ec2.endpoints.realizeSoon(scope, endpoint.endpointId);
    return {
      VpcEndpoint: await endpointView(ec2, scope, endpoint),
      ...(clientToken ? { ClientToken: clientToken } : {}),
    };
  };
}
