import { DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteSecurityGroupCommand, DescribeSecurityGroupsCommand } from "@aws-sdk/client-ec2";
import { DeleteRepositoryCommand } from "@aws-sdk/client-ecr";
import { DeleteRoleCommand, DetachRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  waitUntilServicesInactive,
  waitUntilTasksStopped,
} from "@aws-sdk/client-ecs";
import { unless, type Clients } from "./clients.ts";
import { EXECUTION_POLICY, NAMES } from "./names.ts";
import type { Progress } from "./progress.ts";
import { listTasks } from "./wait.ts";

/** Deletes everything that the demo made, as far as it is there. */
export async function remove(clients: Clients, progress: Progress): Promise<void> {
  const { ecs, ecr, logs } = clients;
  await progress.step(`service ${NAMES.service} and its tasks deleted`, () => removeService(clients));
  await progress.step("task definitions deregistered", () => deregister(clients));
  await progress.step("cluster, security group, role, log group and repository deleted", async () => {
    await unless(["ClusterNotFoundException"], ecs.send(new DeleteClusterCommand({ cluster: NAMES.cluster })));
    await removeSecurityGroup(clients);
    await removeRole(clients);
    await unless(["ResourceNotFoundException"], logs.send(new DeleteLogGroupCommand({ logGroupName: NAMES.logGroup })));
    await unless(
      ["RepositoryNotFoundException"],
      ecr.send(new DeleteRepositoryCommand({ repositoryName: NAMES.repository, force: true })),
    );
  });
}

const WAIT = { maxWaitTime: 120, minDelay: 1, maxDelay: 1 };
const GONE = ["ClusterNotFoundException", "ServiceNotFoundException", "ServiceNotActiveException"];

async function removeService(clients: Clients): Promise<void> {
  const { ecs } = clients;
  const { cluster, service } = NAMES;
  const tasks = (await unless(GONE, listTasks(clients))) ?? [];
  const deleted = await unless(GONE, ecs.send(new DeleteServiceCommand({ cluster, service, force: true })));
  if (!deleted) return;
  await waitUntilServicesInactive({ client: ecs, ...WAIT }, { cluster, services: [service] });
  if (tasks.length > 0)
    await waitUntilTasksStopped({ client: ecs, ...WAIT }, { cluster, tasks: tasks.map((task) => task.taskArn!) });
}

async function deregister({ ecs }: Clients): Promise<void> {
  const { taskDefinitionArns = [] } = await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: NAMES.family }));
  for (const taskDefinition of taskDefinitionArns)
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
}

async function removeRole({ iam }: Clients): Promise<void> {
  const RoleName = NAMES.role;
  const gone = ["NoSuchEntityException"];
  await unless(gone, iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: EXECUTION_POLICY })));
  await unless(gone, iam.send(new DeleteRoleCommand({ RoleName })));
}

async function removeSecurityGroup({ ec2 }: Clients): Promise<void> {
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: [NAMES.securityGroup] }] }),
  );
  for (const { GroupId } of SecurityGroups) await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
}
