import type { LogFile } from "./log-file.ts";

/** What is known of the file that a turn is about. */
export interface Turn {
  file: LogFile;
  /** As log drivers call it. */
  output: "stdout" | "stderr";
  /** Nothing more is written. */
  ending: boolean;
  /** When the byte at an offset was written, as far as that can be known: milliseconds since 1970, never decreasing. */
  timeAt(offset: number): number;
}

/** What was taken of a file. */
export interface Parcel {
  /** Bytes that it was made from. */
  consumed: number;
  /** Whether there may be more right now. */
  more: boolean;
  /** When a part that was left, since it may go on, has to be taken as it is: on the clock's time. */
  dueAt?: number;
  /**
   * Hands it over, together with the place up to which the file is then shipped. It begins without delay: what the parcel
   * refers to is gone after the first await.
   */
  deliver(): Promise<void>;
}

/** Where the output of one container goes. */
export interface Destination {
  /** Delivering may wait for others: it must not hold up other containers. */
  readonly remote: boolean;
  take(turn: Turn, source: string): Parcel;
  /** Ends connections, and deliveries that are under way with an error. */
  close(): void;
}
