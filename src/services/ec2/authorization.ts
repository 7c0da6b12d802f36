import type { TagSpecification } from "@aws-sdk/client-ec2";
import type { ActionCheck, AuthorizedResource, ConditionValues } from "../../identity/authorization.ts";
import type { Scope } from "../../base/scope.ts";
import type { AuthorizationContext, AuthorizationRule, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, requestTags } from "../../wire/checks.ts";
import type { OperationInput, OperationName } from "../../wire/handlers.ts";
import {
  accepterVpc,
  ec2Arn,
  groupNamed,
  idsOfAssociation,
  idsOfPublicIp,
  resourceById,
} from "./authorized-resources.ts";
import type { Ec2 } from "./ec2.ts";

type Sdk = typeof import("@aws-sdk/client-ec2");

/** What an operation needs. */
interface Need<Input> {
  /** The kind of what it makes, as ARNs name it. */
  makes?: string;
  /** The members with ids, of resources and of associations with them, or with public addresses. */
  on?: readonly (keyof Input & string)[];
  /** Ids that stand deeper in the input, or that follow from it. */
  ids?: (input: Input, ec2: Ec2, scope: Scope) => Ids | Promise<Ids>;
  /** What is known of what it makes. */
  keys?: (input: Input, scope: Scope) => ConditionValues;
  /** Further checks. */
  also?: (input: Input, scope: Scope) => readonly ActionCheck[];
}

type Ids = readonly (string | undefined)[];

type Needs = { readonly [Name in OperationName<Sdk>]?: Need<OperationInput<Sdk, Name>> };

/** A security group by its id, or by its name in the default VPC. */
const ON_GROUP = {
  on: ["GroupId"] as const,
  ids: ({ GroupId, GroupName }: { GroupId?: string; GroupName?: string }, ec2: Ec2, scope: Scope) =>
    GroupId || !GroupName ? [] : groupNamed(ec2, scope, GroupName),
};

/** Subnets of an endpoint that come with settings. */
const configuredSubnets = ({ SubnetConfigurations = [] }: { SubnetConfigurations?: { SubnetId?: string }[] }) =>
  SubnetConfigurations.map(({ SubnetId }) => SubnetId);

