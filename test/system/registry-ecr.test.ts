import {
  ECR,
  EmptyUploadException,
  ImageDigestDoesNotMatchException,
  paginateListImages,
  UploadNotFoundException,
  type ImageIdentifier,
} from "@aws-sdk/client-ecr";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CommandError, run } from "../../src/base/command.ts";
import { startRegistryEngine, type RegistryEngine } from "./registry-engine.ts";
import { indexOf, INDEX, makeImage, MANIFEST, manifestOf, sha256 } from "./registry-image.ts";

const ACCOUNT = "000000000000";

let folder: string;
let engine: RegistryEngine;
const env = {
  ...process.env,
  AWS_ACCESS_KEY_ID: "key",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-registry-"));
  engine = await startRegistryEngine(folder);
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true });
});

/** Runs the AWS CLI; its JSON, typed by the caller. */
async function ecr<T = Record<string, unknown>>(operation: string, ...args: string[]): Promise<T> {
  const endpoint = ["--endpoint-url", `http://127.0.0.1:${engine.port}`, "--output", "json"];
  const { stdout } = await run("/usr/bin/aws", ["ecr", operation, ...args, ...endpoint], { env });
  return (stdout.trim() ? JSON.parse(stdout) : {}) as T;
}

async function refusal(operation: string, ...args: string[]): Promise<string> {
  const cause: unknown = await ecr(operation, ...args).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(cause instanceof CommandError)) throw new Error(`${operation} succeeded`);
  return cause.stderr.trim();
}

const refused = (code: string, operation: string, message: string) =>
  `An error occurred (${code}) when calling the ${operation} operation: ${message}`;

const blobFiles = () => readdirSync(join(folder, "registry", "blobs", "sha256"));

