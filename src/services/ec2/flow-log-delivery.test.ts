import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { emptyDirectory } from "../../identity/empty-directory.ts";
import { PolicyAuthorizer } from "../../identity/policy/authorizer.ts";
import { parsePolicy } from "../../identity/policy/policy.ts";
import { serviceRoles } from "../../identity/service-roles.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import { Logs } from "../logs/logs.ts";
import { logsService } from "../logs/service.ts";
import { FlowLogDelivery } from "./flow-log-delivery.ts";
import { FlowLogAccessError } from "./flow-logs.ts";
import type { FlowLogRecord } from "./records.ts";

const scope = { account: "000000000000", region: "eu-west-1" };
const flowLog: FlowLogRecord = {
  flowLogId: "fl-0123456789abcdef0",
  resourceId: "vpc-1",
  vpcId: "vpc-1",
  trafficType: "ALL",
  logGroupName: "flows",
  deliverLogsPermissionArn: "arn:aws:iam::000000000000:role/flows",
  maxAggregationInterval: 60,
  createdAt: new Date(),
  tags: [],
};
const ALL = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

let store: Store;
let logs: Logs;
beforeEach(async () => {
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  logs = new Logs({ store, clock: systemClock, ids: randomIds, log: silentLogger, path: ":memory:" });
  await store.open();
  logs.start();
});
afterEach(async () => {
  await logs.stop();
  await store.close();
});

interface Role {
  trusts?: string;
  condition?: object;
  allowed?: string[];
}

/** A delivery where the flow log's role is like this. */
function withRole({ trusts = "vpc-flow-logs.amazonaws.com", condition = {}, allowed = ALL }: Role): FlowLogDelivery {
  const arn = flowLog.deliverLogsPermissionArn;
  const policy = (statement: object, kind: "identity" | "trust") =>
    parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", ...statement } }), kind);
  const trust = { Principal: { Service: trusts }, Action: "sts:AssumeRole", Condition: condition };
  const facts = {
    arn,
    id: "AROA1",
    name: "flows",
    trustPolicy: policy(trust, "trust"),
    maxSessionDuration: 3600,
    tags: {},
  };
  const directory = {
    ...emptyDirectory,
    role: async (of: object) => ("arn" in of && of.arn === arn ? facts : undefined),
    policiesOf: async () => ({ identity: [policy({ Action: allowed, Resource: "*" }, "identity")], tags: {} }),
  };
  return new FlowLogDelivery({
    sink: logs.sink,
    logs: logsService(logs),
    authorizer: new PolicyAuthorizer({ directory }),
    roles: serviceRoles(directory),
    clock: systemClock,
  });
}

const sourceArn = (flowLogId: string) => ({
  ArnLike: { "aws:SourceArn": `arn:aws:ec2:eu-west-1:000000000000:vpc-flow-log/${flowLogId}` },
});

test.each<[string, Role, { takesOn: boolean; delivers: boolean; hasGroup?: boolean; roleArn?: string }]>([
  ["may do all", {}, { takesOn: true, delivers: true }],
  ["is not there", {}, { takesOn: false, delivers: false, roleArn: "arn:aws:iam::000000000000:role/none" }],
  ["trusts others", { trusts: "ecs-tasks.amazonaws.com" }, { takesOn: false, delivers: false }],
  ["trusts this flow log", { condition: sourceArn(flowLog.flowLogId) }, { takesOn: true, delivers: true }],
  ["trusts another flow log", { condition: sourceArn("fl-1") }, { takesOn: false, delivers: false }],
  ["may not write", { allowed: ALL.slice(0, 2) }, { takesOn: true, delivers: false, hasGroup: true }],
  ["may not make groups", { allowed: ALL.slice(1) }, { takesOn: true, delivers: false }],
  ["need not make a group", { allowed: ALL.slice(1) }, { takesOn: true, delivers: true, hasGroup: true }],
])("a role that %s", async (_, role, { takesOn, delivers, hasGroup = false, roleArn }) => {
  const delivery = withRole(role);
  const record = roleArn ? { ...flowLog, deliverLogsPermissionArn: roleArn } : flowLog;
  if (hasGroup) await logs.groups.create(scope, "flows");
  expect(await delivery.takesOnRole(scope, record)).toBe(takesOn);
  const delivered = delivery.append(scope, record, "eni-1-all", [{ timestamp: Date.now(), message: "m" }]);
  if (delivers) await delivered;
  else await expect(delivered).rejects.toThrow(FlowLogAccessError);
  const group = await logs.groups.find(scope, "flows");
  expect(group !== undefined).toBe(delivers || hasGroup);
  expect(group !== undefined && logs.events.findStream(group.uid, "eni-1-all") !== undefined).toBe(delivers);
});
