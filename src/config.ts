/** Everything that is settable, from flags, environment and one file, with defaults filled in. */
export interface Config {
  /** Where all state lives; one engine per folder. */
  dataFolder: string;
  /** Sockets and pid files: gone after a reboot. Derived from the data folder, below `/run/neargate`. */
  runFolder: string;
  /** Six hexadecimal digits derived from the data folder: marks this engine's namespaces, interfaces, rules and cgroups. */
  instance: string;
  /** Listens on 127.0.0.1 and ::1. */
  port: number;
  /** Twelve digits. */
  account: string;
  region: string;
  compute: "containerd" | "simulated";
  /** Whether signatures are checked. */
  auth: boolean;
  /** State is forgotten at exit, and `POST /_neargate/reset` is answered. */
  ephemeral: boolean;
  /** CIDR of the addresses given to tasks with `assignPublicIp`; the first free range unless told. */
  publicPool: string | undefined;
  /** Name servers that the VPC resolvers forward to; the host's unless told. */
  dnsUpstreams: string[] | undefined;
  /** An existing containerd's socket instead of an own instance. */
  containerdSocket: string | undefined;
  logLevel: "trace" | "debug" | "info" | "warn" | "error" | "silent";
}
