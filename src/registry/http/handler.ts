import type { IncomingMessage, ServerResponse } from "node:http";
import { errnoOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { Scope } from "../../base/scope.ts";
import type { RepositoryAddress } from "../records.ts";
import { isRepositoryName } from "../reference.ts";
import type { Registry } from "../registry.ts";
import { authorize, challenge, type AuthorizationOptions } from "./authorize.ts";
import { getBlob, headBlob } from "./blobs.ts";
import { methodNotAllowed, nameInvalid, notFound, OciError, toOciError } from "./errors.ts";
import { sendEmpty, sendJson, type Exchange } from "./exchange.ts";
import { deleteManifest, getManifest, getReferrers, putManifest } from "./manifests.ts";
import { listTags } from "./tags.ts";
import { deleteUpload, getUpload, patchUpload, postUpload, putUpload } from "./uploads.ts";

export interface RegistryHandlerOptions<Origin> extends AuthorizationOptions {
  /**
   * Says whether the holder of a token is still somebody and may do something; without it, everyone may everything.
   * @throws OciError `DENIED`
   */
  permit?: (use: ImageUse, request: IncomingMessage, origin: Origin | undefined) => Promise<void>;
  log: Logger;
}

/** What somebody wants to do. */
export interface ImageUse {
  /** Who got the token, as {@link RegistryTokens.issue} was told. */
  holder: string;
  /** Whose registry the token is for. */
  scope: Scope;
  /** In ECR's terms, such as `ecr:PutImage`; none where a client only asks whether it is let in. */
  actions: readonly { name: string; repository: RepositoryAddress }[];
}

/** What reading a request or writing a response ends with when the other side goes. */
const CLIENT_GONE: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"]);

interface Route {
  path: RegExp;
  /** What each method needs. */
  actions: Record<string, string>;
  methods: Record<string, (exchange: Exchange) => Promise<void>>;
}

/** The OCI protocol's paths. Names hold slashes, so the first that fits from the end decides. */
const ROUTES: readonly Route[] = [
  {
    path: /^\/v2\/(.+)\/blobs\/uploads\/?$/,
    methods: { POST: postUpload },
    actions: { POST: "ecr:InitiateLayerUpload" },
  },
  {
    path: /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/,
    methods: { GET: getUpload, PATCH: patchUpload, PUT: putUpload, DELETE: deleteUpload },
    actions: {
      GET: "ecr:UploadLayerPart",
      PATCH: "ecr:UploadLayerPart",
      PUT: "ecr:CompleteLayerUpload",
      DELETE: "ecr:UploadLayerPart",
    },
  },
  {
    path: /^\/v2\/(.+)\/blobs\/([^/]+)$/,
    methods: { HEAD: headBlob, GET: getBlob },
    actions: { HEAD: "ecr:BatchCheckLayerAvailability", GET: "ecr:GetDownloadUrlForLayer" },
  },
  {
    path: /^\/v2\/(.+)\/manifests\/([^/]+)$/,
    methods: { HEAD: getManifest, GET: getManifest, PUT: putManifest, DELETE: deleteManifest },
    actions: {
      HEAD: "ecr:BatchGetImage",
      GET: "ecr:BatchGetImage",
      PUT: "ecr:PutImage",
      DELETE: "ecr:BatchDeleteImage",
    },
  },
  { path: /^\/v2\/(.+)\/tags\/list$/, methods: { GET: listTags }, actions: { GET: "ecr:ListImages" } },
  {
    path: /^\/v2\/(.+)\/referrers\/([^/]+)$/,
    methods: { GET: getReferrers },
    actions: { GET: "ecr:BatchGetImage" },
  },
];

/**
 * The OCI distribution protocol as ECR speaks it, for paths at and below `/v2/`.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export function registryHandler<Origin>(
  registry: Registry,
  options: RegistryHandlerOptions<Origin>,
): (request: IncomingMessage, response: ServerResponse, origin?: Origin) => Promise<void> {
  return async (request, response, origin) => {
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    try {
      await answer(registry, request, response, options, origin);
    } catch (cause) {
      answerError(request, response, cause, options.log);
    }
  };
}

async function answer<Origin>(
  registry: Registry,
  request: IncomingMessage,
  response: ServerResponse,
  options: RegistryHandlerOptions<Origin>,
  origin: Origin | undefined,
): Promise<void> {
  const url = URL.parse(request.url ?? "/", "http://registry");
  if (!url) throw notFound();
  const access = authorize(request, url, registry.tokens, options);
  if (!access) return askToLogIn(request, response);
  /** Whether the client has said who it is, where that is asked for. @throws OciError `DENIED` */
  const permits = async (actions: ImageUse["actions"]) => {
    const { holder, scope, isDownload } = access;
    if (!options.permit || isDownload) return true;
    if (holder !== undefined) await options.permit({ holder, scope, actions }, request, origin);
    return holder !== undefined;
  };
  if (/^\/v2\/?$/.test(url.pathname))
    return (await permits([])) ? sendJson({ request, response }, 200, {}) : askToLogIn(request, response);
  for (const { path, methods, actions } of ROUTES) {
    const [, name = "", reference = ""] = path.exec(decodePath(url.pathname)) ?? [];
    if (!name) continue;
    const handle = methods[request.method ?? ""];
    if (!handle) throw methodNotAllowed(Object.keys(methods));
    if (!isRepositoryName(name)) throw nameInvalid(name);
    // Docker sends its password only to a registry that asks for one.
    const scope = access.isGuess ? await registry.repositories.holderOf(name, access.scope) : access.scope;
    const repository = { scope, name };
    if (!(await permits(imageActions(actions[request.method!]!, url.searchParams, repository))))
      return askToLogIn(request, response);
    return await handle({ registry, request, response, query: url.searchParams, repository, reference });
  }
  throw notFound();
}

/** What a request comes to in ECR's API: showing another repository's layer here is reading it there. */
function imageActions(name: string, query: URLSearchParams, repository: RepositoryAddress): ImageUse["actions"] {
  const from = query.get("from");
  const mounts = name === "ecr:InitiateLayerUpload" && query.has("mount") && from !== null && isRepositoryName(from);
  const wanted = [{ name, repository }];
  if (!mounts) return wanted;
  return [...wanted, { name: "ecr:GetDownloadUrlForLayer", repository: { ...repository, name: from } }];
}

/** Digests come as `sha256:…` or `sha256%3A…`. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound();
  }
}

function askToLogIn(request: IncomingMessage, response: ServerResponse): void {
  const body = "Not Authorized\n";
  response.writeHead(401, {
    "www-authenticate": challenge(request),
    "content-type": "text/plain; charset=utf-8",
    "content-length": body.length,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function answerError(request: IncomingMessage, response: ServerResponse, cause: unknown, log: Logger): void {
  if (CLIENT_GONE.has(errnoOf(cause) ?? "")) return void response.destroy();
  const known = toOciError(cause);
  const path = request.url?.split("?")[0]; // a query may hold a token
  if (!known) log.error({ err: cause, method: request.method, path }, "a registry request failed");
  if (response.headersSent) return void response.destroy(); // a broken length tells the client
  request.resume(); // a client that still sends reads the answer afterwards
  const error = known ?? new OciError(500, "UNKNOWN", "Internal error");
  if (request.method === "HEAD") return sendEmpty(response, error.status, error.headers);
  const body = { errors: [{ code: error.code, message: error.message }] };
  sendJson({ request, response }, error.status, body, error.headers);
}
