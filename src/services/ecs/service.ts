import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { ecsRules } from "./authorization.ts";
import type { Ecs } from "./ecs.ts";
import { associateGatewayWithCluster } from "./operations/associate-gateway-with-cluster.ts";
import { continueServiceDeployment } from "./operations/continue-service-deployment.ts";
import { createCapacityProvider } from "./operations/create-capacity-provider.ts";
import { createCluster } from "./operations/create-cluster.ts";
import { createDaemon } from "./operations/create-daemon.ts";
import { createExpressGatewayService } from "./operations/create-express-gateway-service.ts";
import { createGateway } from "./operations/create-gateway.ts";
import { createService } from "./operations/create-service.ts";
import { createTaskSet } from "./operations/create-task-set.ts";
import { deleteAccountSetting } from "./operations/delete-account-setting.ts";
import { deleteAttributes } from "./operations/delete-attributes.ts";
import { deleteCapacityProvider } from "./operations/delete-capacity-provider.ts";
import { deleteCluster } from "./operations/delete-cluster.ts";
import { deleteDaemon } from "./operations/delete-daemon.ts";
import { deleteDaemonTaskDefinition } from "./operations/delete-daemon-task-definition.ts";
import { deleteExpressGatewayService } from "./operations/delete-express-gateway-service.ts";
import { deleteGateway } from "./operations/delete-gateway.ts";
import { deleteService } from "./operations/delete-service.ts";
import { deleteTaskDefinitions } from "./operations/delete-task-definitions.ts";
import { deleteTaskSet } from "./operations/delete-task-set.ts";
import { deregisterContainerInstance } from "./operations/deregister-container-instance.ts";
import { deregisterTaskDefinition } from "./operations/deregister-task-definition.ts";
import { describeCapacityProviders } from "./operations/describe-capacity-providers.ts";
import { describeClusters } from "./operations/describe-clusters.ts";
import { describeContainerInstances } from "./operations/describe-container-instances.ts";
import { describeDaemon } from "./operations/describe-daemon.ts";
import { describeDaemonDeployments } from "./operations/describe-daemon-deployments.ts";
import { describeDaemonRevisions } from "./operations/describe-daemon-revisions.ts";
import { describeDaemonTaskDefinition } from "./operations/describe-daemon-task-definition.ts";
import { describeExpressGatewayService } from "./operations/describe-express-gateway-service.ts";
import { describeGateway } from "./operations/describe-gateway.ts";
import { describeGatewayResources } from "./operations/describe-gateway-resources.ts";
import { describeGatewayRoute } from "./operations/describe-gateway-route.ts";
import { describeServiceDeployments } from "./operations/describe-service-deployments.ts";
import { describeServiceRevisions } from "./operations/describe-service-revisions.ts";
import { describeServices } from "./operations/describe-services.ts";
import { describeTaskDefinition } from "./operations/describe-task-definition.ts";
import { describeTaskSets } from "./operations/describe-task-sets.ts";
import { describeTasks } from "./operations/describe-tasks.ts";
import { disassociateGatewayFromCluster } from "./operations/disassociate-gateway-from-cluster.ts";
import { discoverPollEndpoint } from "./operations/discover-poll-endpoint.ts";
import { executeCommand } from "./operations/execute-command.ts";
import { getTaskProtection } from "./operations/get-task-protection.ts";
import { listAccountSettings } from "./operations/list-account-settings.ts";
import { listAttributes } from "./operations/list-attributes.ts";
import { listClusters } from "./operations/list-clusters.ts";
import { listContainerInstances } from "./operations/list-container-instances.ts";
import { listDaemonDeployments } from "./operations/list-daemon-deployments.ts";
import { listDaemonTaskDefinitions } from "./operations/list-daemon-task-definitions.ts";
import { listDaemons } from "./operations/list-daemons.ts";
import { listGatewayClusterAssociations } from "./operations/list-gateway-cluster-associations.ts";
import { listGatewayRoutes } from "./operations/list-gateway-routes.ts";
import { listGateways } from "./operations/list-gateways.ts";
import { listServiceDeployments } from "./operations/list-service-deployments.ts";
import { listServices } from "./operations/list-services.ts";
import { listServicesByNamespace } from "./operations/list-services-by-namespace.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { listTaskDefinitionFamilies } from "./operations/list-task-definition-families.ts";
import { listTaskDefinitions } from "./operations/list-task-definitions.ts";
import { listTasks } from "./operations/list-tasks.ts";
import { putAccountSetting } from "./operations/put-account-setting.ts";
import { putAccountSettingDefault } from "./operations/put-account-setting-default.ts";
import { putAttributes } from "./operations/put-attributes.ts";
import { putClusterCapacityProviders } from "./operations/put-cluster-capacity-providers.ts";
import { registerContainerInstance } from "./operations/register-container-instance.ts";
import { registerDaemonTaskDefinition } from "./operations/register-daemon-task-definition.ts";
import { registerTaskDefinition } from "./operations/register-task-definition.ts";
import { runTask } from "./operations/run-task.ts";
import { startTask } from "./operations/start-task.ts";
import { stopServiceDeployment } from "./operations/stop-service-deployment.ts";
import { stopTask } from "./operations/stop-task.ts";
import { submitAttachmentStateChanges } from "./operations/submit-attachment-state-changes.ts";
import { submitContainerStateChange } from "./operations/submit-container-state-change.ts";
import { submitTaskStateChange } from "./operations/submit-task-state-change.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { updateCapacityProvider } from "./operations/update-capacity-provider.ts";
import { updateCluster } from "./operations/update-cluster.ts";
import { updateClusterSettings } from "./operations/update-cluster-settings.ts";
import { updateContainerAgent } from "./operations/update-container-agent.ts";
import { updateContainerInstancesState } from "./operations/update-container-instances-state.ts";
import { updateDaemon } from "./operations/update-daemon.ts";
import { updateExpressGatewayService } from "./operations/update-express-gateway-service.ts";
import { updateGateway } from "./operations/update-gateway.ts";
import { updateService } from "./operations/update-service.ts";
import { updateServicePrimaryTaskSet } from "./operations/update-service-primary-task-set.ts";
import { updateTaskProtection } from "./operations/update-task-protection.ts";
import { updateTaskSet } from "./operations/update-task-set.ts";
import { ecsRequestBuckets } from "./throttling.ts";
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
      throttling: ecsRequestBuckets,
      sdk: () => import("@aws-sdk/client-ecs"),
      bounds: async () => (await import("../../../generated/bounds/ecs.json", { with: { type: "json" } })).default,
    },
    {
      AssociateGatewayWithCluster: associateGatewayWithCluster(),
      ContinueServiceDeployment: continueServiceDeployment(ecs),
      CreateCapacityProvider: createCapacityProvider(),
      CreateCluster: createCluster(ecs),
      CreateDaemon: createDaemon(),
      CreateExpressGatewayService: createExpressGatewayService(),
      CreateGateway: createGateway(),
      CreateService: createService(ecs),
      CreateTaskSet: createTaskSet(ecs),
      DeleteAccountSetting: deleteAccountSetting(ecs),
      DeleteAttributes: deleteAttributes(ecs),
      DeleteCapacityProvider: deleteCapacityProvider(),
      DeleteCluster: deleteCluster(ecs),
      DeleteDaemon: deleteDaemon(),
      DeleteDaemonTaskDefinition: deleteDaemonTaskDefinition(),
      DeleteExpressGatewayService: deleteExpressGatewayService(),
      DeleteGateway: deleteGateway(),
      DeleteService: deleteService(ecs),
      DeleteTaskDefinitions: deleteTaskDefinitions(ecs),
      DeleteTaskSet: deleteTaskSet(ecs),
      DeregisterContainerInstance: deregisterContainerInstance(ecs),
      DeregisterTaskDefinition: deregisterTaskDefinition(ecs),
      DescribeCapacityProviders: describeCapacityProviders(ecs),
      DescribeClusters: describeClusters(ecs),
      DescribeContainerInstances: describeContainerInstances(ecs),
      DescribeDaemon: describeDaemon(),
      DescribeDaemonDeployments: describeDaemonDeployments(),
      DescribeDaemonRevisions: describeDaemonRevisions(),
      DescribeDaemonTaskDefinition: describeDaemonTaskDefinition(),
      DescribeExpressGatewayService: describeExpressGatewayService(),
      DescribeGateway: describeGateway(),
      DescribeGatewayResources: describeGatewayResources(),
      DescribeGatewayRoute: describeGatewayRoute(),
      DescribeServiceDeployments: describeServiceDeployments(ecs),
      DescribeServiceRevisions: describeServiceRevisions(ecs),
      DescribeServices: describeServices(ecs),
      DescribeTaskDefinition: describeTaskDefinition(ecs),
      DescribeTaskSets: describeTaskSets(ecs),
      DescribeTasks: describeTasks(ecs),
      DisassociateGatewayFromCluster: disassociateGatewayFromCluster(),
      DiscoverPollEndpoint: discoverPollEndpoint(ecs),
      ExecuteCommand: executeCommand(ecs),
      GetTaskProtection: getTaskProtection(ecs),
      ListAccountSettings: listAccountSettings(ecs),
      ListAttributes: listAttributes(ecs),
      ListClusters: listClusters(ecs),
      ListContainerInstances: listContainerInstances(ecs),
      ListDaemonDeployments: listDaemonDeployments(),
      ListDaemonTaskDefinitions: listDaemonTaskDefinitions(),
      ListDaemons: listDaemons(),
      ListGatewayClusterAssociations: listGatewayClusterAssociations(),
      ListGatewayRoutes: listGatewayRoutes(),
      ListGateways: listGateways(),
      ListServiceDeployments: listServiceDeployments(ecs),
      ListServices: listServices(ecs),
      ListServicesByNamespace: listServicesByNamespace(ecs),
      ListTagsForResource: listTagsForResource(ecs),
      ListTaskDefinitionFamilies: listTaskDefinitionFamilies(ecs),
      ListTaskDefinitions: listTaskDefinitions(ecs),
      ListTasks: listTasks(ecs),
      PutAccountSetting: putAccountSetting(ecs),
      PutAccountSettingDefault: putAccountSettingDefault(ecs),
      PutAttributes: putAttributes(ecs),
      PutClusterCapacityProviders: putClusterCapacityProviders(ecs),
      RegisterContainerInstance: registerContainerInstance(ecs),
      RegisterDaemonTaskDefinition: registerDaemonTaskDefinition(),
      RegisterTaskDefinition: registerTaskDefinition(ecs),
      RunTask: runTask(ecs),
      StartTask: startTask(ecs),
      StopServiceDeployment: stopServiceDeployment(ecs),
      StopTask: stopTask(ecs),
      SubmitAttachmentStateChanges: submitAttachmentStateChanges(),
      SubmitContainerStateChange: submitContainerStateChange(),
      SubmitTaskStateChange: submitTaskStateChange(),
      TagResource: tagResource(ecs),
      UntagResource: untagResource(ecs),
      UpdateCapacityProvider: updateCapacityProvider(),
      UpdateCluster: updateCluster(ecs),
      UpdateClusterSettings: updateClusterSettings(ecs),
      UpdateContainerAgent: updateContainerAgent(ecs),
      UpdateContainerInstancesState: updateContainerInstancesState(ecs),
      UpdateDaemon: updateDaemon(),
      UpdateExpressGatewayService: updateExpressGatewayService(),
      UpdateGateway: updateGateway(),
      UpdateService: updateService(ecs),
      UpdateServicePrimaryTaskSet: updateServicePrimaryTaskSet(ecs),
      UpdateTaskProtection: updateTaskProtection(ecs),
      UpdateTaskSet: updateTaskSet(ecs),
    },
    ecsRules(ecs),
  );
}
