import type { Service } from "@aws-sdk/client-ecs";
import type { Ecs } from "../../ecs.ts";
import type { ServiceRecord } from "../service-record.ts";
import type { TaskCounts } from "../task-counts.ts";
import { taskSetsOf } from "./find.ts";
import { taskSetView } from "./view.ts";

/**
 * A service whose deployments somebody else controls, as the API shows it: it has task sets in place of deployments, and
 * says what the primary one says. Without one it has nothing of the kind, and the launch type that an empty request means.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html
 * @param common what all services say
 */
export async function externalServiceView(
  ecs: Ecs,
  service: ServiceRecord,
  common: Service,
  counts: ReadonlyMap<string, TaskCounts>,
): Promise<Service> {
  const taskSets = (await taskSetsOf(ecs, service)).map((one) => taskSetView(service, one, counts, { tags: true }));
  const {
    launchType: _launchType,
    platformVersion: _platformVersion,
    platformFamily: _platformFamily,
    currentServiceDeployment: _currentServiceDeployment,
    currentServiceRevisions: _currentServiceRevisions,
    ...rest
  } = common;
  const primary = taskSets.find(({ status }) => status === "PRIMARY");
  return {
    ...rest,
    ...(primary ? asPrimary(primary) : { launchType: "EC2" }),
    deploymentConfiguration: {
      maximumPercent: service.maximumPercent,
      minimumHealthyPercent: service.minimumHealthyPercent,
    },
    taskSets,
    deployments: [],
    deploymentController: { type: "EXTERNAL" },
  };
}

/** What a service says because its primary task set does. */
function asPrimary(primary: ReturnType<typeof taskSetView>): Service {
  const { launchType, capacityProviderStrategy } = primary;
  return {
    ...(launchType ? { launchType } : {}),
    ...(capacityProviderStrategy ? { capacityProviderStrategy } : {}),
    taskDefinition: primary.taskDefinition,
    platformVersion: primary.platformVersion,
    platformFamily: primary.platformFamily,
    networkConfiguration: primary.networkConfiguration,
    serviceRegistries: primary.serviceRegistries,
  };
}
