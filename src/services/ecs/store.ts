import type { ClusterSetting, Tag, TaskDefinition } from "@aws-sdk/client-ecs";
import type { Collection } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";
import type { ServiceRecord } from "./service/service-record.ts";

export interface ClusterRecord {
  clusterName: string;
  clusterArn: string;
  status: "ACTIVE" | "INACTIVE";
  settings: ClusterSetting[];
  tags: Tag[];
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

type ServiceColumn = "cluster" | "status";
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
      columns: { cluster: "text", status: "text" },
      values: (service: ServiceRecord) => ({ cluster: service.clusterArn, status: service.status }),
    }),
  };
}

/** The key of a revision. */
export function definitionId(family: string, revision: number): string {
  return `${family}:${String(revision).padStart(7, "0")}`;
}
