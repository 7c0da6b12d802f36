import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import { parseScopeKey, type Scope, scopeKey } from "../../base/scope.ts";
import type { InterfaceSpec, NetworkBackend, ZoneSpec } from "../../network/backend.ts";
import type { Store } from "../../store/store.ts";
import type { RequestListener } from "../../wire/front-door.ts";
import { Background } from "./background.ts";
import type { Disks } from "../../storage/disks.ts";
import { createDefaultVpc, REGION } from "./default-vpc.ts";
import { VpcEndpoints } from "./endpoints.ts";
import { noDefaultVpc, notFound } from "./errors.ts";
import { HostVpcs } from "./host-vpcs.ts";
import { NatGateways } from "./nat-gateways.ts";
import type { FlowLogRecord, NetworkInterfaceRecord, VpcRecord } from "./records.ts";
import { ec2Collections, type Ec2Collections } from "./store.ts";
import { movePublicAddresses } from "./public-pool.ts";
import { upgradeRecords } from "./upgrade.ts";
import type { VolumeKeys } from "./volume-keys.ts";
import { EbsVolumes } from "./volumes.ts";
import { groupSpec, interfaceSpec, readTopology } from "./vpc-spec.ts";

export interface Ec2Options {
  store: Store;
  network: NetworkBackend;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** Who knows the names of a VPC that are not those of its interfaces: Cloud Map's private and public namespaces. */
export interface ZoneSource {
  zonesOf(scope: Scope, vpcId: string): Promise<ZoneSpec[]>;
}

/** Who writes down what flowed in a VPC. */
export interface FlowReader {
  /** Reads what flowed up to now; does not throw. */
  readVpc(vpcId: string): Promise<void>;
  /** Whether the role that a flow log is to be delivered with can be taken on. */
  takesOnRole(scope: Scope, flowLog: FlowLogRecord): Promise<boolean>;
}

/** The EC2 service: what is stored of VPCs, and the data plane that is made to agree with it. */
export class Ec2 implements Component {
  readonly name = "ec2";
  readonly store: Store;
  readonly network: NetworkBackend;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly records: Ec2Collections;
  private readonly log: Logger;
  readonly endpoints: VpcEndpoints;
  readonly natGateways: NatGateways;
  readonly background: Background;
  private readonly vpcs: HostVpcs;
  /** Orders what happens to one interface. */
  private readonly interfaceQueue = new KeyedQueue();
  private zones: ZoneSource | undefined;
  private flows: FlowReader | undefined;
  private api: RequestListener | undefined;
  private ebs: EbsVolumes | undefined;

  constructor({ store, network, clock, ids, log }: Ec2Options) {
    this.store = store;
    this.network = network;
    this.clock = clock;
    this.ids = ids;
    this.log = log;
    this.records = ec2Collections(store);
    this.background = new Background(clock, log);
    this.vpcs = new HostVpcs({
      clock,
      log,
      background: this.background,
      apply: (key, vpcId) => this.apply(key, vpcId),
      remove: (vpcId) => network.removeVpc(vpcId),
      isUsed: (key, vpcId) => this.records.interfaces.has(key, { vpcId }),
    });
    this.endpoints = new VpcEndpoints(this);
    this.natGateways = new NatGateways(this, log);
  }

  /** Says who knows the VPCs' zones. Before {@link start}. */
  useZones(source: ZoneSource): void {
    this.zones = source;
  }

  /** Says who wants to know what flowed through an interface before it goes. Before {@link start}. */
  useFlows(reader: FlowReader): void {
    this.flows = reader;
  }

  /** Whether the role of a new flow log can be taken on; nobody asks where nothing is delivered. */
  async takesOnRole(scope: Scope, flowLog: FlowLogRecord): Promise<boolean> {
    return (await this.flows?.takesOnRole(scope, flowLog)) ?? true;
  }

  /** Says what answers at VPC endpoints. Before {@link start}. */
  useApi(api: RequestListener): void {
    this.api = api;
  }

  /** Says what EBS volumes are made of, and encrypted with. Before {@link start}. */
  useDisks(disks: Disks, keys: VolumeKeys): void {
    this.ebs = new EbsVolumes(this, disks, keys);
  }

  get volumes(): EbsVolumes {
    if (!this.ebs) throw new Error("there is nothing to make EBS volumes of");
    return this.ebs;
  }

