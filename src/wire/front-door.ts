import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../base/clock.ts";
import { AwsError } from "../base/errors.ts";
import type { Ids } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import { ANYWHERE, type Scope } from "../base/scope.ts";
import { AuthenticationError } from "../identity/authentication-error.ts";
import type { Authenticator, Identity } from "../identity/authenticator.ts";
import { AccessDenied, allowAll, type Authorizer } from "../identity/authorization.ts";
import type { Caller } from "../identity/caller.ts";
import { claimedService } from "../identity/credential-scope.ts";
import { anonymousPrincipal } from "../identity/principal.ts";
import type { SignedRequest } from "../identity/signed-request.ts";
import { authenticationAnswer } from "./authentication-answers.ts";
import type { AuthorizationFailures } from "./authorization-failures.ts";
import { callOperation, checkInput } from "./call-operation.ts";
import { callerOf, clientOf } from "./caller.ts";
import type { CallObserver } from "./calls.ts";
import type { RequestContext } from "./context.ts";
import { denialAnswer } from "./denials.ts";
import { internalFailure, unknownOperation, unknownService } from "./front-door-errors.ts";
import type { OperationModel, ServiceModel } from "./model.ts";
import type { WireRequest, WireResponse } from "./protocol.ts";
import type { RequestOrigin } from "./request-origin.ts";
import { signatureOf } from "./request-signature.ts";
import { ClientGoneError, discardBody, readBody, readHead } from "./read-request.ts";
import type { RestDialect } from "./rest-dialect.ts";
import { Router, type Route } from "./router.ts";
import { RpcV2CborWire } from "./rpc-v2-cbor.ts";
import { sendResponse } from "./send-response.ts";
import type { ServiceDefinition } from "./service.ts";
import type { Throttle } from "./throttle.ts";
import type { RoutedRequest, Wire } from "./wire.ts";
import { codeOf, describeError, type WireError } from "./wire-error.ts";
import { AwsJsonWire } from "./aws-json.ts";
import { AwsQueryWire } from "./aws-query.ts";

/** Something beside the AWS APIs on the same port, such as the image registry: it gets requests as they come. */
export interface Mount {
  /** Of the path, such as `/v2/`. */
  prefix: string;
  handle(request: IncomingMessage, response: ServerResponse, origin?: RequestOrigin): Promise<void>;
}

export interface FrontDoorOptions {
  services: readonly ServiceDefinition[];
  authenticator: Authenticator;
  authorizer: Authorizer;
  /** Where requests are taken to belong that nobody signed. */
  home: Scope;
  /** Hides the details of refusals in EC2's answers. */
  failures?: AuthorizationFailures;
  observer?: CallObserver;
  /** Refuses what is more than AWS allows; nothing unless told. */
  throttle?: Throttle;
  mounts: readonly Mount[];
  log: Logger;
  clock: Clock;
  ids: Ids;
  /** Bytes of a body, as sent and without its content coding; 16 MiB unless told. */
  maxBodyBytes?: number;
}

/** @param origin of a request that came from inside a VPC */
export type RequestListener = (request: IncomingMessage, response: ServerResponse, origin?: RequestOrigin) => void;

/** How far a request has come: what an error is answered with. */
interface Progress {
  requestId: string;
  head: WireRequest;
  /** Milliseconds since 1970. */
  receivedAt: number;
  origin: RequestOrigin | undefined;
  route?: Route;
  model?: ServiceModel;
  operation?: string;
  caller?: Caller;
  input?: unknown;
  output?: unknown;
  /** Whether a client that asked before it sends its body was told to. */
  bodyWanted?: boolean;
}

const DEFAULT_MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Of the name of an operation: anybody may ask for any. */
const MAX_LOGGED = 128;

