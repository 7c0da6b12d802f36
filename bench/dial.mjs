// Connections a second: `node dial.mjs serve PORT`, and `node dial.mjs dial ADDRESS PORT SECONDS` beside it.
import { connect, createServer } from "node:net";

const [role, ...args] = process.argv.slice(2);
if (role === "serve") {
  createServer((socket) => socket.on("error", () => {}).end("x")).listen(Number(args[0]), "0.0.0.0", () =>
    console.log("ready"),
  );
} else {
  const [host, port, seconds] = args;
  const end = performance.now() + Number(seconds) * 1000;
  let made = 0;
  const dial = () =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), host);
      socket.on("error", reject).on("data", () => {});
      socket.on("close", () => resolve(made++));
    });
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (performance.now() < end) await dial();
    }),
  );
  console.log(Math.round(made / Number(seconds)));
}
