// HTTP on 8080 and gRPC on 9090 (echo.Echo/Say, one message each way): both answer with the name of this task.
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { hostname } from "node:os";

createServer((request, response) => response.end(hostname())).listen(8080);

const message = Buffer.from(hostname());
const frame = Buffer.alloc(5);
frame.writeUInt32BE(message.length, 1);
createHttp2Server()
  .on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.resume().on("end", () => stream.end(Buffer.concat([frame, message])));
  })
  .listen(9090);
process.on("SIGTERM", () => process.exit(0));
