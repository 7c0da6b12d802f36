import type { Server } from "node:http";
import type { State, VpcEndpoint } from "@aws-sdk/client-ec2";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import { parseScopeKey, type Scope, scopeKey } from "../../base/scope.ts";
import type { ZoneSpec } from "../../network/backend.ts";
import { createHttpServer } from "../../wire/http-server.ts";
import type { Ec2 } from "./ec2.ts";
import { endpointNames, zonesOfEndpoint } from "./endpoint-names.ts";
import { releaseInterface } from "./interfaces.ts";
import type { NetworkInterfaceRecord, VpcEndpointRecord } from "./records.ts";

/** The port of the engine's API at an endpoint: for TLS, tasks would have to trust a certificate of ours. */
const API_PORT = 80;

/** The policy that an endpoint has unless told, as AWS writes it. */
const FULL_ACCESS_POLICY = `{
  "Statement": [
    {
      "Action": "*", 
      "Effect": "Allow", 
      "Principal": "*", 
      "Resource": "*"
    }
  ]
}`;

/**
 * Makes interface endpoints real: their interfaces, the engine's API at each of them, and their names in the VPC. What is
 * stored says what there should be; every step may be repeated.
 */
export class VpcEndpoints {
  private readonly ec2: Ec2;
  private readonly queue = new KeyedQueue();
  /** Of this process, by interface. */
  private readonly servers = new Map<string, Server>();

  constructor(ec2: Ec2) {
    this.ec2 = ec2;
  }

  /** Takes up what was stored, at the engine's start: endpoints answer again, and what was begun goes on. */
  async restore(): Promise<void> {
    for (const { scope, document } of await this.ec2.records.vpcEndpoints.listAll())
      this.realizeSoon(parseScopeKey(scope), document.endpointId);
  }

  /** Stops answering; interfaces and names stay. */
  close(): void {
    for (const server of this.servers.values()) server.close();
    this.servers.clear();
  }

  /** Makes an endpoint be as it is stored now, behind the answer. */
  realizeSoon(scope: Scope, endpointId: string): void {
    void this.ec2.background.run(`VPC endpoint ${endpointId}`, () => this.realize(scope, endpointId));
  }

  /** Makes an endpoint be as it is stored now, or takes it away when it is to be deleted. Resolves when that is done. */
  realize(scope: Scope, endpointId: string): Promise<void> {
    return this.queue.run(endpointId, async () => {
      const endpoint = await this.ec2.records.vpcEndpoints.get(scopeKey(scope), endpointId);
      if (endpoint) await (endpoint.state === "deleting" ? this.remove(scope, endpoint) : this.build(scope, endpoint));
    });
  }

  /** The zones of a VPC's endpoints that are available, or will be called so once their names lead to them. */
  async zonesOf(scope: Scope, vpcId: string): Promise<ZoneSpec[]> {
    const endpoints = await this.ec2.records.vpcEndpoints.list(scopeKey(scope), { where: { vpcId } });
    const zones: ZoneSpec[] = [];
    for (const endpoint of endpoints)
      if (endpoint.state === "available" || (endpoint.state === "pending" && this.answers(endpoint)))
        zones.push(...zonesOfEndpoint(endpoint, await interfacesOf(this.ec2, scope, endpoint), scope));
    return zones;
  }

  private async build(scope: Scope, endpoint: VpcEndpointRecord): Promise<void> {
    const { ec2 } = this;
    const { endpointId, vpcId, interfaceIds, retiringInterfaceIds } = endpoint;
    for (const interfaceId of interfaceIds) await this.open(scope, endpoint, interfaceId);
    await ec2.publishZones(scope, vpcId);
    await ec2.records.vpcEndpoints.update(scopeKey(scope), endpointId, (now) =>
      now.state === "pending" ? { ...now, state: "available" } : undefined,
    );
    if (!retiringInterfaceIds.length) return;
    for (const interfaceId of retiringInterfaceIds) await this.release(scope, interfaceId);
    await ec2.records.vpcEndpoints.update(scopeKey(scope), endpointId, (now) => ({
      ...now,
      retiringInterfaceIds: now.retiringInterfaceIds.filter((id) => !retiringInterfaceIds.includes(id)),
    }));
  }

