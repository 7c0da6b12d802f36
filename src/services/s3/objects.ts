import type { Tag } from "@aws-sdk/client-s3";
import { failpoint } from "../../base/failpoint.ts";
import { checkWrite } from "./conditions.ts";
import { noSuchBucket, noSuchKey } from "./errors.ts";
import type { S3 } from "./s3.ts";
import { GLOBAL, type ObjectRecord, type Segment } from "./store.ts";

export interface WriteConditions {
  IfMatch?: string;
  IfNoneMatch?: string;
}

/** @throws AwsError `NoSuchKey` */
export async function findObject(s3: S3, bucket: string, key: string): Promise<ObjectRecord> {
  const object = await s3.records.objects.get(bucket, key);
  if (!object) throw noSuchKey(key);
  return object;
}

/**
 * Finds an object and keeps its bytes readable until they are released.
 * @throws AwsError `NoSuchKey`
 */
export async function holdObject(s3: S3, bucket: string, key: string): Promise<ObjectRecord> {
  for (;;) {
    const object = await findObject(s3, bucket, key);
    if (await s3.contents.hold(object.segments)) return object;
  }
}

/**
 * Puts an object whose bytes are stored in the place of the one before, in one transaction.
 * @param also further work in it
 * @throws AwsError `NoSuchBucket`, `PreconditionFailed`, `NoSuchKey`; the bytes are gone then
 */
export async function putObjectRecord(
  s3: S3,
  bucket: string,
  object: ObjectRecord,
  conditions: WriteConditions,
  also: () => Promise<void> = async () => {},
): Promise<void> {
  let replaced: Segment[] = [];
  await s3.store.transaction(async () => {
    if (!(await s3.records.buckets.get(GLOBAL, bucket))) throw noSuchBucket(bucket);
    const before = await s3.records.objects.get(bucket, object.key);
    checkWrite(object.key, before, conditions);
    replaced = before?.segments ?? [];
    await s3.records.objects.put(bucket, object.key, object);
    await s3.contents.adopt(object.segments);
    await s3.contents.letGo(replaced);
    await also();
  });
  failpoint("s3.put");
  await s3.contents.remove(replaced);
}

/** As {@link putObjectRecord}, for bytes that nothing else has: they go when the object cannot be put. */
export async function putNewObject(
  s3: S3,
  bucket: string,
  object: ObjectRecord,
  conditions: WriteConditions,
): Promise<void> {
  try {
    await putObjectRecord(s3, bucket, object, conditions);
  } catch (cause) {
    await s3.contents.remove(object.segments);
    throw cause;
  }
}

/**
 * Deletes an object; one that is not there is deleted as well.
 * @throws AwsError `PreconditionFailed`
 */
export async function deleteObjectRecord(s3: S3, bucket: string, key: string, ifMatch?: string): Promise<void> {
  let segments: Segment[] = [];
  await s3.store.transaction(async () => {
    const object = await s3.records.objects.get(bucket, key);
    if (ifMatch !== undefined) checkWrite(key, object, { IfMatch: ifMatch });
    if (!object) return;
    segments = object.segments;
    await s3.records.objects.delete(bucket, key);
    await s3.contents.letGo(segments);
  });
  await s3.contents.remove(segments);
}

/** Now, as S3 tells it: in whole seconds. */
export function timestamp(s3: S3): Date {
  return new Date(Math.floor(s3.clock.now() / 1000) * 1000);
}

/** Replaces an object's tags. @throws AwsError `NoSuchKey` */
export async function changeTags(s3: S3, bucket: string, key: string, tags: Tag[]): Promise<void> {
  if (!(await s3.records.objects.update(bucket, key, (object) => ({ ...object, tags })))) throw noSuchKey(key);
}
