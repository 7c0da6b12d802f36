import { closeSync } from "node:fs";
import { keepCapabilities } from "./kernel.ts";
import { FileSystemServer } from "./server.ts";

/*
 * The process behind one access point's volume of one task. It gets the device and the folder as descriptors 3 and 4, and
 * as arguments whose identity it takes (the user, the group, and further groups) whether changes of owners are refused or
 * ignored, and the number that the kernel counts the task's users from. From then on the kernel checks all that it does against that identity. It ends with its mount, and needs nothing of the engine.
 */

const DEVICE = 3;
const FOLDER = 4;
/** CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID: what root is on a file system, and nothing else of root. */
const FILE_CAPABILITIES = [0, 1, 2, 3, 4];

Error.stackTraceLimit = 0; // an error is an everyday answer here
const [, , identity = "", chown, firstId] = process.argv;
const [uid, gid, ...secondary] = identity.split(",").map(Number);
process.umask(0);
process.chdir("/");
process.setgroups!(secondary);
process.setegid!(gid!);
process.seteuid!(uid!); // the real user stays root's: nobody of that user on this machine may signal or trace the process
if (uid === 0) keepCapabilities(FILE_CAPABILITIES);
new FileSystemServer(DEVICE, FOLDER, { ignoreChown: chown === "ignored", firstId: Number(firstId) }).serve();
closeSync(DEVICE);
process.exit(0);
