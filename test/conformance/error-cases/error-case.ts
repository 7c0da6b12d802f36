import type { TestEngine } from "../../support/engine.ts";

export type Clients = ReturnType<TestEngine["clients"]>;

/** What is there before the requests are made: see errors.test.ts. */
export interface Made {
  subnetId: string;
  vpcId: string;
  /** The VPC's own group. */
  defaultGroupId: string;
  /** A group that the tasks of the service `busy` have, with port 80 open to all. */
  groupId: string;
}

/** A request that AWS refuses, and how. */
export interface ErrorCase {
  /** What is wrong. */
  when: string;
  send: (aws: Clients, made: Made) => Promise<unknown>;
  code: string;
  message: string | ((made: Made) => string);
  /** 400 unless told. */
  status?: number;
}

/** A group id that does not exist. */
export const NO_GROUP = "sg-00000000000000000";
