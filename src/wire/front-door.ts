import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../base/clock.ts";
import { AwsError } from "../base/errors.ts";
import type { Ids } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import { AuthenticationError } from "../identity/authentication-error.ts";
import type { Authenticator, Identity } from "../identity/authenticator.ts";
import { claimedService } from "../identity/credential-scope.ts";
import { authenticationAnswer } from "./authentication-answers.ts";
import type { RequestContext } from "./context.ts";
import { internalFailure, unknownOperation, unknownService } from "./front-door-errors.ts";
import type { OperationModel, ServiceModel } from "./model.ts";
import type { WireRequest, WireResponse } from "./protocol.ts";
import { ClientGoneError, discardBody, readBody, readHead } from "./read-request.ts";
import type { RestDialect } from "./rest-dialect.ts";
import { Router, type Route } from "./router.ts";
import { RpcV2CborWire } from "./rpc-v2-cbor.ts";
import { sendResponse } from "./send-response.ts";
import type { ServiceDefinition } from "./service.ts";
import { validate } from "./validate.ts";
import type { RoutedRequest, Wire } from "./wire.ts";
import { describeError } from "./wire-error.ts";
import { AwsJsonWire } from "./aws-json.ts";
import { AwsQueryWire } from "./aws-query.ts";

/** Something beside the AWS APIs on the same port, such as the image registry: it gets requests as they come. */
export interface Mount {
  /** Of the path, such as `/v2/`. */
  prefix: string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface FrontDoorOptions {
  services: readonly ServiceDefinition[];
  authenticator: Authenticator;
  mounts: readonly Mount[];
  log: Logger;
  clock: Clock;
  ids: Ids;
  /** Bytes of a body, as sent and without its content coding; 16 MiB unless told. */
  maxBodyBytes?: number;
}

export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/** How far a request has come: what an error is answered with. */
interface Progress {
  requestId: string;
  head: WireRequest;
  route?: Route;
  model?: ServiceModel;
  operation?: string;
  /** Whether a client that asked before it sends its body was told to. */
  bodyWanted?: boolean;
}

const DEFAULT_MAX_BODY_BYTES = 16 * 1024 * 1024;

/** The listener of the engine's one port: every AWS API, and what is mounted beside them. */
export function createFrontDoor(options: FrontDoorOptions): RequestListener {
  const door = new FrontDoor(options);
  return (request, response) => {
    door.serve(request, response).catch((err: unknown) => {
      // Such as an output whose header value no header can carry.
      options.log.error({ err, method: request.method, url: request.url }, "a response could not be sent");
      response.destroy();
    });
  };
}

class FrontDoor {
  private readonly options: FrontDoorOptions;
  private readonly router: Router;

  constructor(options: FrontDoorOptions) {
    this.options = options;
    this.router = new Router(options.services);
  }

  async serve(message: IncomingMessage, reply: ServerResponse): Promise<void> {
    const { log, mounts, ids, clock } = this.options;
    const receivedAt = clock.now();
    const mount = mounts.find(({ prefix }) => message.url?.startsWith(prefix));
    if (mount) {
      letBodyCome(message, reply);
      return await this.serveMount(mount, message, reply);
    }
    const progress: Progress = { requestId: ids.uuid(), head: readHead(message) };
    let response: WireResponse;
    try {
      response = await this.answer(message, reply, progress);
    } catch (cause) {
      if (cause instanceof ClientGoneError) return void reply.destroy();
      response = this.refuse(cause, progress);
      if (!(await this.bodyIsOver(message, progress))) response.headers["connection"] = "close";
    }
    await sendResponse(reply, response, log);
    if (!log.isLevelEnabled("debug")) return;
    const { requestId, route, operation } = progress;
    const ms = clock.now() - receivedAt;
    log.debug({ requestId, service: route?.service.statics.name, operation, status: response.status, ms }, "answered");
  }

  private async serveMount(mount: Mount, message: IncomingMessage, reply: ServerResponse): Promise<void> {
    try {
      await mount.handle(message, reply);
    } catch (err) {
      this.options.log.error({ err, method: message.method, url: message.url }, "a mounted handler failed");
      if (reply.headersSent) reply.destroy();
      else reply.writeHead(500).end();
    }
  }

  /** Whether no more of the request's body will come. Most services do not wait for the rest of what they refuse. */
  private async bodyIsOver(message: IncomingMessage, { route, bodyWanted }: Progress): Promise<boolean> {
    if (message.complete || !route?.service.statics.dialect) return message.complete;
    // Nothing comes from a client that was never told to go on.
    if (message.headers.expect !== undefined && !bodyWanted) return false;
    return await discardBody(message);
  }