  /** What answers at VPC endpoints. */
  get apiListener(): RequestListener {
    if (!this.api) throw new Error("nothing answers at VPC endpoints");
    return this.api;
  }

  /** Makes the host agree with the state: applies VPCs that have interfaces, removes those that nothing is known of. */
  async start(): Promise<void> {
    this.background.start();
    await upgradeRecords(this.store, this.records, this.ids);
    await movePublicAddresses(this, this.log);
    const interfaces = await this.records.interfaces.listAll();
    const scopes = new Map(interfaces.map(({ scope, document }) => [document.vpcId, scope]));
    for (const { vpcId } of await this.network.list()) if (!scopes.has(vpcId)) await this.network.removeVpc(vpcId);
    await Promise.all([...scopes].map(([vpcId, scope]) => this.vpcs.ensureOrRetry(scope, vpcId)));
    await this.endpoints.restore();
    await this.natGateways.resume();
    await this.ebs?.resume();
  }

  /** Lets go; the networks stay. */
  async stop(): Promise<void> {
    this.background.stop();
    this.endpoints.close();
    await this.vpcs.letGo();
  }

  /** Makes the default VPC when the account looks at the Region for the first time; what is deleted stays deleted. */
  async ensureRegion(scope: Scope): Promise<void> {
    const key = scopeKey(scope);
    if (await this.records.regions.get(key, REGION)) return;
    await this.store.transaction(async () => {
      if (!(await this.records.regions.get(key, REGION))) await createDefaultVpc(this.records, this.ids, scope);
    });
  }

  /** The default VPC, unless the account has deleted it. */
  async defaultVpc(scope: Scope): Promise<VpcRecord | undefined> {
    await this.ensureRegion(scope);
    const [vpc] = await this.records.vpcs.list(scopeKey(scope), { where: { isDefault: 1 }, limit: 1 });
    return vpc;
  }

  /** @throws AwsError VPCIdNotSpecified */
  async requireDefaultVpc(scope: Scope): Promise<VpcRecord> {
    const vpc = await this.defaultVpc(scope);
    if (!vpc) throw noDefaultVpc();
    return vpc;
  }

  /**
   * Makes a stored interface real; may be repeated. @returns its namespace
   * @param userNamespace as in {@link NetworkBackend.attach}
   * @throws AwsError InvalidNetworkInterfaceID.NotFound; Error when the host cannot
   */
  async attach(
    scope: Scope,
    interfaceId: string,
    userNamespace?: string,
  ): Promise<{ record: NetworkInterfaceRecord; networkNamespace: string }> {
    const key = scopeKey(scope);
    const known = await this.records.interfaces.get(key, interfaceId);
    if (!known) throw notFound("eni", interfaceId);
    await this.vpcs.ensure(key, known.vpcId);
    return await this.interfaceQueue.run(interfaceId, async () => {
      const { record, spec } = await this.readInterface(scope, interfaceId);
      const { networkNamespace } = await this.network.attach(record.vpcId, spec, userNamespace);
      if (!record.attachedAt)
        await this.records.interfaces.update(key, interfaceId, (now) => ({
          ...now,
          attachedAt: new Date(this.clock.now()),
        }));
      return { record, networkNamespace };
    });
  }

  /** Takes an interface off the host; may be repeated. */
  async detach({ interfaceId, vpcId, attachedAt }: NetworkInterfaceRecord): Promise<void> {
    if (attachedAt) await this.flows?.readVpc(vpcId);
    await this.interfaceQueue.run(interfaceId, () => this.network.detach(vpcId, interfaceId));
  }

  /**
   * Brings addresses, groups and names of attached interfaces to the data plane, as they are stored now. Resolves as
   * {@link HostVpcs.publish} does, like the two below.
   */
  async publishInterfaces(scope: Scope, vpcId: string): Promise<void> {
    const key = scopeKey(scope);
    await this.vpcs.publish(vpcId, async () => {
      for (const interfaceId of await this.records.interfaces.listIds(key, { vpcId }))
        await this.interfaceQueue.run(interfaceId, async () => {
          const now = await this.records.interfaces.get(key, interfaceId);
          if (!now?.attachedAt || now.detaching) return;
          await this.network.attach(vpcId, (await this.readInterface(scope, interfaceId)).spec);
        });
    });
  }

