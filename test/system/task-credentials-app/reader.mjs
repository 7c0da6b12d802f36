/** Asks for objects and secrets with stock AWS SDKs, nothing configured, and prints what each request is answered with. */
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

const s3 = new S3Client({});
const secrets = new SecretsManagerClient({});
const actions = {
  get: async (input) => (await s3.send(new GetObjectCommand(input))).Body.transformToString(),
  put: async (input) => (await s3.send(new PutObjectCommand(input))).ETag,
  secret: async (SecretId) => (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString,
};
for (const [action, input] of JSON.parse(process.env.WANTED)) {
  const answer = await actions[action](input).then(
    (text) => ({ text }),
    ({ name, message }) => ({ name, message }),
  );
  console.log(JSON.stringify(answer));
}
