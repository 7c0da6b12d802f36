import type { ModifyVpcEndpointRequest, ModifyVpcEndpointResult } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import {
  checkAddressing,
  checkPolicy,
  checkPrivateDns,
  endpointSubnets,
  reserveEndpointInterfaces,
} from "../endpoint-requests.ts";
import { incorrectState, invalidParameter } from "../errors/connections.ts";
import { existing } from "../existing.ts";
import type { VpcEndpointRecord } from "../records.ts";
import { interfaceGroups } from "../security-groups.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html */
export function modifyVpcEndpoint(ec2: Ec2) {
  return async (input: ModifyVpcEndpointRequest, { scope }: RequestContext): Promise<ModifyVpcEndpointResult> => {
    const { VpcEndpointId = "" } = input;
    if (input.AddRouteTableIds?.length || input.RemoveRouteTableIds?.length)
      throw invalidParameter("Route table IDs are only supported for Gateway type VPC Endpoint.");
    checkAddressing(input);
    checkPolicy(input.PolicyDocument);
    await ec2.store.transaction(async () => {
      const endpoint = await existing(ec2.records.vpcEndpoints, scope, "vpce", VpcEndpointId);
      if (endpoint.state === "deleting")
        throw incorrectState(`The VPC endpoint ${VpcEndpointId} is in the state ${endpoint.state}.`);
      const regrouped = await withGroups(ec2, scope, endpoint, input);
      const changed = await withSubnets(ec2, scope, regrouped, input);
      changed.privateDnsEnabled = input.PrivateDnsEnabled ?? endpoint.privateDnsEnabled;
      if (input.ResetPolicy) delete changed.policyDocument;
      else if (input.PolicyDocument) changed.policyDocument = input.PolicyDocument;
      if (changed.privateDnsEnabled && !endpoint.privateDnsEnabled) {
        const vpc = await existing(ec2.records.vpcs, scope, "vpc", endpoint.vpcId);
        await checkPrivateDns(ec2, scope, vpc, endpoint);
      }
      await ec2.records.vpcEndpoints.put(scopeKey(scope), VpcEndpointId, changed);
    });
    try {
      await ec2.endpoints.realize(scope, VpcEndpointId);
    } catch {
      ec2.endpoints.realizeSoon(scope, VpcEndpointId); // what is stored holds: it is tried until the host agrees
    }
    return { Return: true };
  };
}

async function withGroups(
  ec2: Ec2,
  scope: Scope,
  endpoint: VpcEndpointRecord,
  { AddSecurityGroupIds: added = [], RemoveSecurityGroupIds: removed = [] }: ModifyVpcEndpointRequest,
): Promise<VpcEndpointRecord> {
  if (!added.length && !removed.length) return endpoint;
  const left = [...endpoint.groupIds, ...added].filter((groupId) => !removed.includes(groupId));
  if (!left.length) throw invalidParameter("A VPC endpoint must have at least one security group.");
  const groupIds = await interfaceGroups(ec2, scope, endpoint.vpcId, left, `VPC ${endpoint.vpcId}`);
  for (const interfaceId of endpoint.interfaceIds)
    await ec2.records.interfaces.update(scopeKey(scope), interfaceId, (now) => ({ ...now, groupIds }));
  return { ...endpoint, groupIds };
}

async function withSubnets(
  ec2: Ec2,
  scope: Scope,
  endpoint: VpcEndpointRecord,
  input: ModifyVpcEndpointRequest,
): Promise<VpcEndpointRecord> {
  const removed = input.RemoveSubnetIds ?? [];
  const stays = (subnetId: string) => !removed.includes(subnetId);
  const { subnetIds, interfaceIds, retiringInterfaceIds, vpcId } = endpoint;
  const retired = interfaceIds.filter((_, i) => !stays(subnetIds[i]!));
  const configured = (input.SubnetConfigurations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
  const left = subnetIds.filter(stays);
  const added = await endpointSubnets(ec2, scope, vpcId, [...(input.AddSubnetIds ?? []), ...configured], left);
  const reserved = await reserveEndpointInterfaces(ec2, scope, endpoint, added, input.SubnetConfigurations);
  return {
    ...endpoint,
    subnetIds: [...left, ...added.map((subnet) => subnet.subnetId)],
    interfaceIds: [...interfaceIds.filter((_, i) => stays(subnetIds[i]!)), ...reserved],
    retiringInterfaceIds: [...retiringInterfaceIds, ...retired],
  };
}
