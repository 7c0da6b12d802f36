import type { CreateBucketOutput, CreateBucketRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { checkBucketName } from "../bucket-name.ts";
import {
  bucketAlreadyExists,
  bucketAlreadyOwnedByYou,
  illegalLocationConstraint,
  invalidLocationConstraint,
  invalidRequest,
  notImplemented,
} from "../errors.ts";
import { timestamp } from "../objects.ts";
import type { S3 } from "../s3.ts";
import { GLOBAL, type BucketRecord } from "../store.ts";
import { refuseOthers } from "../supported.ts";
import { checkTags, MAX_BUCKET_TAGS } from "../tags.ts";

/** The Region without a location constraint; there, a bucket that one owns already may be created again. */
const CLASSIC = "us-east-1";
/** A name of the first years. */
const EU = "eu-west-1";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export function createBucket(s3: S3) {
  return async (input: CreateBucketRequest, { scope }: RequestContext): Promise<CreateBucketOutput> => {
    refuseOthers(input, ["Bucket", "ACL", "CreateBucketConfiguration", "ObjectOwnership"]);
    const { Bucket: name = "", ACL, CreateBucketConfiguration: configuration = {}, ObjectOwnership } = input;
    refuseOthers(configuration, ["LocationConstraint", "Tags"]);
    if (ObjectOwnership !== undefined && ObjectOwnership !== "BucketOwnerEnforced")
      throw notImplemented(`ObjectOwnership ${ObjectOwnership}`);
    if (ACL !== undefined && ACL !== "private")
      throw invalidRequest("Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
    checkBucketName(name);
    const region = regionOf(scope.region, configuration.LocationConstraint);
    const tags = checkTags(configuration.Tags ?? [], MAX_BUCKET_TAGS);
    const bucket: BucketRecord = {
      name,
      account: scope.account,
      region,
      createDate: timestamp(s3),
      ...(tags.length ? { tags } : {}),
      publicAccessBlock: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    };
    await s3.store.transaction(async () => {
      const known = await s3.records.buckets.get(GLOBAL, name);
      if (!known) return await s3.records.buckets.insert(GLOBAL, name, bucket);
      if (known.account !== scope.account) throw bucketAlreadyExists(name);
      if (known.region !== CLASSIC || region !== CLASSIC) throw bucketAlreadyOwnedByYou(name);
    });
    return { Location: `/${name}`, BucketArn: `arn:aws:s3:::${name}` };
  };
}

function regionOf(signedFor: string, constraint: string | undefined): string {
  if (constraint === undefined || constraint === "") {
    if (signedFor !== CLASSIC) throw illegalLocationConstraint("unspecified");
    return CLASSIC;
  }
  const region = constraint === "EU" ? EU : constraint;
  if (region === CLASSIC || !/^[a-z0-9-]{1,64}$/.test(region)) throw invalidLocationConstraint(constraint);
  if (signedFor !== CLASSIC && region !== signedFor) throw illegalLocationConstraint(constraint);
  return region;
}
