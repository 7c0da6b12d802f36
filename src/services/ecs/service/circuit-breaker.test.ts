import { expect, test } from "vitest";
import { systemClock } from "../../../base/clock.ts";
import { randomIds } from "../../../base/ids.ts";
import { withCircuitBreaker } from "./circuit-breaker.ts";
import { withNewDeployment } from "./deployment.ts";
import { primaryOf, withDeployment, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";

const teller = { clock: systemClock, ids: randomIds };
const bare: ServiceRecord = {
  scope: { account: "000000000000", region: "us-east-1" },
  serviceName: "web",
  serviceArn: "arn",
  clusterName: "default",
  clusterArn: "arn",
  status: "ACTIVE",
  desiredCount: 1,
  platformVersion: "LATEST",
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  circuitBreaker: { enable: true, rollback: true },
  healthCheckGracePeriodSeconds: 0,
  deployments: [],
  events: [],
  steady: false,
  tags: [],
  propagateTags: "NONE",
  enableECSManagedTags: false,
  createdAt: new Date(0),
  createdBy: "arn",
};

/** A service whose version 1 was completed and whose version 2 is rolled out. */
function service(changes: Partial<ServiceRecord>, primary: Partial<DeploymentRecord>): ServiceRecord {
  const version = (n: number) => ({ taskDefinition: `web:${n}`, platformVersion: "1.4.0", network: { subnets: [] } });
  const first = withNewDeployment({ ...bare, ...changes }, version(1), randomIds, new Date(0));
  const second = withNewDeployment(
    { ...first, lastCompleted: primaryOf(first), ...changes },
    version(2),
    randomIds,
    new Date(0),
  );
  return withDeployment(second, { ...primaryOf(second), ...primary });
}

test("below the threshold nothing happens", () => {
  const waiting = service({}, { failedTasks: 2 });
  expect(withCircuitBreaker(teller, waiting)).toBe(waiting);
});

test("a service without breaker, and a deployment that is completed, are left alone", () => {
  const without = service({ circuitBreaker: { enable: false, rollback: false } }, { failedTasks: 9 });
  expect(withCircuitBreaker(teller, without)).toBe(without);
  const completed = service({}, { failedTasks: 9, rolloutState: "COMPLETED" });
  expect(withCircuitBreaker(teller, completed)).toBe(completed);
});

test("at the threshold the deployment fails and the last completed version is rolled out again", () => {
  const after = withCircuitBreaker(teller, service({}, { failedTasks: 3 }));
  const [primary, failed] = after.deployments;
  expect(primary).toMatchObject({ status: "PRIMARY", taskDefinition: "web:1", rolloutState: "IN_PROGRESS" });
  expect(primary!.rolloutStateReason).toBe(
    `ECS deployment circuit breaker: rolling back to deploymentId ${primary!.id}.`,
  );
  expect(failed).toMatchObject({ status: "ACTIVE", taskDefinition: "web:2", rolloutState: "FAILED" });
  expect(after.events.map((event) => event.message)).toEqual([
    `(service web) rolling back to deployment ${primary!.id}.`,
    `(service web) (deployment ${failed!.id}) deployment failed: tasks failed to start.`,
  ]);
});

test("a rollback that fails, too, is the end", () => {
  const back = withCircuitBreaker(teller, service({}, { failedTasks: 3 }));
  const failing = withDeployment(back, { ...primaryOf(back), failedTasks: 3 });
  const after = withCircuitBreaker(teller, failing);
  expect(after.deployments).toHaveLength(failing.deployments.length);
  expect(primaryOf(after)).toMatchObject({ taskDefinition: "web:1", rolloutState: "FAILED" });
});

test.each([
  ["it is not asked for", { circuitBreaker: { enable: true, rollback: false } }],
  ["nothing was ever completed", { lastCompleted: undefined }],
])("there is no rollback when %s", (_, changes) => {
  const after = withCircuitBreaker(teller, service(changes, { failedTasks: 3 }));
  expect(primaryOf(after)).toMatchObject({ taskDefinition: "web:2", rolloutState: "FAILED" });
});
