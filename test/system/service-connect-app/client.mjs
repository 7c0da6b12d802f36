// Calls http://web:80 and gRPC at grpc.test.local:9090 without a pause until SIGTERM, and prints what came back: so far, and
// at the end.
import { Agent, get } from "node:http";
import { connect } from "node:http2";

const told = new AbortController();
process.once("SIGTERM", () => told.abort());
const began = Date.now();
const result = { http: {}, grpc: {}, httpFailures: [], grpcFailures: [] };
/** A few of them tell enough: when, in seconds, and what. */
const failed = (of, what) => of.length < 10 && of.push(`${((Date.now() - began) / 1000).toFixed(1)} s: ${what}`);
const count = (of, name) => (of[name] = (of[name] ?? 0) + 1);

const agent = new Agent({ keepAlive: true });
const httpCall = () =>
  new Promise((resolve) => {
    get("http://web/", { agent }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => {
        if (response.statusCode === 200) count(result.http, body);
        else failed(result.httpFailures, response.statusCode);
        resolve();
      });
    }).on("error", (error) => resolve(failed(result.httpFailures, error.message)));
  });

const session = connect("http://grpc.test.local:9090");
session.on("error", (error) => failed(result.grpcFailures, error.message));
const grpcCall = () =>
  new Promise((resolve) => {
    const stream = session.request({
      ":method": "POST",
      ":path": "/echo.Echo/Say",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks = [];
    let status;
    stream.on("response", (headers) => (status = headers["grpc-status"]));
    stream.on("trailers", (trailers) => (status = trailers["grpc-status"]));
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("error", () => {});
    stream.on("close", () => {
      if (status === "0") count(result.grpc, Buffer.concat(chunks).subarray(5).toString());
      else failed(result.grpcFailures, status ?? "no status");
      resolve();
    });
    stream.end(Buffer.alloc(5));
  });

const loop = async (call) => {
  while (!told.signal.aborted) {
    await call();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
console.log("calling");
setInterval(() => console.log(`SO FAR ${JSON.stringify(result)}`), 250).unref();
await Promise.all([loop(httpCall), loop(httpCall), loop(grpcCall)]);
console.log(`RESULT ${JSON.stringify(result)}`);
process.exit(0);
