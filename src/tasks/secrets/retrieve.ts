import type { RegistryLogin } from "../../compute/backend.ts";
import { ExecutionRoleError, type ExecutionRole } from "../ports.ts";
import type { TaskRecord } from "../task-record.ts";
import { executionResourceError, operationError } from "./failures.ts";
import { formatGoValue } from "./go-format.ts";
import { registrySecretOf, secretsOf } from "./references.ts";
import type { TaskSecretValues } from "./task-secrets.ts";
import { parseValueFrom, ValueFromError, type ParameterReference, type SecretReference } from "./value-from.ts";

/** Names that one GetParameters takes. */
const BATCH = 10;

const FROM_SECRETS_MANAGER = "unable to retrieve secret from asm";
const FROM_SYSTEMS_MANAGER = "unable to retrieve secrets from ssm";
const REGISTRY_LOGIN = "unable to get registry auth from asm";

/**
 * The values of a task's secrets, as its execution role may read them now: first those of Secrets Manager, each secret
 * once, then parameters, ten at a time.
 * @throws TaskStartError for the first that cannot be had
 */
export async function retrieveSecrets(task: TaskRecord, role: ExecutionRole): Promise<TaskSecretValues> {
  const wanted = secretsOf(task);
  const references = new Map<string, SecretReference | ParameterReference>();
  for (const { secret } of wanted) references.set(secret.valueFrom!, parse(secret.valueFrom!, task.scope.region));
  const values = new Map([
    ...(await retrieveFromSecretsManager(task, role, references)),
    ...(await retrieveParameters(task, role, references)),
  ]);
  const chosen = (variable: boolean) => {
    const byContainer = Map.groupBy(
      wanted.filter((each) => each.variable === variable),
      ({ container }) => container,
    );
    // Made of entries, not by assignment: a container, or a variable, may be called `__proto__`.
    return Object.fromEntries(
      [...byContainer].map(([container, its]) => [
        container,
        Object.fromEntries(its.map(({ secret }) => [secret.name!, values.get(secret.valueFrom!)!])),
      ]),
    );
  };
  return { environment: chosen(true), logOptions: chosen(false) };
}

/**
 * The logins of the registries that a task's images come from, by container.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
 * @throws TaskStartError for the first that cannot be had
 */
export async function retrieveLogins(task: TaskRecord, role: ExecutionRole): Promise<Map<string, RegistryLogin>> {
  const byContainer = (task.definition.containerDefinitions ?? []).flatMap((definition) => {
    const secretId = registrySecretOf(definition);
    return secretId === undefined ? [] : [{ container: definition.name!, secretId }];
  });
  const logins = new Map<string, RegistryLogin>();
  for (const secretId of new Set(byContainer.map((each) => each.secretId)))
    logins.set(secretId, await retrieveLogin(task, role, secretId));
  return new Map(byContainer.map(({ container, secretId }) => [container, logins.get(secretId)!]));
}

async function retrieveLogin(task: TaskRecord, role: ExecutionRole, secretId: string): Promise<RegistryLogin> {
  const region = /^arn:[^:]*:secretsmanager:([^:]*):/.exec(secretId)?.[1] ?? task.scope.region;
  let text: string | undefined;
  try {
    text = await role.secretValue(task, { secretId, region });
  } catch (cause) {
    if (!(cause instanceof ExecutionRoleError)) throw cause;
    const reason = operationError("Secrets Manager: GetSecretValue", cause);
    throw executionResourceError(REGISTRY_LOGIN, `asm fetching secret from the service for ${secretId}: ${reason}`);
  }
  if (!text) throw executionResourceError(REGISTRY_LOGIN, "asm fetching authorization data: empty secrets value");
  const { username, password } = parseObject(text) ?? {};
  const isText = (value: unknown) => value === undefined || value === null || typeof value === "string";
  if (!parseObject(text) || !isText(username) || !isText(password))
    throw executionResourceError(
      REGISTRY_LOGIN,
      "asm fetching authorization data: unable to unmarshal secret value, invalid schema",
    );
  for (const [name, value] of Object.entries({ username, password }))
    if (!value)
      throw executionResourceError(REGISTRY_LOGIN, `asm fetching ${name}: AuthorizationData is malformed, empty field`);
  return { username: username as string, password: password as string };
}