/**
 * The operations that are done to resources; those that are not here know none, such as most that describe.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
const NEEDS: Needs = {
  AcceptVpcPeeringConnection: {
    on: ["VpcPeeringConnectionId"],
    ids: ({ VpcPeeringConnectionId = "" }, ec2) => accepterVpc(ec2, VpcPeeringConnectionId),
  },
  AllocateAddress: { makes: "elastic-ip" },
  AssociateAddress: { on: ["AllocationId", "PublicIp", "NetworkInterfaceId"] },
  AssociateDhcpOptions: { on: ["DhcpOptionsId", "VpcId"] },
  AssociateRouteTable: { on: ["RouteTableId", "SubnetId", "GatewayId"] },
  AssociateSubnetCidrBlock: { on: ["SubnetId"] },
  AssociateVpcCidrBlock: { on: ["VpcId"] },
  AttachInternetGateway: { on: ["InternetGatewayId", "VpcId"] },
  AttachNetworkInterface: { on: ["NetworkInterfaceId"] },
  AuthorizeSecurityGroupEgress: { on: ["GroupId"] },
  AuthorizeSecurityGroupIngress: ON_GROUP,
  CreateDhcpOptions: { makes: "dhcp-options" },
  CreateEgressOnlyInternetGateway: { makes: "egress-only-internet-gateway", on: ["VpcId"] },
  CreateFlowLogs: {
    makes: "vpc-flow-log",
    on: ["ResourceIds"],
    also: ({ DeliverLogsPermissionArn: arn }) => {
      const keys = { "iam:PassedToService": "vpc-flow-logs.amazonaws.com" };
      return arn ? [check("iam:PassRole", { arn }, { conditions: keys })] : [];
    },
  },
  CreateInternetGateway: { makes: "internet-gateway" },
  CreateManagedPrefixList: { makes: "prefix-list" },
  CreateNatGateway: { makes: "natgateway", on: ["SubnetId", "AllocationId"] },
  CreateNetworkAcl: { makes: "network-acl", on: ["VpcId"] },
  CreateNetworkAclEntry: { on: ["NetworkAclId"] },
  CreateRoute: { on: ["RouteTableId"] },
  CreateRouteTable: { makes: "route-table", on: ["VpcId"] },
  CreateSecurityGroup: { makes: "security-group", on: ["VpcId"] },
  CreateSubnet: { makes: "subnet", on: ["VpcId"] },
  CreateTags: { on: ["Resources"] },
  CreateVpc: { makes: "vpc" },
  CreateVpcEndpoint: {
    makes: "vpc-endpoint",
    on: ["VpcId", "SubnetIds", "SecurityGroupIds", "RouteTableIds"],
    ids: configuredSubnets,
    keys: ({ ServiceName, ServiceRegion }, { region }) =>
      conditions({ "ec2:VpceServiceName": ServiceName, "ec2:VpceServiceRegion": ServiceRegion || region }),
  },
  CreateVpcPeeringConnection: {
    makes: "vpc-peering-connection",
    on: ["VpcId"],
    keys: ({ VpcId = "", PeerVpcId, PeerOwnerId, PeerRegion }, { account, region }) =>
      conditions({
        "ec2:RequesterVpc": ec2Arn({ account, region }, "vpc", VpcId),
        "ec2:AccepterVpc":
          PeerVpcId && ec2Arn({ account: PeerOwnerId || account, region: PeerRegion || region }, "vpc", PeerVpcId),
      }),
  },
  DeleteDhcpOptions: { on: ["DhcpOptionsId"] },
  DeleteEgressOnlyInternetGateway: { on: ["EgressOnlyInternetGatewayId"] },
  DeleteFlowLogs: { on: ["FlowLogIds"] },
  DeleteInternetGateway: { on: ["InternetGatewayId"] },
  DeleteManagedPrefixList: { on: ["PrefixListId"] },
  DeleteNatGateway: { on: ["NatGatewayId"] },
  DeleteNetworkAcl: { on: ["NetworkAclId"] },
  DeleteNetworkAclEntry: { on: ["NetworkAclId"] },
  DeleteNetworkInterface: { on: ["NetworkInterfaceId"] },
  DeleteRoute: { on: ["RouteTableId"] },
  DeleteRouteTable: { on: ["RouteTableId"] },
  DeleteSecurityGroup: ON_GROUP,
  DeleteSubnet: { on: ["SubnetId"] },
  DeleteTags: { on: ["Resources"] },
  DeleteVolume: { on: ["VolumeId"] },
  DeleteVpc: { on: ["VpcId"] },
  DeleteVpcEndpoints: { on: ["VpcEndpointIds"] },
  DeleteVpcPeeringConnection: { on: ["VpcPeeringConnectionId"] },
  DescribeSecurityGroupReferences: { on: ["GroupId"] },
  DescribeVpcAttribute: { on: ["VpcId"] },
  DetachInternetGateway: { on: ["InternetGatewayId", "VpcId"] },
  DetachNetworkInterface: { ids: () => ["eni-*"] },
  DisassociateAddress: { on: ["AssociationId", "PublicIp"] },
  DisassociateRouteTable: { on: ["AssociationId"] },
  DisassociateSubnetCidrBlock: { on: ["AssociationId"] },
  DisassociateVpcCidrBlock: { on: ["AssociationId"] },
  GetManagedPrefixListAssociations: { on: ["PrefixListId"] },
  GetManagedPrefixListEntries: { on: ["PrefixListId"] },
  GetSecurityGroupsForVpc: { on: ["VpcId"] },
  ModifyManagedPrefixList: { on: ["PrefixListId"] },
  ModifyNetworkInterfaceAttribute: { on: ["NetworkInterfaceId", "Groups"] },
  ModifySecurityGroupRules: {
    on: ["GroupId"],
    ids: ({ SecurityGroupRules = [] }) => SecurityGroupRules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId),
  },
  ModifySubnetAttribute: { on: ["SubnetId"] },
  ModifyVpcAttribute: { on: ["VpcId"] },
  ModifyVpcEndpoint: {
    on: ["VpcEndpointId", "AddSubnetIds", "RemoveSubnetIds", "AddSecurityGroupIds", "RemoveSecurityGroupIds"],
    ids: configuredSubnets,
  },
  ModifyVpcPeeringConnectionOptions: { on: ["VpcPeeringConnectionId"] },
  RejectVpcPeeringConnection: { on: ["VpcPeeringConnectionId"] },
  ReleaseAddress: { on: ["AllocationId", "PublicIp"] },
  ReplaceNetworkAclAssociation: { on: ["NetworkAclId", "AssociationId"] },
  ReplaceNetworkAclEntry: { on: ["NetworkAclId"] },
  ReplaceRoute: { on: ["RouteTableId"] },
  ReplaceRouteTableAssociation: { on: ["RouteTableId", "AssociationId"] },
  RestoreManagedPrefixListVersion: { on: ["PrefixListId"] },
  RevokeSecurityGroupEgress: { on: ["GroupId"] },
  RevokeSecurityGroupIngress: ON_GROUP,
  UpdateSecurityGroupRuleDescriptionsEgress: ON_GROUP,
  UpdateSecurityGroupRuleDescriptionsIngress: ON_GROUP,
};

/** The rules of EC2. */
export function ec2Rules(ec2: Ec2): AuthorizationRules<Sdk> {
  const rules = Object.entries(NEEDS).map(([operation, need]) => [
    operation,
    ruleOf(ec2, operation, need as Need<Record<string, unknown>>),
  ]);
  return Object.fromEntries(rules) as AuthorizationRules<Sdk>;
}

