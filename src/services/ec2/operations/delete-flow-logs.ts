import type { DeleteFlowLogsRequest, DeleteFlowLogsResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { flowLogsNotFound } from "../errors/connections.ts";
import { checkId } from "../resource-ids.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteFlowLogs.html */
export function deleteFlowLogs(ec2: Ec2) {
  return async (
    { FlowLogIds: ids = [] }: DeleteFlowLogsRequest,
    { scope }: RequestContext,
  ): Promise<DeleteFlowLogsResult> => {
    for (const id of ids) checkId("fl", id);
    const key = scopeKey(scope);
    const vpcIds = await ec2.store.transaction(async () => {
      const found = await Promise.all(ids.map((id) => ec2.records.flowLogs.get(key, id)));
      const missing = ids.filter((_, i) => !found[i]);
      if (missing.length) throw flowLogsNotFound(missing);
      for (const id of ids) await ec2.records.flowLogs.delete(key, id);
      return new Set(found.map((each) => each!.vpcId));
    });
    for (const vpcId of vpcIds) await ec2.publishTopology(scope, vpcId);
    return { Unsuccessful: [] };
  };
}
