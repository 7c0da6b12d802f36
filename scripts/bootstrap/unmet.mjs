/** Something that this machine lacks and that cannot be installed for it; the message says what, and how to get it. */
export class Unmet extends Error {}
