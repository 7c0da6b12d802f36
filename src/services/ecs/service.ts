import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import type { Ecs } from "./ecs.ts";
import { createCluster } from "./operations/create-cluster.ts";
import { createService } from "./operations/create-service.ts";
import { deleteCluster } from "./operations/delete-cluster.ts";
import { deleteService } from "./operations/delete-service.ts";
import { deregisterTaskDefinition } from "./operations/deregister-task-definition.ts";
import { describeClusters } from "./operations/describe-clusters.ts";
import { describeServices } from "./operations/describe-services.ts";
import { describeTaskDefinition } from "./operations/describe-task-definition.ts";
import { describeTasks } from "./operations/describe-tasks.ts";
import { getTaskProtection } from "./operations/get-task-protection.ts";
import { listClusters } from "./operations/list-clusters.ts";
import { listServices } from "./operations/list-services.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { listTaskDefinitionFamilies } from "./operations/list-task-definition-families.ts";
import { listTaskDefinitions } from "./operations/list-task-definitions.ts";
import { listTasks } from "./operations/list-tasks.ts";
import { registerTaskDefinition } from "./operations/register-task-definition.ts";
import { runTask } from "./operations/run-task.ts";
import { stopTask } from "./operations/stop-task.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { updateCluster } from "./operations/update-cluster.ts";
import { updateService } from "./operations/update-service.ts";
import { updateTaskProtection } from "./operations/update-task-protection.ts";
import { ecsWording } from "./violation-wording.ts";

/** Amazon ECS, https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html */
export function ecsService(ecs: Ecs): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-ecs")>(
    {
      name: "ecs",
      signingName: "ecs",
      protocols: ["awsJson1_1"],
      targetPrefix: "AmazonEC2ContainerServiceV20141113",
      version: "2014-11-13",
      validationErrorCode: "InvalidParameterException",
      violationWording: ecsWording,
      sdk: () => import("@aws-sdk/client-ecs"),
      bounds: async () => (await import("../../../generated/bounds/ecs.json", { with: { type: "json" } })).default,
    },
    {
      CreateCluster: createCluster(ecs),
      CreateService: createService(ecs),
      DeleteCluster: deleteCluster(ecs),
      DeleteService: deleteService(ecs),
      DeregisterTaskDefinition: deregisterTaskDefinition(ecs),
      DescribeClusters: describeClusters(ecs),
      DescribeServices: describeServices(ecs),
      DescribeTaskDefinition: describeTaskDefinition(ecs),
      DescribeTasks: describeTasks(ecs),
      GetTaskProtection: getTaskProtection(ecs),
      ListClusters: listClusters(ecs),
      ListServices: listServices(ecs),
      ListTagsForResource: listTagsForResource(ecs),
      ListTaskDefinitionFamilies: listTaskDefinitionFamilies(ecs),
      ListTaskDefinitions: listTaskDefinitions(ecs),
      ListTasks: listTasks(ecs),
      RegisterTaskDefinition: registerTaskDefinition(ecs),
      RunTask: runTask(ecs),
      StopTask: stopTask(ecs),
      TagResource: tagResource(ecs),
      UntagResource: untagResource(ecs),
      UpdateCluster: updateCluster(ecs),
      UpdateService: updateService(ecs),
      UpdateTaskProtection: updateTaskProtection(ecs),
    },
  );
}