  private answers({ interfaceIds }: VpcEndpointRecord): boolean {
    return interfaceIds.every((interfaceId) => this.servers.has(interfaceId));
  }

  private async remove(scope: Scope, endpoint: VpcEndpointRecord): Promise<void> {
    const { endpointId, vpcId, interfaceIds, retiringInterfaceIds } = endpoint;
    await this.ec2.publishZones(scope, vpcId);
    for (const interfaceId of [...interfaceIds, ...retiringInterfaceIds]) await this.release(scope, interfaceId);
    await this.ec2.records.vpcEndpoints.delete(scopeKey(scope), endpointId);
  }

  /** Attaches an interface, or gives it the groups it has now, and lets the API answer at it. */
  private async open(scope: Scope, { vpcId, endpointId }: VpcEndpointRecord, interfaceId: string): Promise<void> {
    await this.ec2.attach(scope, interfaceId);
    if (this.servers.has(interfaceId)) return;
    const endpointPolicy = async () =>
      (await this.ec2.records.vpcEndpoints.get(scopeKey(scope), endpointId))?.policyDocument ?? FULL_ACCESS_POLICY;
    const server = createHttpServer((request, response) => {
      const privateIp = request.socket.remoteAddress ?? "";
      this.ec2.apiListener(request, response, { vpcId, privateIp, endpointId, endpointPolicy });
    });
    await this.ec2.network.listen(vpcId, interfaceId, API_PORT, server);
    this.servers.set(interfaceId, server);
  }

  private async release(scope: Scope, interfaceId: string): Promise<void> {
    await releaseInterface(this.ec2, scope, interfaceId);
    this.servers.get(interfaceId)?.close();
    this.servers.delete(interfaceId);
  }
}

/** The interfaces of an endpoint, in the order of its subnets. */
export async function interfacesOf(
  ec2: Ec2,
  scope: Scope,
  { interfaceIds }: VpcEndpointRecord,
): Promise<NetworkInterfaceRecord[]> {
  const records = await Promise.all(interfaceIds.map((id) => ec2.records.interfaces.get(scopeKey(scope), id)));
  return records.flatMap((record) => record ?? []);
}

/** An endpoint as the API shows it. */
export async function endpointView(ec2: Ec2, scope: Scope, endpoint: VpcEndpointRecord): Promise<VpcEndpoint> {
  const interfaces = await interfacesOf(ec2, scope, endpoint);
  const groups = await Promise.all(endpoint.groupIds.map((id) => ec2.records.groups.get(scopeKey(scope), id)));
  return {
    VpcEndpointId: endpoint.endpointId,
    VpcEndpointType: "Interface",
    VpcId: endpoint.vpcId,
    ServiceName: endpoint.serviceName,
    ServiceRegion: scope.region,
    // AWS answers in lower case, whatever the model's enum says.
    State: endpoint.state as State,
    PolicyDocument: endpoint.policyDocument ?? FULL_ACCESS_POLICY,
    RouteTableIds: [],
    SubnetIds: endpoint.subnetIds,
    Groups: groups.flatMap((group) => (group ? [{ GroupId: group.groupId, GroupName: group.groupName }] : [])),
    IpAddressType: "ipv4",
    DnsOptions: { DnsRecordIpType: "ipv4" },
    PrivateDnsEnabled: endpoint.privateDnsEnabled,
    RequesterManaged: false,
    NetworkInterfaceIds: endpoint.interfaceIds,
    DnsEntries: endpointNames(endpoint, interfaces, scope.region),
    CreationTimestamp: endpoint.createdAt,
    Tags: endpoint.tags,
    OwnerId: scope.account,
  };
}