function ruleOf(
  ec2: Ec2,
  operation: string,
  { makes, on = [], ids, keys, also }: Need<Record<string, unknown>>,
): AuthorizationRule<Record<string, unknown>> {
  return async (input, { scope }: AuthorizationContext) => {
    const members = on.flatMap((member) => input[member] as string | string[] | undefined);
    const named = [...members, ...((await ids?.(input, ec2, scope)) ?? [])];
    const found = (await Promise.all(named.flatMap((id) => (id ? resourcesOf(ec2, scope, id) : [])))).flat();
    const made = makes === undefined ? [] : [madeResource(scope, makes, found, keys?.(input, scope))];
    const resources = [...made, ...found];
    const region = { "ec2:Region": scope.region };
    return [
      check(`ec2:${operation}`, resources.length ? resources : undefined, {
        conditions: { ...region, ...tagKeys(operation, input) },
        ...requestTags(tagsOf(operation, input)),
      }),
      ...taggings(scope, operation, input),
      ...(also?.(input, scope) ?? []),
    ];
  };
}

/** By the id of a resource, of an association with it, or by a public address. */
async function resourcesOf(ec2: Ec2, scope: Scope, id: string): Promise<AuthorizedResource[]> {
  return await Promise.all((await idsBehind(ec2, scope, id)).map((each) => resourceById(ec2, scope, each)));
}

async function idsBehind(ec2: Ec2, scope: Scope, id: string): Promise<string[]> {
  const isAddress = /^[\d.]+$/.test(id);
  if (!isAddress && !id.includes("assoc-")) return [id];
  const ids = await (isAddress ? idsOfPublicIp : idsOfAssociation)(ec2, scope, id);
  if (ids.length) return ids;
  return [isAddress ? "eipalloc-*" : id];
}

/** What is to be made has no id yet, but belongs to the VPC that it is made in. */
function madeResource(
  scope: Scope,
  kind: string,
  within: readonly AuthorizedResource[],
  keys?: ConditionValues,
): AuthorizedResource {
  const vpc = within.find(({ arn }) => arn.includes(":vpc/"))?.arn;
  return { arn: arn(scope, kind), conditions: { ...conditions({ "ec2:Vpc": vpc }), ...keys } };
}

const arn = (scope: Scope, kind: string) => ec2Arn(scope, kind, "*");

type Tags = { Key?: string; Value?: string }[] | undefined;

function specifications({ TagSpecifications = [] }: Record<string, unknown>): TagSpecification[] {
  return TagSpecifications as TagSpecification[];
}

/** The tags that a request sets: each operation's own way of saying so. */
function tagsOf(operation: string, input: Record<string, unknown>): Tags {
  if (operation === "CreateTags") return input["Tags"] as Tags;
  return specifications(input).flatMap(({ Tags = [] }) => Tags);
}

function tagKeys(operation: string, input: Record<string, unknown>): ConditionValues {
  if (operation !== "DeleteTags") return {};
  return conditions({ "aws:TagKeys": (input["Tags"] as Tags)?.flatMap(({ Key }) => Key ?? []) });
}

/** Who tags what it makes must be allowed to tag. */
function taggings(scope: Scope, operation: string, input: Record<string, unknown>): ActionCheck[] {
  return specifications(input).map(({ ResourceType = "*", Tags }) =>
    check(
      "ec2:CreateTags",
      { arn: arn(scope, ResourceType) },
      { ...requestTags(Tags), conditions: { "ec2:CreateAction": operation, "ec2:Region": scope.region } },
    ),
  );
}
