import type { PutParameterRequest, PutParameterResult } from "@aws-sdk/client-ssm";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import {
  emptyValue,
  nestedParameter,
  oldestLabelled,
  parameterExists,
  parameterLimit,
  tagsAndOverwrite,
} from "../errors.ts";
import { checkNewName, pathOf } from "../names.ts";
import { count, newVersion } from "../new-version.ts";
import { findParameter, MAX_VERSIONS, versionId } from "../parameters.ts";
import { expirationOf } from "../policies.ts";
import type { ParameterRecord, VersionRecord } from "../records.ts";
import type { Ssm } from "../ssm.ts";
import { withTags } from "../tags.ts";
import { MAX_PARAMETERS } from "../tiers.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export function putParameter(ssm: Ssm) {
  return async (input: PutParameterRequest, { scope, caller }: RequestContext): Promise<PutParameterResult> => {
    const name = input.Name!;
    checkNewName(scope, name);
    checkValue(input.Value!);
    if (input.Overwrite && input.Tags?.length) throw tagsAndOverwrite();
    const tags = withTags([], input.Tags ?? []);
    return await ssm.exclusively(scope, name, async () => {
      const present = await findParameter(ssm, scope, name);
      if (present && !input.Overwrite) throw parameterExists();
      const version = await newVersion(ssm, scope, input, present, caller);
      const limit = MAX_PARAMETERS[version.tier];
      if (present?.latest.tier !== version.tier && (await count(ssm, scope, version.tier)) >= limit)
        throw parameterLimit(version.tier, limit);
      const parameter = present ? succeeded(present, version) : { name, latest: version, oldest: 1, labels: {}, tags };
      await write({ ...parameter, expiresAt: expirationOf(version.policies) }, present);
      return { Version: version.version, Tier: version.tier };
    });

    async function write(parameter: ParameterRecord, before: ParameterRecord | undefined): Promise<void> {
      const key = scopeKey(scope);
      await ssm.store.transaction(async () => {
        if (before) {
          await ssm.records.versions.put(key, versionId(before, before.latest.version), before.latest);
          for (let number = before.oldest; number < parameter.oldest; number++)
            await ssm.records.versions.delete(key, versionId(before, number));
        }
        await ssm.records.parameters.put(key, pathOf(name), parameter);
      });
    }
  };
}

/** @throws AwsError ValidationException */
function checkValue(value: string): void {
  if (value === "") throw emptyValue();
  const nested = value.indexOf("{{");
  if (nested >= 0 && value.includes("}}", nested)) throw nestedParameter();
}

/** @throws AwsError ParameterMaxVersionLimitExceeded when the oldest version must go and has a label */
function succeeded(parameter: ParameterRecord, latest: VersionRecord): ParameterRecord {
  const oldest = Math.max(parameter.oldest, latest.version - MAX_VERSIONS + 1);
  if (oldest > parameter.oldest && parameter.labels[parameter.oldest]?.length)
    throw oldestLabelled(parameter.name, parameter.oldest);
  return { ...parameter, latest, oldest };
}