/** The listener of the engine's one port: every AWS API, and what is mounted beside them. */
export function createFrontDoor(options: FrontDoorOptions): RequestListener {
  const door = new FrontDoor(options);
  return (request, response, origin) => {
    door.serve(request, response, origin).catch((err: unknown) => {
      // Such as an output whose header value no header can carry.
      options.log.error({ err, method: request.method, path: pathOf(request) }, "a response could not be sent");
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

  async serve(message: IncomingMessage, reply: ServerResponse, origin: RequestOrigin | undefined): Promise<void> {
    // Events and policies tell where a request came from: one whose sender was gone before it could be asked is not done.
    if (!origin && message.socket.remoteAddress === undefined) return void message.destroy();
    const { log, mounts, ids, clock } = this.options;
    const receivedAt = clock.now();
    const mount = mounts.find(({ prefix }) => message.url?.startsWith(prefix));
    if (mount) {
      letBodyCome(message, reply);
      return await this.serveMount(mount, message, reply, origin);
    }
    const progress: Progress = { requestId: ids.uuid(), head: readHead(message), receivedAt, origin };
    let response: WireResponse;
    try {
      response = await this.answer(message, reply, progress);
      this.finished(message, progress);
    } catch (cause) {
      if (cause instanceof ClientGoneError) return void reply.destroy();
      response = this.refuse(cause, message, progress);
      if (!(await this.bodyIsOver(message, progress))) response.headers["connection"] = "close";
    }
    await sendResponse(reply, response, log);
    if (!log.isLevelEnabled("debug")) return;
    const { requestId, route } = progress;
    const operation = progress.operation?.slice(0, MAX_LOGGED);
    const ms = clock.now() - receivedAt;
    log.debug({ requestId, service: route?.service.statics.name, operation, status: response.status, ms }, "answered");
  }

  private async serveMount(
    mount: Mount,
    message: IncomingMessage,
    reply: ServerResponse,
    origin: RequestOrigin | undefined,
  ): Promise<void> {
    try {
      await mount.handle(message, reply, origin);
    } catch (err) {
      this.options.log.error({ err, method: message.method, path: pathOf(message) }, "a mounted handler failed");
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
    const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = this.options;
    // Routed by the head first, so that a body that cannot be read is refused in the right protocol.
    progress.route = this.router.route(progress.head);
    const dialect = progress.route?.service.statics.dialect;
    if (dialect) return await this.answerInDialect(dialect, progress.route!, message, reply, progress);
    letBodyCome(message, reply, progress);
    const request = await readBody(message, progress.head, maxBodyBytes);
    const route = (progress.route = this.router.route(request));
    if (!route) throw unknownService(claimedService(request) ?? request.headers["x-amz-target"]?.split(".")[0]);
    progress.operation = route.operation;
    const identity = await this.identify(request, message, progress);
    const { model, routes } = await route.service.load();
    progress.model = model;
    const rest = route.operation === undefined ? routes.match(request) : undefined;
    const name = rest?.operation ?? route.operation;
    progress.operation = name;
    const operation = name === undefined ? undefined : model.operation(name);
    const handler = operation && route.service.handlers.get(operation.name);
    if (!handler) throw unknownOperation(route.service, route.protocol, name, operation !== undefined);
    const { statics } = route.service;
    this.options.throttle?.count(statics, route.protocol, operation.name, scopeOf(identity));
    const wire = route.service.wires[route.protocol]!;
    progress.input = readInput(route.service, wire, operation, { ...request, labels: rest?.labels });
    const context = this.contextOf(identity, reply, progress);
    progress.output = await callOperation(route.service, operation.name, progress.input, context);
    return wire.writeOutput(operation, progress.output, progress.requestId);
  }

  /** As {@link answer}, for a service that finds its operations in its own way and streams bodies in both directions. */
  private async answerInDialect(
    dialect: RestDialect,
    { service, protocol }: Route,
    message: IncomingMessage,
    reply: ServerResponse,
    progress: Progress,
  ): Promise<WireResponse> {
    const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = this.options;
    const { head, requestId } = progress;
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
      identity = await this.identify({ ...head, streamed: true }, message, progress);
      // A body that is not wanted after all, because its bucket is missing or not the caller's to write, is never asked for.
      request.payload = dialect.payload(message, head, identity, () => letBodyCome(message, reply, progress));
    } else {
      letBodyCome(message, reply, progress);
      const { rawBody, body } = await readBody(message, head, maxBodyBytes, false);
      identity = await this.identify({ ...head, rawBody }, message, progress);
      request = { ...request, rawBody, body };
    }
    if (!handler) throw dialect.unknownOperation(match?.operation);
    const wire = service.wires[protocol]!;
    progress.input = readInput(service, wire, operation, request);
    const context = this.contextOf(identity, reply, progress);
    progress.output = await callOperation(service, operation.name, progress.input, context);
    return wire.writeOutput(operation, progress.output, requestId);
  }

  /** Tells who sent a request. @throws AuthenticationError */
  private async identify(request: SignedRequest, message: IncomingMessage, progress: Progress): Promise<Identity> {
    const { authenticator, authorizer, home } = this.options;
    const { signingName, unsigned } = progress.route!.service.statics;
    // Strangers come in only where somebody decides what they may do.
    const mayBeUnsigned = unsigned === "all" ? authorizer !== allowAll : unsigned?.includes(progress.operation ?? "");
    const identity = await authenticator.authenticate(request, signingName).catch((cause: unknown): Identity => {
      if (!mayBeUnsigned || !(cause instanceof AuthenticationError) || cause.fault !== "missing") throw cause;
      return { principal: anonymousPrincipal(home.account), region: home.region };
    });
    progress.caller = callerOf(message, identity, progress);
    return identity;
  }

  private contextOf({ principal, region }: Identity, reply: ServerResponse, progress: Progress): RequestContext {
    const gone = new AbortController();
    reply.once("close", () => {
      if (!reply.writableFinished) gone.abort(new ClientGoneError());
    });
    const caller = progress.caller!;
    const signature = signatureOf(progress.head);
    const isStranger = principal.type === "Anonymous" && progress.route!.service.statics.dialect !== undefined;
    return {
      requestId: progress.requestId,
      scope: { account: principal.accountId, region: isStranger ? ANYWHERE : region },
      principal,
      caller,
      ...(signature ? { signature } : {}),
      authorize: (checks) => this.options.authorizer.authorize(caller, checks),
      host: progress.head.headers["host"] ?? "",
      signal: gone.signal,
    };
  }

  /** The one place that every call of an operation passes whose answer is known. */
  private finished(message: IncomingMessage, progress: Progress, error?: WireError): void {
    const { observer, home } = this.options;
    const { requestId, receivedAt, route, model, operation, caller, input, head, output } = progress;
    if (!observer || !route || operation === undefined) return;
    observer.called({
      requestId,
      at: receivedAt,
      service: route.service.statics,
      operation,
      model: model?.operation(operation),
      caller,
      scope: caller ? { account: caller.principal.accountId, region: caller.region } : home,
      ...clientOf(message, progress),
      host: head.headers["host"] ?? "",
      input,
      output: error ? undefined : output,
      ...(error
        ? { error: { code: codeOf(error, route.protocol), message: error.message, status: error.status } }
        : {}),
    });
  }

  private refuse(cause: unknown, message: IncomingMessage, progress: Progress): WireResponse {
    const { requestId, head, route, model, operation } = progress;
    const error = this.errorOf(cause, route, head);
    if (!(cause instanceof AwsError) && (error.status ?? 400) >= 500)
      this.options.log.error(
        { err: cause, requestId, service: route?.service.statics.name, operation },
        "a request failed",
      );
    const wire = route?.service.wires[route.protocol] ?? fallbackWire(head);
    const described = describeError(error, model);
    this.finished(message, progress, described);
    return wire.writeError(described, requestId);
  }

  private errorOf(cause: unknown, route: Route | undefined, head: WireRequest): AwsError {
    if (cause instanceof AwsError) return cause;
    const dialect = route?.service.statics.dialect;
    if (cause instanceof AccessDenied && route) return denialAnswer(cause, route.protocol, this.options.failures);
    if (cause instanceof AuthenticationError)
      return dialect?.authenticationAnswer(cause, head) ?? authenticationAnswer(cause, route?.protocol ?? "awsJson1_1");
    return dialect?.internalFailure() ?? internalFailure(route?.protocol);
  }
}

function scopeOf({ principal, region }: Identity): Scope {
  return { account: principal.accountId, region };
}

/** A client that asked whether its body is wanted sends it now. */
function letBodyCome(message: IncomingMessage, reply: ServerResponse, progress?: Progress): void {
  if (progress) progress.bodyWanted = true;
  if (message.headers.expect?.toLowerCase() !== "100-continue") return;
  // Behind an answer that is not sent yet, Node.js would put it in the midst of this one.
  if (reply.socket) reply.writeContinue();
  else reply.once("socket", () => reply.headersSent || reply.writeContinue());
}

/** For the log: behind it may stand a form with a password, or a signature. */
function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0]!;
}

function readInput(service: ServiceDefinition, wire: Wire, operation: OperationModel, request: RoutedRequest): unknown {
  const input = wire.readInput(operation, request);
  checkInput(service, operation, input);
  return input;
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
