import type { ClusterConfiguration, ClusterSetting, Tag, TaskDefinition } from "@aws-sdk/client-ecs";
import type { Collection } from "../../store/collection.ts";
import type { StrategyItem } from "../../control/capacity-strategy.ts";
import type { Store } from "../../store/store.ts";
import type { ServiceDeploymentRecord } from "./service/service-deployment-record.ts";
import { versionsOf, type ServiceRecord } from "./service/service-record.ts";
import type { ServiceRevisionRecord } from "./service/service-revision-record.ts";
import type { TaskSetRecord } from "./service/task-sets/task-set-record.ts";

export interface ClusterRecord {
  clusterName: string;
  clusterArn: string;
  status: "ACTIVE" | "INACTIVE";
  settings: ClusterSetting[];
  tags: Tag[];
  /** ECS Exec's. */
  configuration?: ClusterConfiguration;
  /** Service Connect's, as an ARN, for services that name none. */
  defaultNamespace?: string;
  /** Those that strategies may name. */
  capacityProviders?: string[];
  /** Where tasks run that ask for no strategy and no launch type. */
  defaultStrategy?: StrategyItem[];
}

export interface TaskDefinitionRecord {
  definition: TaskDefinition & { family: string; revision: number; taskDefinitionArn: string };
  tags: Tag[];
}

/** The last revision of a family: it counts up even when revisions are gone. */
export interface FamilyRecord {
  family: string;
  revision: number;
}

/** A setting that somebody has made. */
export interface AccountSettingRecord {
  name: string;
  value: string;
  /** A user, a role, or the root user, whose settings are the account's defaults. */
  principalArn: string;
}

/** `connect_namespace`: the Service Connect namespace that the service is in. */
type ServiceColumn = "cluster" | "status" | "connect_namespace";
type DefinitionColumn = "family" | "status";

/** The tables of the ECS service. Tasks are the task engine's. */
export interface EcsStore {
  /** By name. */
  clusters: Collection<ClusterRecord, "status">;
  /** By `family:revision`, the revision with leading zeros so that ids sort by number. */
  definitions: Collection<TaskDefinitionRecord, DefinitionColumn>;
  families: Collection<FamilyRecord, never>;
  /** By `cluster/service`. */
  services: Collection<ServiceRecord, ServiceColumn>;
  /** By `cluster/service/id`. */
  serviceDeployments: Collection<ServiceDeploymentRecord, "service" | "status" | "created_at" | "stage">;
  /** By `cluster/service/digits`. */
  serviceRevisions: Collection<ServiceRevisionRecord, "service" | "created_at">;
  /** By `cluster/service/digits`. */
  taskSets: Collection<TaskSetRecord, "service">;
  /** By `principal ARN/name`. */
  accountSettings: Collection<AccountSettingRecord, never>;
}

export function ecsStore(store: Store): EcsStore {
  return {
    clusters: store.collection({
      name: "ecs_cluster",
      columns: { status: "text" },
      values: (cluster: ClusterRecord) => ({ status: cluster.status }),
    }),
    definitions: store.collection({
      name: "ecs_task_definition",
      columns: { family: "text", status: "text" },
      values: ({ definition }: TaskDefinitionRecord) => ({
        family: definition.family,
        status: definition.status ?? null,
      }),
    }),
    families: store.collection<FamilyRecord, never>({ name: "ecs_family", columns: {}, values: () => ({}) }),
    services: store.collection({
      name: "ecs_service",
      columns: { cluster: "text", status: "text", connect_namespace: "text" },
      values: (service: ServiceRecord) => ({
        cluster: service.clusterArn,
        status: service.status,
        connect_namespace:
          versionsOf(service).find(({ serviceConnect }) => serviceConnect)?.serviceConnect?.namespaceId ?? null,
      }),
    }),
    serviceDeployments: store.collection<ServiceDeploymentRecord, "service" | "status" | "created_at" | "stage">({
      name: "ecs_service_deployment",
      columns: { service: "text", status: "text", created_at: "integer", stage: "text" },
      indexes: [["service", "created_at"], ["scope", "status"], ["status"]],
      values: (deployment: ServiceDeploymentRecord) => ({
        service: deployment.serviceArn,
        status: deployment.status,
        created_at: deployment.createdAt.getTime(),
        stage: deployment.lifecycle?.stage ?? null,
      }),
    }),
    serviceRevisions: store.collection({
      name: "ecs_service_revision",
      columns: { service: "text", created_at: "integer" },
      indexes: [["service", "created_at"]],
      values: (revision: ServiceRevisionRecord) => ({
        service: revision.serviceArn,
        created_at: revision.createdAt.getTime(),
      }),
    }),
    taskSets: store.collection({
      name: "ecs_task_set",
      columns: { service: "text" },
      values: (taskSet: TaskSetRecord) => ({ service: taskSet.serviceArn }),
    }),
    accountSettings: store.collection<AccountSettingRecord, never>({
      name: "ecs_account_setting",
      columns: {},
      values: () => ({}),
    }),
  };
}

/** The `family:revision` of a revision's key. */
export function revisionIn(id: string): string {
  const [family = "", revision] = id.split(":");
  return `${family}:${Number(revision)}`;
}

/** The key of a revision. */
export function definitionId(family: string, revision: number): string {
  return `${family}:${String(revision).padStart(7, "0")}`;
}
