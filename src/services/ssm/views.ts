import type { Parameter, ParameterHistory, ParameterInlinePolicy, ParameterMetadata } from "@aws-sdk/client-ssm";
import type { Scope } from "../../base/scope.ts";
import { parameterArn } from "./names.ts";
import type { FoundVersion } from "./parameters.ts";
import type { ParameterRecord, VersionRecord } from "./records.ts";

/** A version with its value, as GetParameter shows it. */
export function parameterView(scope: Scope, { parameter, version, selector }: FoundVersion, value: string): Parameter {
  return {
    Name: parameter.name,
    Type: version.type,
    Value: value,
    Version: version.version,
    Selector: selector,
    LastModifiedDate: version.modifiedAt,
    ARN: parameterArn(scope, parameter.name),
    DataType: version.dataType,
  };
}

/** A version of GetParameterHistory. */
export function historyView(parameter: ParameterRecord, version: VersionRecord, value: string): ParameterHistory {
  return { ...versionView(parameter, version), Value: value, Labels: parameter.labels[version.version] ?? [] };
}

/** A parameter of DescribeParameters. */
export function metadataView(scope: Scope, parameter: ParameterRecord): ParameterMetadata {
  return { ...versionView(parameter, parameter.latest), ARN: parameterArn(scope, parameter.name) };
}

function versionView({ name }: ParameterRecord, version: VersionRecord) {
  return {
    Name: name,
    Type: version.type,
    KeyId: version.keyId,
    LastModifiedDate: version.modifiedAt,
    LastModifiedUser: version.modifiedBy,
    Description: version.description || undefined,
    AllowedPattern: version.allowedPattern || undefined,
    Version: version.version,
    Tier: version.tier,
    Policies: version.policies.map(({ type, text }): ParameterInlinePolicy => ({
      PolicyText: text,
      PolicyType: type,
      PolicyStatus: "Pending",
    })),
    DataType: version.dataType,
  };
}
