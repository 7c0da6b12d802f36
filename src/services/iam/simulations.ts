import type {
  ContextEntry,
  EvaluationResult,
  PolicySourceType,
  SimulatePolicyResponse,
  Statement,
} from "@aws-sdk/client-iam";
import { parseArn } from "../../base/arn.ts";
import {
  type MatchedStatement,
  type NamedPolicy,
  simulate,
  type SimulationInput,
  type SimulationResult,
} from "../../identity/policy/simulate.ts";
import type { Principal } from "../../identity/principal.ts";
import { invalidInput } from "./errors.ts";
import { page, type Paging } from "./page.ts";
import { checkPolicy } from "./policy-documents.ts";

/** What both operations of the simulator are told. */
export interface SimulationRequest extends Paging {
  ActionNames: string[] | undefined;
  ResourceArns?: string[] | undefined;
  ResourcePolicy?: string | undefined;
  ResourceOwner?: string | undefined;
  ContextEntries?: ContextEntry[] | undefined;
  ResourceHandlingOption?: string | undefined;
}

/** Whose policies they are. */
export interface SimulationSubject {
  identity: NamedPolicy[];
  /** Permissions boundaries: each must allow. */
  boundaries: NamedPolicy[];
  principal: Principal | undefined;
}

/** What AWS answers; its model lists other names. */
const IDENTITY_SOURCE = "IAM Policy" as PolicySourceType;
const RESOURCE_SOURCE = "Resource Policy" as PolicySourceType;

/**
 * Tries out each action on each resource.
 * @throws AwsError InvalidInput, MalformedPolicyDocument
 */
export function runSimulation(request: SimulationRequest, subject: SimulationSubject): SimulatePolicyResponse {
  if (request.ResourceHandlingOption !== undefined)
    throw invalidInput("The parameter ResourceHandlingOption is not supported by Neargate yet.");
  const resourcePolicy = request.ResourcePolicy === undefined ? undefined : resourcePolicyOf(request.ResourcePolicy);
  if (resourcePolicy && !subject.principal)
    throw invalidInput("CallerArn must be specified when a resource policy is passed.");
  const resources = request.ResourceArns?.length ? request.ResourceArns : ["*"];
  const common: Omit<SimulationInput, "action" | "resource"> = {
    ...subject,
    resourcePolicy,
    context: contextOf(request.ContextEntries),
    resourceAccount: ownerOf(request.ResourceOwner),
  };
  const cases = request.ActionNames!.flatMap((action) =>
    resources.map((resource) => ({ ...common, action: checkAction(action), resource })),
  );
  const numbered = cases.map((each, index) => ({ each, place: String(index).padStart(9, "0") }));
  const { items, paging } = page(numbered, request, "simulation", ({ place }) => place);
  const isSpecific = Boolean(request.ResourceArns?.length);
  return { EvaluationResults: items.map(({ each }) => evaluation(each, isSpecific)), ...paging };
}

function evaluation(input: SimulationInput, isSpecific: boolean): EvaluationResult {
  const result = simulate(input);
  const details = {
    MatchedStatements: result.matchedStatements.map((matched) => statementView(matched, input)),
    MissingContextValues: result.missingContextKeys,
    ...boundaryDetail(result),
    ...(input.resourcePolicy && input.resourceAccount !== undefined ? { EvalDecisionDetails: sideBySide(result) } : {}),
  };
  const specific = { EvalResourceName: input.resource, EvalResourceDecision: result.decision, ...details };
  return {
    EvalActionName: input.action,
    EvalResourceName: input.resource,
    EvalDecision: result.decision,
    ...details,
    ...(isSpecific ? { ResourceSpecificResults: [specific] } : {}),
  };
}

function boundaryDetail({
  details: { boundary },
}: SimulationResult): Pick<EvaluationResult, "PermissionsBoundaryDecisionDetail"> {
  if (boundary === undefined) return {};
  return { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: boundary === "allowed" } };
}

/** What each kind of policy says, of a resource whose owner is named. */
function sideBySide({ details }: SimulationResult): EvaluationResult["EvalDecisionDetails"] {
  return { "IAM Policy": details.identity, "Resource Policy": details.resource };
}

function statementView({ source, statement }: MatchedStatement, { resourcePolicy }: SimulationInput): Statement {
  return {
    SourcePolicyId: source.id,
    SourcePolicyType: source === resourcePolicy ? RESOURCE_SOURCE : IDENTITY_SOURCE,
    StartPosition: { Line: statement.start.line, Column: statement.start.column },
    EndPosition: { Line: statement.end.line, Column: statement.end.column },
  };
}

function resourcePolicyOf(document: string): NamedPolicy {
  return { id: "ResourcePolicy", policy: checkPolicy(document, "resource") };
}

function checkAction(action: string): string {
  if (!/^[a-z0-9-]+:[a-z0-9]+$/i.test(action)) throw invalidInput(`Invalid Action Name: ${action}`);
  return action;
}

/** The account that an ARN such as `arn:aws:iam::000000000000:root` names. */
function ownerOf(arn: string | undefined): string | undefined {
  if (arn === undefined) return undefined;
  const account = parseArn(arn)?.account;
  if (!account) throw invalidInput(`Invalid Resource Owner: ${arn}`);
  return account;
}

function contextOf(entries: readonly ContextEntry[] | undefined): Record<string, string[]> {
  return Object.fromEntries(
    (entries ?? []).map(({ ContextKeyName, ContextKeyValues }) => [ContextKeyName ?? "", ContextKeyValues ?? []]),
  );
}
