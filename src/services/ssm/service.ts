import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { ssmRules } from "./authorization.ts";
import { addTagsToResource } from "./operations/add-tags-to-resource.ts";
import { deleteParameter } from "./operations/delete-parameter.ts";
import { deleteParameters } from "./operations/delete-parameters.ts";
import { describeParameters } from "./operations/describe-parameters.ts";
import { getParameter } from "./operations/get-parameter.ts";
import { getParameterHistory } from "./operations/get-parameter-history.ts";
import { getParameters } from "./operations/get-parameters.ts";
import { getParametersByPath } from "./operations/get-parameters-by-path.ts";
import { getServiceSetting } from "./operations/get-service-setting.ts";
import { labelParameterVersion } from "./operations/label-parameter-version.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { putParameter } from "./operations/put-parameter.ts";
import { removeTagsFromResource } from "./operations/remove-tags-from-resource.ts";
import { resetServiceSetting } from "./operations/reset-service-setting.ts";
import { resumeSession } from "./operations/resume-session.ts";
import { terminateSession } from "./operations/terminate-session.ts";
import { unlabelParameterVersion } from "./operations/unlabel-parameter-version.ts";
import { updateServiceSetting } from "./operations/update-service-setting.ts";
import type { Ssm } from "./ssm.ts";

/** AWS Systems Manager: its Parameter Store, and of Session Manager what ECS Exec needs, https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html */
export function ssmService(ssm: Ssm): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-ssm")>(
    {
      name: "ssm",
      signingName: "ssm",
      protocols: ["awsJson1_1"],
      targetPrefix: "AmazonSSM",
      version: "2014-11-06",
      validationErrorCode: "ValidationException",
      sdk: () => import("@aws-sdk/client-ssm"),
      bounds: async () => (await import("../../../generated/bounds/ssm.json", { with: { type: "json" } })).default,
    },
    {
      AddTagsToResource: addTagsToResource(ssm),
      DeleteParameter: deleteParameter(ssm),
      DeleteParameters: deleteParameters(ssm),
      DescribeParameters: describeParameters(ssm),
      GetParameter: getParameter(ssm),
      GetParameterHistory: getParameterHistory(ssm),
      GetParameters: getParameters(ssm),
      GetParametersByPath: getParametersByPath(ssm),
      GetServiceSetting: getServiceSetting(ssm),
      LabelParameterVersion: labelParameterVersion(ssm),
      ListTagsForResource: listTagsForResource(ssm),
      PutParameter: putParameter(ssm),
      RemoveTagsFromResource: removeTagsFromResource(ssm),
      ResetServiceSetting: resetServiceSetting(ssm),
      ResumeSession: resumeSession(ssm),
      TerminateSession: terminateSession(ssm),
      UnlabelParameterVersion: unlabelParameterVersion(ssm),
      UpdateServiceSetting: updateServiceSetting(ssm),
    },
    ssmRules(ssm),
  );
}
