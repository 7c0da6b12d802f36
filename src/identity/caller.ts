import type { Principal } from "./principal.ts";

/** Who acts, and what is known of how: what policies may ask for beside the action and the resource. */
export interface Caller {
  principal: Principal;
  /** The Region of the request. */
  region: string;
  /** The client's address; unset when the engine itself acts as the principal, such as to read a task's secrets. */
  sourceIp?: string;
  userAgent?: string;
  /** Whether the request came by TLS. */
  secureTransport: boolean;
  /** Of a request that came from inside a VPC. */
  vpc?: {
    vpcId: string;
    privateIp: string;
    endpointId?: string;
    /** The text of the endpoint's policy, which limits what may be done by way of it. */
    endpointPolicy?: () => string | Promise<string>;
  };
  /** The service that passes the principal's request on, such as `secretsmanager.amazonaws.com`: `aws:CalledVia`. */
  calledVia?: string;
  /** When the request arrived; milliseconds since 1970. */
  at: number;
}
