#!/usr/bin/env node
// The command `neargate`: finds Node 24 and runs the command line in it.
import { existsSync, realpathSync } from "node:fs";
import { become, findNode, ROOT } from "./node24.mjs";

const node = findNode();
if (!node || !existsSync(`${ROOT}node_modules/commander`)) {
  console.error(`neargate: its npm packages are not installed: run "npm install" in ${ROOT} (npm start does it, too)`);
  process.exit(1);
}
if (realpathSync(node) === realpathSync(process.execPath)) await import("./command.mjs");
else become(node, [`${ROOT}bin/command.mjs`, ...process.argv.slice(2)]);
