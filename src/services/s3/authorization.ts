import { AwsError } from "../../base/errors.ts";
import type { AuthorizedResource, ConditionValues } from "../../identity/authorization.ts";
import type { AuthorizationContext, AuthorizationRule, AuthorizationRules } from "../../wire/authorization.ts";
import { check, conditions, requestTags } from "../../wire/checks.ts";
import type { RequestContext } from "../../wire/context.ts";
import { bucketResource, objectResource, signatureKeys, type ObjectName } from "./authorized-resources.ts";
import { namedSource } from "./copy-source.ts";
import type { S3 } from "./s3.ts";
import { parseTagging } from "./tags.ts";

type Context = AuthorizationContext;

interface ObjectInput extends ObjectName {
  VersionId?: string | undefined;
}

/** What writing an object may say that policies ask for. */
interface WriteInput extends ObjectInput {
  ACL?: string | undefined;
  StorageClass?: string | undefined;
  ServerSideEncryption?: string | undefined;
  SSEKMSKeyId?: string | undefined;
  Tagging?: string | undefined;
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
  WebsiteRedirectLocation?: string | undefined;
  CopySource?: string | undefined;
  MetadataDirective?: string | undefined;
}

/**
 * What the operations of S3 need. Whether there is a bucket is said before: names of buckets are no secret.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export function s3Rules(s3: S3): AuthorizationRules<typeof import("@aws-sdk/client-s3")> {
  const onBucket =
    (action: string) =>
    async ({ Bucket }: { Bucket?: string | undefined }, context: Context) => [
      check(action, await bucketResource(s3, Bucket ?? "", context)),
    ];
  const onObject = (action: string) => async (input: ObjectInput, context: Context) => [
    check(versioned(action, input), await objectResource(s3, input, context)),
  ];
  /** On what is to become an object. */
  const onPlace = (action: string) => async (input: ObjectName, context: Context) => [
    check(action, await objectResource(s3, input, context)),
  ];
  const reading =
    (...actions: string[]) =>
    async (input: ObjectInput, context: Context) => {
      const object = await objectResource(s3, input, context);
      return actions.map((action) => check(versioned(action, input), object));
    };
  const listing =
    (action: string) =>
    async (
      input: { Bucket: string | undefined; Prefix?: string; Delimiter?: string; MaxKeys?: number },
      context: Context,
    ) => {
      const keys = conditions({
        "s3:prefix": input.Prefix,
        "s3:delimiter": input.Delimiter,
        "s3:max-keys": input.MaxKeys,
      });
      return [check(action, await bucketResource(s3, input.Bucket ?? "", context), { conditions: keys })];
    };
  const writing: AuthorizationRule<WriteInput> = async (input, context) => {
    const object = await objectResource(s3, input, context);
    const tags = requestedTags(input.Tagging);
    return [
      check("s3:PutObject", object, { conditions: { ...writeKeys(input), ...tags } }),
      ...(input.Tagging ? [check("s3:PutObjectTagging", object, { conditions: tags })] : []),
      ...(input.ACL ? [check("s3:PutObjectAcl", object, { conditions: { "s3:x-amz-acl": input.ACL } })] : []),
    ];
  };
  const copying =
    (withTags: boolean): AuthorizationRule<WriteInput & { TaggingDirective?: string | undefined }> =>
    async (input, context) => {
      const source = namedSource(input.CopySource);
      const from = source && (await objectResource(s3, source, context));
      const takes = withTags && input.TaggingDirective !== "REPLACE";
      const taken = takes && from ? Object.keys((await from.tags?.()) ?? {}).length > 0 : false;
      return [
        ...(from ? [check("s3:GetObject", from)] : []),
        ...(from && taken ? [check("s3:GetObjectTagging", from)] : []),
        ...(await writing(input, context)),
        ...(taken ? [check("s3:PutObjectTagging", await objectResource(s3, input, context))] : []),
      ];
    };

  return {
    AbortMultipartUpload: onPlace("s3:AbortMultipartUpload"),
    CompleteMultipartUpload: async ({ IfMatch, IfNoneMatch, ...place }, context) => [
      check("s3:PutObject", await objectResource(s3, place, context), {
        conditions: conditions({ "s3:if-match": IfMatch, "s3:if-none-match": IfNoneMatch }),
      }),
    ],
    CopyObject: copying(true),
    CreateBucket: ({ Bucket, ACL, ObjectOwnership, CreateBucketConfiguration }, context) => {
      const bucket: AuthorizedResource = { arn: `arn:aws:s3:::${Bucket ?? ""}`, conditions: signatureKeys(context) };
      const keys = conditions({
        "s3:x-amz-acl": ACL,
        "s3:x-amz-object-ownership": ObjectOwnership,
        "s3:locationconstraint": CreateBucketConfiguration?.LocationConstraint,
      });
      return [
        check("s3:CreateBucket", bucket, { conditions: keys, ...requestTags(CreateBucketConfiguration?.Tags) }),
        ...(ObjectOwnership ? [check("s3:PutBucketOwnershipControls", bucket)] : []),
        ...(ACL ? [check("s3:PutBucketAcl", bucket, { conditions: { "s3:x-amz-acl": ACL } })] : []),
        ...(CreateBucketConfiguration?.Tags?.length ? [check("s3:PutBucketTagging", bucket)] : []),
      ];
    },
    CreateMultipartUpload: writing,
    DeleteBucket: onBucket("s3:DeleteBucket"),
    DeleteBucketCors: onBucket("s3:PutBucketCORS"),
    DeleteBucketEncryption: onBucket("s3:PutEncryptionConfiguration"),
    DeleteBucketLifecycle: onBucket("s3:PutLifecycleConfiguration"),
    DeleteBucketPolicy: onBucket("s3:DeleteBucketPolicy"),
    DeleteBucketReplication: onBucket("s3:PutReplicationConfiguration"),
    DeleteBucketTagging: onBucket("s3:PutBucketTagging"),
    DeleteBucketWebsite: onBucket("s3:DeleteBucketWebsite"),
    DeleteObject: onObject("s3:DeleteObject"),
    DeleteObjectTagging: onObject("s3:DeleteObjectTagging"),
    // Each object has its own answer: the operation asks for each.
    DeleteObjects: async ({ Bucket }, context) => {
      await bucketResource(s3, Bucket ?? "", context);
      return [];
    },
    DeletePublicAccessBlock: onBucket("s3:PutBucketPublicAccessBlock"),
    GetBucketAccelerateConfiguration: onBucket("s3:GetAccelerateConfiguration"),
    GetBucketAcl: onBucket("s3:GetBucketAcl"),
    GetBucketCors: onBucket("s3:GetBucketCORS"),
    GetBucketEncryption: onBucket("s3:GetEncryptionConfiguration"),
    GetBucketLifecycleConfiguration: onBucket("s3:GetLifecycleConfiguration"),
    GetBucketLocation: onBucket("s3:GetBucketLocation"),
    GetBucketLogging: onBucket("s3:GetBucketLogging"),
    GetBucketNotificationConfiguration: onBucket("s3:GetBucketNotification"),
    GetBucketOwnershipControls: onBucket("s3:GetBucketOwnershipControls"),
    GetBucketPolicy: onBucket("s3:GetBucketPolicy"),
    GetBucketPolicyStatus: onBucket("s3:GetBucketPolicyStatus"),
    GetBucketReplication: onBucket("s3:GetReplicationConfiguration"),
    GetBucketRequestPayment: onBucket("s3:GetBucketRequestPayment"),
    GetBucketTagging: onBucket("s3:GetBucketTagging"),
    GetBucketVersioning: onBucket("s3:GetBucketVersioning"),
    GetBucketWebsite: onBucket("s3:GetBucketWebsite"),
    GetObject: reading("s3:GetObject"),
    GetObjectAcl: reading("s3:GetObjectAcl"),
    GetObjectAttributes: reading("s3:GetObject", "s3:GetObjectAttributes"),
    GetObjectLockConfiguration: onBucket("s3:GetBucketObjectLockConfiguration"),
    GetObjectTagging: reading("s3:GetObjectTagging"),
    GetPublicAccessBlock: onBucket("s3:GetBucketPublicAccessBlock"),
    HeadBucket: onBucket("s3:ListBucket"),
    HeadObject: reading("s3:GetObject"),
    ListBuckets: (_, context) => [
      check("s3:ListAllMyBuckets", { arn: "arn:aws:s3:::*", conditions: signatureKeys(context) }),
    ],
    ListMultipartUploads: onBucket("s3:ListBucketMultipartUploads"),
    ListObjectVersions: listing("s3:ListBucketVersions"),
    ListObjects: listing("s3:ListBucket"),
    ListObjectsV2: listing("s3:ListBucket"),
    ListParts: onPlace("s3:ListMultipartUploadParts"),
    PutBucketAcl: onBucket("s3:PutBucketAcl"),
    PutBucketEncryption: onBucket("s3:PutEncryptionConfiguration"),
    PutBucketOwnershipControls: onBucket("s3:PutBucketOwnershipControls"),
    PutBucketPolicy: onBucket("s3:PutBucketPolicy"),
    PutBucketTagging: onBucket("s3:PutBucketTagging"),
    PutObject: writing,
    PutObjectTagging: async (input, context) => [
      check(versioned("s3:PutObjectTagging", input), await objectResource(s3, input, context), {
        conditions: tagKeys(input.Tagging?.TagSet ?? []),
      }),
    ],
    PutPublicAccessBlock: onBucket("s3:PutBucketPublicAccessBlock"),
    UploadPart: onPlace("s3:PutObject"),
    UploadPartCopy: copying(false),
  };
}

