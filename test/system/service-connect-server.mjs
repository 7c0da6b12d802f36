// A server of the Service Connect tests: `node service-connect-server.mjs NAME PORT http|http2|tcp`.
import { createServer as http2Server } from "node:http2";
import { createServer as httpServer } from "node:http";
import { createServer as tcpServer } from "node:net";

const [name, port, kind] = process.argv.slice(2);
const answer = (request, response) => {
  const delay = Number(new URL(request.url, "http://x").searchParams.get("delay") ?? 0);
  setTimeout(() => {
    response.writeHead(request.url.startsWith("/missing") ? 404 : 200, { "x-server": name });
    response.end(name);
  }, delay);
};
const servers = {
  http: () => httpServer(answer),
  http2: () => http2Server(answer),
  tcp: () => tcpServer((socket) => socket.on("error", () => {}).end(name)),
};
servers[kind]().listen(Number(port), () => console.log("listening"));
