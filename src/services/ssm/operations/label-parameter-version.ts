import type { LabelParameterVersionRequest, LabelParameterVersionResult } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidLabels, withLabels } from "../labels.ts";
import { changeVersion } from "../parameters.ts";
import type { Ssm } from "../ssm.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_LabelParameterVersion.html */
export function labelParameterVersion(ssm: Ssm) {
  return async (
    { Name, ParameterVersion, Labels }: LabelParameterVersionRequest,
    { scope }: RequestContext,
  ): Promise<LabelParameterVersionResult> => {
    const invalid = invalidLabels(Labels!);
    const valid = Labels!.filter((label) => !invalid.includes(label));
    const version = await changeVersion(ssm, scope, Name!, ParameterVersion, (parameter, number) => ({
      ...parameter,
      labels: withLabels(parameter.labels, number, valid),
    }));
    return { InvalidLabels: invalid, ParameterVersion: version };
  };
}
