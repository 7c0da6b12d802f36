import type { NamespaceType, Tag } from "@aws-sdk/client-servicediscovery";
import type { DnsSettings, HealthCheckSettings } from "./store.ts";

/** The work of an operation, checked and complete, as it is kept until it is done. */
export type Request =
  | {
      kind: "CREATE_NAMESPACE";
      name: string;
      type: NamespaceType;
      description?: string;
      vpcId?: string;
      soaTtl?: number;
      tags: Tag[];
    }
  | { kind: "DELETE_NAMESPACE" }
  | { kind: "UPDATE_NAMESPACE"; description?: string; soaTtl?: number }
  | { kind: "UPDATE_SERVICE"; description?: string; dns?: DnsSettings; healthCheck?: HealthCheckSettings }
  | { kind: "REGISTER_INSTANCE"; attributes: Record<string, string> }
  | { kind: "DEREGISTER_INSTANCE" };