  private async answer(message: IncomingMessage, reply: ServerResponse, progress: Progress): Promise<WireResponse> {
    const { authenticator, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = this.options;
    // Routed by the head first, so that a body that cannot be read is refused in the right protocol.
    progress.route = this.router.route(progress.head);
    const dialect = progress.route?.service.statics.dialect;
    if (dialect) return await this.answerInDialect(dialect, progress.route!, message, reply, progress);
    letBodyCome(message, reply, progress);
    const request = await readBody(message, progress.head, maxBodyBytes);
    const route = (progress.route = this.router.route(request));
    if (!route) throw unknownService(claimedService(request) ?? request.headers["x-amz-target"]?.split(".")[0]);
    const identity = await authenticator.authenticate(request, route.service.statics.signingName);
    const { model, routes } = await route.service.load();
    progress.model = model;
    const rest = route.operation === undefined ? routes.match(request) : undefined;
    const name = rest?.operation ?? route.operation;
    progress.operation = name;
    const operation = name === undefined ? undefined : model.operation(name);
    const handler = operation && route.service.handlers.get(operation.name);
    if (!handler) throw unknownOperation(route.service, route.protocol, name, operation !== undefined);
    const wire = route.service.wires[route.protocol]!;
    const input = readInput(route.service, wire, operation, { ...request, labels: rest?.labels });
    const output = await handler(input, contextOf(request, identity, progress.requestId, reply));
    return wire.writeOutput(operation, output, progress.requestId);
  }

  /** As {@link answer}, for a service that finds its operations in its own way and streams bodies in both directions. */
  private async answerInDialect(
    dialect: RestDialect,
    { service, protocol }: Route,
    message: IncomingMessage,
    reply: ServerResponse,
    progress: Progress,
  ): Promise<WireResponse> {
    const { authenticator, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = this.options;
    const { head, requestId } = progress;
    const { signingName } = service.statics;
    const { path, labels } = dialect.address(head);
    const { model, routes } = await service.load();
    progress.model = model;
    const match = routes.match({ ...head, path }, labels);
    progress.operation = match?.operation;
    const operation = match && model.operation(match.operation);
    const handler = operation && service.handlers.get(operation.name);
    let request: RoutedRequest = { ...dialect.inputHead(head), labels: match?.labels };
    let identity: Identity;
    if (handler && operation.streamsInput) {
      identity = await authenticator.authenticate({ ...head, streamed: true }, signingName);
      // A body that is not wanted after all, because its bucket is missing, is never asked for.
      request.payload = dialect.payload(message, head, identity, () => letBodyCome(message, reply, progress));
    } else {
      letBodyCome(message, reply, progress);
      const { rawBody, body } = await readBody(message, head, maxBodyBytes, false);
      identity = await authenticator.authenticate({ ...head, rawBody }, signingName);
      request = { ...request, rawBody, body };
    }
    if (!handler) throw dialect.unknownOperation(match?.operation);
    const wire = service.wires[protocol]!;
    const input = readInput(service, wire, operation, request);
    const output = await handler(input, contextOf(head, identity, requestId, reply));
    return wire.writeOutput(operation, output, requestId);
  }

  private refuse(cause: unknown, { requestId, head, route, model, operation }: Progress): WireResponse {
    const error = this.errorOf(cause, route, head);
    if (!(cause instanceof AwsError) && (error.status ?? 400) >= 500)
      this.options.log.error(
        { err: cause, requestId, service: route?.service.statics.name, operation },
        "a request failed",
      );
    const wire = route?.service.wires[route.protocol] ?? fallbackWire(head);
    return wire.writeError(describeError(error, model), requestId);
  }

  private errorOf(cause: unknown, route: Route | undefined, head: WireRequest): AwsError {
    if (cause instanceof AwsError) return cause;
    const dialect = route?.service.statics.dialect;
    if (cause instanceof AuthenticationError)
      return dialect?.authenticationAnswer(cause, head) ?? authenticationAnswer(cause, route?.protocol ?? "awsJson1_1");
    return dialect?.internalFailure() ?? internalFailure(route?.protocol);
  }
}

/** A client that asked whether its body is wanted sends it now. */
function letBodyCome(message: IncomingMessage, reply: ServerResponse, progress?: Progress): void {
  if (progress) progress.bodyWanted = true;
  if (message.headers.expect?.toLowerCase() === "100-continue") reply.writeContinue();
}

function readInput(service: ServiceDefinition, wire: Wire, operation: OperationModel, request: RoutedRequest): unknown {
  const input = wire.readInput(operation, request);
  const violations = validate(operation.input, input);
  if (violations.length) throw service.violationWording(violations, service.statics.validationErrorCode);
  return input;
}

function contextOf(
  request: WireRequest,
  { principal, region }: Identity,
  requestId: string,
  reply: ServerResponse,
): RequestContext {
  const gone = new AbortController();
  reply.once("close", () => {
    if (!reply.writableFinished) gone.abort(new ClientGoneError());
  });
  return {
    requestId,
    scope: { account: principal.accountId, region },
    principal,
    host: request.headers["host"] ?? "",
    signal: gone.signal,
  };
}

/** Signing names whose clients read nothing but XML, also in requests without an `Action`. */
const XML_SERVICES = new Set(["s3", "s3express", "route53", "cloudfront"]);

/** Requests for no service of ours are answered in the form that their clients read. */
function fallbackWire(head: WireRequest): Wire {
  if (head.headers["smithy-protocol"] === "rpc-v2-cbor") return new RpcV2CborWire(false);
  const form = head.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const xml = form || head.query.has("Action") || XML_SERVICES.has(claimedService(head) ?? "");
  return xml ? new AwsQueryWire("") : new AwsJsonWire("1.1", false);
}
