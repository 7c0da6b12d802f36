import { DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  PutClusterCapacityProvidersCommand,
  TagResourceCommand,
  type PortMapping,
} from "@aws-sdk/client-ecs";
import {
  CreatePrivateDnsNamespaceCommand,
  CreateServiceCommand,
  GetOperationCommand,
  type DnsConfig,
} from "@aws-sdk/client-servicediscovery";
import { CLUSTER, type Fargate } from "../../support/fargate.ts";
import { until } from "../../support/engine.ts";
import { iamClient, makeRole } from "../../support/roles.ts";
import type { MadeForServices } from "./service-members.ts";
import type { MadeForTasks } from "./task-members.ts";

/** What the examples name: definitions, roles, a group, and services of Cloud Map. */
export async function makeForExamples(fargate: Fargate): Promise<MadeForServices & MadeForTasks> {
  const iam = iamClient(fargate.engine);
  await makeRole(iam, { name: "members-task" });
  await makeRole(iam, { name: "members-infrastructure", trusts: "ecs.amazonaws.com" });
  const taskRoleArn = "arn:aws:iam::000000000000:role/members-task";
  const portMappings: PortMapping[] = [{ name: "web", containerPort: 80, appProtocol: "http" }];
  const container = { image: "web:1", portMappings };
  const plain = await fargate.define([container], { taskRoleArn });
  const { ecs } = fargate.clients;
  await ecs.send(new TagResourceCommand({ resourceArn: plain, tags: [{ key: "from", value: "definition" }] }));
  await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: CLUSTER,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [],
    }),
  );
  await ecs.send(
    new CreateClusterCommand({ clusterName: "namespaces", serviceConnectDefaults: { namespace: "members" } }),
  );
  return {
    plain,
    withVolume: await fargate.define(
      [{ ...container, mountPoints: [{ sourceVolume: "disk", containerPath: "/disk" }] }],
      {
        volumes: [{ name: "disk", configuredAtLaunch: true }],
      },
    ),
    subnetId: fargate.subnetIds[0]!,
    discoveryName: "shop",
    groupId: await fargate.securityGroup("members", []),
    ...(await makeRegistries(fargate)),
  };
}

async function makeRegistries({ clients }: Fargate): Promise<Pick<MadeForServices, "addresses" | "ports">> {
  const { Vpcs } = await clients.ec2.send(new DescribeVpcsCommand({}));
  const { OperationId } = await clients.cloudMap.send(
    new CreatePrivateDnsNamespaceCommand({ Name: "internal", Vpc: Vpcs![0]!.VpcId! }),
  );
  let NamespaceId: string | undefined;
  await until(async () => {
    const { Operation } = await clients.cloudMap.send(new GetOperationCommand({ OperationId }));
    NamespaceId = Operation!.Targets?.NAMESPACE;
    return Operation!.Status === "SUCCESS";
  });
  const register = async (Name: string, Type: "A" | "SRV") => {
    const DnsConfig: DnsConfig = { DnsRecords: [{ Type, TTL: 10 }] };
    const { Service } = await clients.cloudMap.send(new CreateServiceCommand({ Name, NamespaceId, DnsConfig }));
    return Service!.Arn!;
  };
  return { addresses: await register("addresses", "A"), ports: await register("ports", "SRV") };
}
