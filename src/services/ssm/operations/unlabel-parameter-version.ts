import type { UnlabelParameterVersionRequest, UnlabelParameterVersionResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { withoutLabels } from "../labels.ts";
import { changeVersion } from "../parameters.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UnlabelParameterVersion.html */
export function unlabelParameterVersion(ssm: Ssm) {
  return async (
    { Name, ParameterVersion, Labels }: UnlabelParameterVersionRequest,
    { scope }: RequestContext,
  ): Promise<UnlabelParameterVersionResult> => {
    let removed: string[] = [];
    await changeVersion(ssm, scope, Name!, ParameterVersion, (parameter, number) => {
      const present = parameter.labels[number] ?? [];
      removed = Labels!.filter((label) => present.includes(label));
      return { ...parameter, labels: withoutLabels(parameter.labels, [String(number)], removed) };
    });
    return { RemovedLabels: removed, InvalidLabels: Labels!.filter((label) => !removed.includes(label)) };
  };
}
