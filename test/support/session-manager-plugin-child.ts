/*
 * Stands for AWS's session-manager-plugin in tests of the AWS CLI: it takes the same command line, and joins the session
 * that it is given with its standard input and output.
 */
import { ExecClient, type SessionAccess } from "./exec-client.ts";

const [response, region, operation, profile, parameters, endpoint] = process.argv.slice(2);
if (response === undefined) {
  console.log("\nThe Session Manager plugin was installed successfully. Use the AWS CLI to start a session.\n");
  process.exit();
}
const access = JSON.parse(response) as SessionAccess;
const { Target } = JSON.parse(parameters!) as { Target: string };
console.log(`\nStarting session with SessionId: ${access.sessionId}`);
console.log(JSON.stringify({ region, operation, profile, Target, endpoint }));
const client = await ExecClient.open(access, { cols: 300, rows: 100 });
process.stdin.on("data", (bytes: Buffer) => client.type(bytes.toString()));
const output = await client.closed;
process.stdout.write(client.text);
console.log(
  output
    ? `\n\nSessionId: ${access.sessionId} : ${output}\n`
    : `\n\nExiting session with sessionId: ${access.sessionId}.\n`,
);
process.exit();
