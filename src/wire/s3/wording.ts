import { AwsError } from "../../base/errors.ts";
import type { ViolationWording } from "../violation-wording.ts";
import { malformedXml } from "./wire.ts";

/** S3 has an error of its own for a bad document, a bad storage class and so on, and names the argument. */
export const s3Wording: ViolationWording = ([violation]) => {
  const { path, value } = violation!;
  if (path.length > 1) return malformedXml();
  const name = String(path[0]);
  const fields = { ArgumentName: name, ArgumentValue: value === null ? "null" : String(value) };
  if (name === "StorageClass")
    return new AwsError("InvalidStorageClass", "The storage class you specified is not valid", 400, {
      StorageClassRequested: fields.ArgumentValue,
    });
  if (name === "ServerSideEncryption")
    return new AwsError("InvalidArgument", "The encryption method specified is not supported", 400, fields);
  if (name === "Key") return new AwsError("MethodNotAllowed", METHOD_NOT_ALLOWED, 405);
  if (value === null && (name === "Delete" || name === "Tagging")) return malformedXml();
  return new AwsError("InvalidArgument", "Invalid Argument", 400, fields);
};

export const METHOD_NOT_ALLOWED = "The specified method is not allowed against this resource.";