test("repositories are made, described, tagged and deleted", async () => {
  const made = await ecr<{ repository: Record<string, unknown> }>(
    ...(["create-repository", "--repository-name", "team/one", "--tags", "Key=a,Value=1"] as const),
  );
  const arn = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/team/one`;
  expect(made.repository).toEqual({
    repositoryArn: arn,
    registryId: ACCOUNT,
    repositoryName: "team/one",
    repositoryUri: `localhost:${engine.port}/team/one`,
    createdAt: expect.any(String),
    imageTagMutability: "MUTABLE",
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: "AES256" },
  });
  expect(await refusal("create-repository", "--repository-name", "team/one")).toBe(
    refused(
      "RepositoryAlreadyExistsException",
      "CreateRepository",
      `The repository with name 'team/one' already exists in the registry with id '${ACCOUNT}'`,
    ),
  );
  await Promise.all(["team/two", "team/three"].map((name) => ecr("create-repository", "--repository-name", name)));
  type Described = { repositories: { repositoryName: string }[] };
  const paged = await ecr<Described>("describe-repositories", "--page-size", "2");
  expect(paged.repositories.map((repository) => repository.repositoryName)).toEqual([
    "team/one",
    "team/three",
    "team/two",
  ]);
  const named = await ecr<Described>("describe-repositories", "--repository-names", "team/one");
  expect(named.repositories).toEqual([made.repository]);
  expect(await refusal("describe-repositories", "--repository-names", "none")).toBe(
    refused(
      "RepositoryNotFoundException",
      "DescribeRepositories",
      `The repository with name 'none' does not exist in the registry with id '${ACCOUNT}'`,
    ),
  );
  expect(await refusal("describe-repositories", "--registry-id", "111122223333")).toBe(
    refused(
      "AccessDeniedException",
      "DescribeRepositories",
      `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: ecr:DescribeRepositories on resource: arn:aws:ecr:us-east-1:111122223333:repository/* because no resource-based policy allows the ecr:DescribeRepositories action`,
    ),
  );
  await ecr("tag-resource", "--resource-arn", arn, "--tags", "Key=b,Value=2");
  await ecr("untag-resource", "--resource-arn", arn, "--tag-keys", "a");
  expect(await ecr("list-tags-for-resource", "--resource-arn", arn)).toEqual({ tags: [{ Key: "b", Value: "2" }] });
  expect(await refusal("list-tags-for-resource", "--resource-arn", "arn:aws:s3:::x")).toContain("'Invalid ARN'");
  const names = ["team/two", "team/three", "team/one"];
  await Promise.all(names.map((name) => ecr("delete-repository", "--repository-name", name)));
  expect(await ecr("describe-repositories")).toEqual({ repositories: [] });
}, 300_000);

test("settings that are not built are refused", async () => {
  const create = (...args: string[]) => refusal("create-repository", "--repository-name", "settings", ...args);
  expect(await create("--image-scanning-configuration", "scanOnPush=true")).toContain("InvalidParameterException");
  expect(await create("--encryption-configuration", "encryptionType=KMS")).toContain("InvalidParameterException");
  expect(await create("--image-tag-mutability", "IMMUTABLE_WITH_EXCLUSION")).toContain("InvalidParameterException");
  expect(await refusal("create-repository", "--repository-name", "Bad Name")).toContain(
    "Invalid parameter at 'repositoryName' failed to satisfy constraint",
  );
});

test("an image goes in through the API, is shown, and goes out again", async () => {
  const sdk = new ECR({
    endpoint: `http://127.0.0.1:${engine.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  });
  const repositoryName = "api";
  await sdk.createRepository({ repositoryName });
  const image = await makeImage("api");
  const digest = sha256(image.manifest);
  for (const blob of [image.layer, image.config]) {
    const { uploadId } = await sdk.initiateLayerUpload({ repositoryName });
    const complete = () => sdk.completeLayerUpload({ repositoryName, uploadId, layerDigests: [sha256(blob)] });
    await expect(complete()).rejects.toThrow(EmptyUploadException);
    const part = (from: number, to: number) => ({
      repositoryName,
      uploadId,
      partFirstByte: from,
      partLastByte: to - 1,
      layerPartBlob: blob.subarray(from, to),
    });
    await sdk.uploadLayerPart(part(0, 100));
    await expect(sdk.uploadLayerPart(part(50, blob.length))).rejects.toMatchObject({
      name: "InvalidLayerPartException",
      lastValidByteReceived: 99,
    });
    expect((await sdk.uploadLayerPart(part(100, blob.length))).lastByteReceived).toBe(blob.length - 1);
    expect((await complete()).layerDigest).toBe(sha256(blob));
    await expect(complete()).rejects.toThrow(UploadNotFoundException);
  }

  const absent = sha256(Buffer.from("absent"));
  const layerDigests = [sha256(image.layer), absent, "bad"];
  expect(await sdk.batchCheckLayerAvailability({ repositoryName, layerDigests })).toMatchObject({
    layers: [
      { layerDigest: sha256(image.layer), layerAvailability: "AVAILABLE", layerSize: image.layer.length },
      { layerDigest: absent, layerAvailability: "UNAVAILABLE" },
    ],
    failures: [{ layerDigest: "bad", failureCode: "InvalidLayerDigest" }],
  });

  const put = (manifest: Buffer, imageTag: string, imageDigest?: string) =>
    sdk.putImage({ repositoryName, imageManifest: manifest.toString(), imageTag, imageDigest });
  await expect(put(manifestOf(image.config, [Buffer.from("absent")]), "v1")).rejects.toThrow(
    `Layers with digests '[${absent}]' required for pushing image into repository with name 'api'`,
  );
  await expect(put(image.manifest, "v1", absent)).rejects.toThrow(ImageDigestDoesNotMatchException);
  expect((await put(image.manifest, "v1")).image).toEqual({
    registryId: ACCOUNT,
    repositoryName,
    imageId: { imageDigest: digest, imageTag: "v1" },
    imageManifest: image.manifest.toString(),
    imageManifestMediaType: MANIFEST,
  });
  await expect(put(image.manifest, "v1")).rejects.toThrow(
    `Image with digest '${digest}' and tag 'v1' already exists in the repository with name 'api' in registry with id '${ACCOUNT}'`,
  );
  await put(image.manifest, "v2");
  await put(indexOf([image.manifest]), "all");

  const { downloadUrl } = await sdk.getDownloadUrlForLayer({ repositoryName, layerDigest: sha256(image.layer) });
  const layer = Buffer.from(await (await fetch(downloadUrl!)).arrayBuffer());
  expect(layer.equals(image.layer)).toBe(true);
  expect((await fetch(downloadUrl!.replace(sha256(image.layer), sha256(image.config)))).status).toBe(401);
  expect((await fetch(downloadUrl!, { method: "DELETE" })).status).toBe(401);

  const listed: ImageIdentifier[] = [];
  for await (const page of paginateListImages({ client: sdk, pageSize: 1 }, { repositoryName }))
    listed.push(...page.imageIds!);
  expect(listed.filter((id) => id.imageDigest === digest).map((id) => id.imageTag)).toEqual(["v1", "v2"]);
  expect(listed).toHaveLength(3);
  expect((await sdk.listImages({ repositoryName, filter: { tagStatus: "UNTAGGED" } })).imageIds).toEqual([]);
  const described = await sdk.describeImages({ repositoryName, imageIds: [{ imageTag: "v2" }, { imageTag: "v1" }] });
  expect(described.imageDetails).toEqual([
    {
      registryId: ACCOUNT,
      repositoryName,
      imageDigest: digest,
      imageTags: ["v1", "v2"],
      imageSizeInBytes: image.layer.length + image.config.length,
      imagePushedAt: expect.any(Date),
      imageManifestMediaType: MANIFEST,
      artifactMediaType: "application/vnd.oci.image.config.v1+json",
      imageStatus: "ACTIVE",
    },
  ]);

  const get = (imageIds: ImageIdentifier[], acceptedMediaTypes?: string[]) =>
    sdk.batchGetImage({ repositoryName, imageIds, acceptedMediaTypes });
  expect(await get([{ imageTag: "v1" }, { imageDigest: absent }, {}])).toMatchObject({
    images: [{ imageId: { imageDigest: digest, imageTag: "v1" }, imageManifest: image.manifest.toString() }],
    failures: [
      { imageId: { imageDigest: absent }, failureCode: "ImageNotFound", failureReason: "Requested image not found" },
      { failureCode: "MissingDigestAndTag" },
    ],
  });
  expect(await get([{ imageTag: "all" }], [INDEX])).toMatchObject({ failures: [] });
  expect((await get([{ imageTag: "all" }], [MANIFEST])).failures).toHaveLength(1);
  expect(await get([{ imageTag: "all", imageDigest: digest }])).toMatchObject({
    failures: [{ failureCode: "ImageTagDoesNotMatchDigest" }],
  });

  await expect(sdk.deleteRepository({ repositoryName })).rejects.toThrow(
    `The repository with name 'api' in registry with id '${ACCOUNT}' cannot be deleted because it still contains images`,
  );
  const remove = (...imageIds: ImageIdentifier[]) => sdk.batchDeleteImage({ repositoryName, imageIds });
  expect(await remove({ imageTag: "v1" }, { imageTag: "none" }, { imageDigest: digest })).toMatchObject({
    imageIds: [{ imageDigest: digest, imageTag: "v1" }],
    failures: [
      { imageId: { imageTag: "none" }, failureCode: "ImageNotFound" },
      { failureCode: "ImageReferencedByManifestList" },
    ],
  });
  expect(await remove({ imageTag: "all" }, { imageDigest: digest })).toMatchObject({ failures: [] });
  // The layer of which BatchCheckLayerAvailability told waits for a push; the configuration is gone.
  expect(blobFiles()).toEqual([sha256(image.layer).slice("sha256:".length)]);
  await sdk.deleteRepository({ repositoryName });
  expect(blobFiles()).toEqual([]);
});

test("immutable tags stay, except those that are excluded", async () => {
  const [one, two] = [await makeImage("1"), await makeImage("2")];
  await ecr("create-repository", "--repository-name", "fixed", "--image-tag-mutability", "IMMUTABLE");
  const address = { scope: { account: ACCOUNT, region: "us-east-1" }, name: "fixed" };
  for (const blob of [one.layer, one.config, two.layer, two.config]) {
    const { id } = await engine.registry.beginUpload(address);
    await engine.registry.uploads.append(address, id, Readable.from([blob]), 0);
    await engine.registry.completeUpload(address, id, sha256(blob));
  }
  const put = (bytes: Buffer, tag: string) => engine.registry.images.put(address, { bytes, mediaType: MANIFEST, tag });
  for (const tag of ["v1", "dev-1"]) await put(one.manifest, tag);
  const overwrite = (tag: string) => put(two.manifest, tag);
  await expect(overwrite("v1")).rejects.toThrow(
    "The image tag 'v1' already exists in the 'fixed' repository and cannot be overwritten because the tag is immutable.",
  );
  await engine.registry.repositories.update(address, () => ({
    tagMutability: "IMMUTABLE_WITH_EXCLUSION",
    mutabilityExclusions: ["dev-*"],
  }));
  await expect(overwrite("v1")).rejects.toThrow("immutable");
  expect((await overwrite("dev-1")).changed).toBe(true);
  expect(
    await ecr("put-image-tag-mutability", "--repository-name", "fixed", "--image-tag-mutability", "MUTABLE"),
  ).toEqual({ registryId: ACCOUNT, repositoryName: "fixed", imageTagMutability: "MUTABLE" });
  expect((await overwrite("v1")).changed).toBe(true);
});

test("the token of the API opens the registry of its own scope", async () => {
  const { stdout } = await run(
    "/usr/bin/aws",
    ["ecr", "get-login-password", "--endpoint-url", `http://127.0.0.1:${engine.port}`],
    { env },
  );
  const authorization = `Basic ${Buffer.from(`AWS:${stdout.trim()}`).toString("base64")}`;
  expect((await fetch(`${engine.url}/v2/`, { headers: { authorization } })).status).toBe(200);
  const closed = await fetch(`${engine.url}/v2/`);
  expect([closed.status, closed.headers.get("www-authenticate"), await closed.text()]).toEqual([
    401,
    `Basic realm="${engine.url}/",service="ecr.amazonaws.com"`,
    "Not Authorized\n",
  ]);
});

test("boto3 reads what the API says", async () => {
  const script = `
import boto3, json, sys
ecr = boto3.client("ecr", endpoint_url=sys.argv[1], region_name="eu-west-1")
made = ecr.create_repository(repositoryName="boto", imageTagMutability="IMMUTABLE")["repository"]
token = ecr.get_authorization_token()["authorizationData"][0]
try:
    ecr.describe_images(repositoryName="boto", imageIds=[{"imageTag": "none"}])
except ecr.exceptions.ImageNotFoundException as cause:
    missing = cause.response["Error"]["Code"]
pages = [len(page["imageDetails"]) for page in ecr.get_paginator("describe_images").paginate(repositoryName="boto")]
registry = ecr.describe_registry()
print(json.dumps({
    "arn": made["repositoryArn"], "year": made["createdAt"].year, "endpoint": token["proxyEndpoint"],
    "hours": round((token["expiresAt"] - made["createdAt"]).total_seconds() / 3600), "missing": missing, "pages": pages,
    "rules": registry["replicationConfiguration"]["rules"],
}))
ecr.delete_repository(repositoryName="boto", force=True)
`;
  const { stdout } = await run("/usr/bin/python3", ["-c", script, `http://127.0.0.1:${engine.port}`], { env });
  expect(JSON.parse(stdout)).toEqual({
    arn: `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/boto`,
    year: new Date().getUTCFullYear(),
    endpoint: engine.url,
    hours: 12,
    missing: "ImageNotFoundException",
    pages: [0],
    rules: [],
  });
});