/**
 * Operations that read objects, with one more thing that they need: who may not list a bucket is not told what is not in
 * it. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function hidingMissing<Input extends ObjectName, Output>(
  s3: S3,
  read: (input: Input, context: RequestContext) => Promise<Output>,
): (input: Input, context: RequestContext) => Promise<Output> {
  return async (input, context) => {
    try {
      return await read(input, context);
    } catch (cause) {
      if (cause instanceof AwsError && cause.code === "NoSuchKey")
        await context.authorize([check("s3:ListBucket", await bucketResource(s3, input.Bucket ?? "", context))]);
      throw cause;
    }
  };
}

/** The check of one of the objects that DeleteObjects deletes. */
export async function deletionCheck(s3: S3, input: ObjectInput, context: Context) {
  const object = await objectResource(s3, input, context);
  return check(versioned("s3:DeleteObject", input), object);
}

/** Versions are another action's: `s3:GetObjectVersion`, `s3:GetObjectVersionTagging`. */
function versioned(action: string, { VersionId }: Pick<ObjectInput, "VersionId">): string {
  return VersionId === undefined ? action : action.replace("Object", "ObjectVersion");
}

function writeKeys(input: WriteInput): ConditionValues {
  return conditions({
    "s3:x-amz-acl": input.ACL,
    "s3:x-amz-storage-class": input.StorageClass,
    "s3:x-amz-server-side-encryption": input.ServerSideEncryption,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": input.SSEKMSKeyId,
    "s3:x-amz-website-redirect-location": input.WebsiteRedirectLocation,
    "s3:x-amz-copy-source": input.CopySource,
    "s3:x-amz-metadata-directive": input.MetadataDirective,
    "s3:if-match": input.IfMatch,
    "s3:if-none-match": input.IfNoneMatch,
  });
}

/** The tags of an `x-amz-tagging` header; one that cannot be read is refused by the operation. */
function requestedTags(header: string | undefined): ConditionValues {
  try {
    return tagKeys(parseTagging(header));
  } catch {
    return {};
  }
}

function tagKeys(tags: readonly { Key: string | undefined; Value: string | undefined }[]): ConditionValues {
  const keys = tags.flatMap(({ Key }) => Key ?? []);
  return {
    ...conditions({ "s3:RequestObjectTagKeys": keys }),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`s3:RequestObjectTag/${Key}`, Value ?? ""])),
  };
}
