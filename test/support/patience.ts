/** How many times as long as elsewhere things may take: in the virtual machine, whose processor is emulated. */
export const PATIENCE = process.env["NEARGATE_VIRTUAL_MACHINE"] === "1" ? 20 : 1;