function parse(valueFrom: string, region: string): SecretReference | ParameterReference {
  try {
    return parseValueFrom(valueFrom, region);
  } catch (cause) {
    if (cause instanceof ValueFromError) throw executionResourceError(FROM_SECRETS_MANAGER, cause.message);
    throw cause;
  }
}

type References = ReadonlyMap<string, SecretReference | ParameterReference>;

async function retrieveFromSecretsManager(
  task: TaskRecord,
  role: ExecutionRole,
  references: References,
): Promise<[valueFrom: string, value: string][]> {
  const texts = new Map<string, Promise<string>>();
  const textOf = (reference: SecretReference) => {
    const { secretId, versionId, versionStage } = reference;
    const key = JSON.stringify([secretId, versionId, versionStage]);
    const found = texts.get(key) ?? secretText(task, role, reference);
    texts.set(key, found);
    return found;
  };
  const values = [...references].flatMap(([valueFrom, reference]) =>
    reference.kind === "secret"
      ? [textOf(reference).then((text) => [valueFrom, member(text, reference)] as [string, string])]
      : [],
  );
  await Promise.allSettled(values); // of several failures it is the first secret's that is told
  return await Promise.all(values);
}

async function secretText(task: TaskRecord, role: ExecutionRole, reference: SecretReference): Promise<string> {
  try {
    return (await role.secretValue(task, reference)) ?? "";
  } catch (cause) {
    if (!(cause instanceof ExecutionRoleError)) throw cause;
    const reason = operationError("Secrets Manager: GetSecretValue", cause);
    throw executionResourceError(
      FROM_SECRETS_MANAGER,
      `failed to fetch secret ${reference.secretId} from secrets manager: ${reason}`,
    );
  }
}

/** What a reference means of a secret's text: all of it, or a member of the JSON object that it is. */
function member(text: string, { jsonKey }: SecretReference): string {
  if (jsonKey === undefined) return text;
  const object = parseObject(text);
  // The agent goes on with the character that it does not expect. It is the secret's.
  if (!object) throw executionResourceError(FROM_SECRETS_MANAGER, "invalid character looking for beginning of value");
  if (!Object.hasOwn(object, jsonKey))
    throw executionResourceError(
      FROM_SECRETS_MANAGER,
      `retrieved secret from Secrets Manager did not contain json key ${jsonKey}`,
    );
  return formatGoValue(object[jsonKey]);
}

async function retrieveParameters(
  task: TaskRecord,
  role: ExecutionRole,
  references: References,
): Promise<Map<string, string>> {
  const parameters = [...references.values()].filter((reference) => reference.kind === "parameter");
  const batches = [...Map.groupBy(parameters, ({ region }) => region)].flatMap(([region, all]) =>
    Array.from({ length: Math.ceil(all.length / BATCH) }, (_, i) => ({
      region,
      names: all.slice(i * BATCH, (i + 1) * BATCH).map(({ name }) => name),
    })),
  );
  const retrieved = batches.map(({ region, names }) => parameterValues(task, role, region, names));
  await Promise.allSettled(retrieved);
  return new Map((await Promise.all(retrieved)).flatMap((values) => [...values]));
}

async function parameterValues(
  task: TaskRecord,
  role: ExecutionRole,
  region: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  try {
    const { values, invalid } = await role.parameters(task, region, names);
    if (!invalid.length) return values;
    throw executionResourceError(FROM_SYSTEMS_MANAGER, `invalid ssm parameters: ${invalid.join(",")}`);
  } catch (cause) {
    if (!(cause instanceof ExecutionRoleError)) throw cause;
    throw executionResourceError(FROM_SYSTEMS_MANAGER, operationError("SSM: GetParameters", cause));
  }
}

/** @returns `undefined` for what is no JSON object */
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