  /** Brings groups' rules to the data plane, as they are stored now. */
  async publishGroups(scope: Scope, vpcId: string, groupIds: readonly string[]): Promise<void> {
    await this.vpcs.publish(vpcId, async () => {
      const groups = await Promise.all(groupIds.map((id) => this.records.groups.get(scopeKey(scope), id)));
      const specs = groups.flatMap((group) => (group ? [groupSpec(group)] : []));
      await this.network.applyGroups(vpcId, specs);
    });
  }

  /** Brings routes, ACLs, peerings and the like to the data plane, as they are stored now. */
  async publishTopology(scope: Scope, vpcId: string): Promise<void> {
    await this.vpcs.publish(vpcId, () => this.applyTopology(scope, vpcId));
  }

  /** {@link publishTopology}, for work that is repeated as a whole when the host refuses. @throws Error */
  async changeTopology(scope: Scope, vpcId: string): Promise<void> {
    await this.vpcs.change(vpcId, () => this.applyTopology(scope, vpcId));
  }

  /** Brings the zones of a VPC to its resolver. Resolves when it answers by them. @throws Error when it cannot */
  async publishZones(scope: Scope, vpcId: string): Promise<void> {
    await this.vpcs.change(vpcId, async () => {
      await this.network.applyZones(vpcId, await this.zonesOf(scope, vpcId));
    });
  }

  /** {@link publishZones} for every VPC that is on the host. */
  async publishAllZones(): Promise<void> {
    const vpcs = (await this.records.vpcs.listAll()).filter(({ id }) => this.vpcs.has(id));
    await Promise.all(vpcs.map(({ scope, id }) => this.publishZones(parseScopeKey(scope), id)));
  }

  /** Whether the account has that VPC. */
  async hasVpc(scope: Scope, vpcId: string): Promise<boolean> {
    return (await this.records.vpcs.get(scopeKey(scope), vpcId)) !== undefined;
  }

  /** Takes a VPC off the host when, after a while, it still has no interface. */
  collectVpc(scope: Scope, vpcId: string): void {
    this.vpcs.collect(scopeKey(scope), vpcId);
  }

  private async applyTopology(scope: Scope, vpcId: string): Promise<void> {
    const vpc = await this.records.vpcs.get(scopeKey(scope), vpcId);
    if (vpc) await this.network.applyTopology(await readTopology(this.records, scopeKey(scope), vpc));
  }

  private async readInterface(
    scope: Scope,
    interfaceId: string,
  ): Promise<{ record: NetworkInterfaceRecord; spec: InterfaceSpec }> {
    const key = scopeKey(scope);
    const record = await this.records.interfaces.get(key, interfaceId);
    const subnet = record && (await this.records.subnets.get(key, record.subnetId));
    const vpc = record && (await this.records.vpcs.get(key, record.vpcId));
    if (!record || !subnet || !vpc) throw notFound("eni", interfaceId);
    return { record, spec: interfaceSpec(record, subnet.cidrBlock, vpc, scope.region) };
  }

  private async zonesOf(scope: Scope, vpcId: string): Promise<ZoneSpec[]> {
    return [...((await this.zones?.zonesOf(scope, vpcId)) ?? []), ...(await this.endpoints.zonesOf(scope, vpcId))];
  }

  private async apply(key: string, vpcId: string): Promise<void> {
    const vpc = await this.records.vpcs.get(key, vpcId);
    if (!vpc) throw notFound("vpc", vpcId);
    const [subnets, groups, interfaces] = await Promise.all([
      this.records.subnets.list(key, { where: { vpcId } }),
      this.records.groups.list(key, { where: { vpcId } }),
      this.records.interfaces.list(key, { where: { vpcId } }),
    ]);
    const { region } = parseScopeKey(key);
    const blocks = new Map(subnets.map((subnet) => [subnet.subnetId, subnet.cidrBlock]));
    await this.network.applyVpc({
      ...(await readTopology(this.records, key, vpc)),
      zones: await this.zonesOf(parseScopeKey(key), vpcId),
      securityGroups: groups.map(groupSpec),
      interfaces: interfaces
        // One that is only reserved is made by its attachment; the first of a new VPC would be made twice.
        .filter((record) => record.attachedAt && !record.detaching)
        .map((record) => interfaceSpec(record, blocks.get(record.subnetId)!, vpc, region)),
    });
  }
}
