import type { ResourceType, Tag } from "@aws-sdk/client-ec2";
import { scopeKey, type Scope } from "../../base/scope.ts";
import type { Collection } from "../../store/collection.ts";
import type { Ec2 } from "./ec2.ts";
import { invalidId, notFound, type IdPrefix } from "./errors.ts";
import { taggedPeerings } from "./peerings.ts";
import { isId } from "./resource-ids.ts";

export interface TaggedResource {
  id: string;
  type: ResourceType;
  tags: Tag[];
}

/** A collection as tagging sees it, whatever it holds. */
interface TaggableCollection {
  list(scope: string): Promise<TaggedResource[]>;
  /** Returns whether there is such a resource. */
  update(scope: string, id: string, change: (tags: readonly Tag[]) => Tag[]): Promise<boolean>;
}

/** Everything of the account in the Region that can have tags. */
export async function taggedResources(ec2: Ec2, scope: Scope): Promise<TaggedResource[]> {
  const key = scopeKey(scope);
  const resources: TaggedResource[] = [];
  for (const collection of Object.values(collections(ec2))) resources.push(...(await collection.list(key)));
  for (const group of await ec2.records.groups.list(key))
    for (const { ruleId, tags } of group.rules) resources.push({ id: ruleId, type: "security-group-rule", tags });
  return resources;
}

/**
 * Changes the tags of resources, all or none.
 * @throws AwsError InvalidID, `Invalid….NotFound`
 */
export async function updateTags(
  ec2: Ec2,
  scope: Scope,
  ids: readonly string[],
  change: (tags: readonly Tag[]) => Tag[],
): Promise<void> {
  const byPrefix = collections(ec2);
  await ec2.store.transaction(async () => {
    for (const id of ids) {
      const prefix = id.slice(0, id.indexOf("-")) as IdPrefix;
      const collection = Object.hasOwn(byPrefix, prefix) ? byPrefix[prefix as keyof typeof byPrefix] : undefined;
      if ((!collection && prefix !== "sgr") || !isId(prefix, id)) throw invalidId(id);
      const found = collection
        ? await collection.update(scopeKey(scope), id, change)
        : await updateRuleTags(ec2, scope, id, change);
      if (!found) throw notFound(prefix, id);
    }
  });
}

async function updateRuleTags(ec2: Ec2, scope: Scope, ruleId: string, change: (tags: readonly Tag[]) => Tag[]) {
  const groups = await ec2.records.groups.list(scopeKey(scope));
  const owner = groups.find((group) => group.rules.some((rule) => rule.ruleId === ruleId));
  if (!owner) return false;
  await ec2.records.groups.update(scopeKey(scope), owner.groupId, (group) => ({
    ...group,
    rules: group.rules.map((rule) => (rule.ruleId === ruleId ? { ...rule, tags: change(rule.tags) } : rule)),
  }));
  return true;
}

/** The collections of taggable resources, by the prefix of their ids. */
function collections({ records }: Ec2): Record<Exclude<IdPrefix, "sgr">, TaggableCollection> {
  return {
    vpc: taggable(records.vpcs, "vpc", (vpc) => vpc.vpcId),
    subnet: taggable(records.subnets, "subnet", (subnet) => subnet.subnetId),
    sg: taggable(records.groups, "security-group", (group) => group.groupId),
    eni: taggable(records.interfaces, "network-interface", (each) => each.interfaceId),
    rtb: taggable(records.routeTables, "route-table", (table) => table.routeTableId),
    igw: taggable(records.internetGateways, "internet-gateway", (gateway) => gateway.internetGatewayId),
    eigw: taggable(records.egressOnlyGateways, "egress-only-internet-gateway", (gateway) => gateway.gatewayId),
    nat: taggable(records.natGateways, "natgateway", (gateway) => gateway.natGatewayId),
    eipalloc: taggable(records.elasticAddresses, "elastic-ip", (address) => address.allocationId),
    acl: taggable(records.networkAcls, "network-acl", (acl) => acl.networkAclId),
    dopt: taggable(records.dhcpOptions, "dhcp-options", (options) => options.dhcpOptionsId),
    pl: taggable(records.prefixLists, "prefix-list", (list) => list.prefixListId),
    pcx: taggedPeerings(records),
    vpce: taggable(records.vpcEndpoints, "vpc-endpoint", (endpoint) => endpoint.endpointId),
    vol: taggable(records.volumes, "volume", (volume) => volume.volumeId),
    fl: taggable(records.flowLogs, "vpc-flow-log", (log) => log.flowLogId),
  };
}

function taggable<T extends { tags: Tag[] }, K extends string>(
  collection: Collection<T, K>,
  type: ResourceType,
  idOf: (document: T) => string,
): TaggableCollection {
  return {
    async list(scope) {
      const documents = await collection.list(scope);
      return documents.map((document) => ({ id: idOf(document), type, tags: document.tags }));
    },
    async update(scope, id, change) {
      const retag = (document: T) => ({ ...document, tags: change(document.tags) });
      return (await collection.update(scope, id, retag)) !== undefined;
    },
  };
}
