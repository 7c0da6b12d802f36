import type { ServiceRevision } from "@aws-sdk/client-ecs";
import { revisionArn } from "./deployment-arns.ts";
import type { ServiceRevisionRecord } from "./service-revision-record.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html */
export function serviceRevisionView(revision: ServiceRevisionRecord): ServiceRevision {
  const { strategy, registry, serviceConnect, volumeConfigurations } = revision;
  return {
    serviceRevisionArn: revisionArn(revision, revision.revision),
    serviceArn: revision.serviceArn,
    clusterArn: revision.clusterArn,
    taskDefinition: revision.taskDefinition,
    ...(strategy ? { capacityProviderStrategy: strategy } : { launchType: "FARGATE" }),
    platformVersion: revision.platformVersion,
    platformFamily: "Linux",
    loadBalancers: [],
    serviceRegistries: registry ? [registry.registry] : [],
    networkConfiguration: { awsvpcConfiguration: revision.network },
    containerImages: revision.containerImages,
    guardDutyEnabled: false,
    ...(serviceConnect ? { serviceConnectConfiguration: serviceConnect.configuration } : {}),
    ...(volumeConfigurations ? { volumeConfigurations } : {}),
    createdAt: revision.createdAt,
  };
}
