import type { Member, Shape } from "../../wire/shape.ts";

/** What stands for a value that is not to be seen. */
const HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS";

/**
 * Members that may hold secrets though their models do not call them sensitive, by service and structure: environments
 * and the options of log drivers. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html
 */
const HIDDEN_MEMBERS: Readonly<Record<string, ReadonlySet<string>>> = {
  ecs: new Set(["ContainerDefinition.environment", "ContainerOverride.environment", "LogConfiguration.options"]),
  logs: new Set(["InputLogEvent.message"]),
  ssm: new Set(["ResumeSessionResponse.TokenValue"]),
  iam: new Set(["ChangePasswordRequest.OldPassword", "ChangePasswordRequest.NewPassword"]),
};

/** Services whose events show that a value was given rather than leave it out. */
const SHOWN_AS_HIDDEN: ReadonlySet<string> = new Set(["ecs", "ssm"]);

/**
 * The input or output of a call as its event shows it: names begin with small letters, what is sensitive is left out or
 * hidden, and so is all that is binary.
 * @returns `null` when there is nothing to show
 */
export function shownParameters(service: string, shape: Shape | undefined, value: unknown): unknown {
  if (shape?.kind !== "structure" || typeof value !== "object" || value === null) return null;
  const shown = new Masker(service).show(shape, value) as Record<string, unknown>;
  return Object.keys(shown).length ? shown : null;
}

class Masker {
  private readonly hidden: ReadonlySet<string> | undefined;
  private readonly placeholder: string | undefined;

  constructor(service: string) {
    this.hidden = HIDDEN_MEMBERS[service];
    this.placeholder = SHOWN_AS_HIDDEN.has(service) ? HIDDEN : undefined;
  }

  /** @returns `undefined` for what is left out */
  show(shape: Shape, value: unknown): unknown {
    if (value === undefined || value === null) return undefined;
    switch (shape.kind) {
      case "structure": {
        const members = shape.members.map((member): [string, unknown] => {
          const held = (value as Record<string, unknown>)[member.name];
          const hidden = this.hidden?.has(`${shape.name}.${member.name}`);
          return [lowerFirst(member.name), hidden ? this.hide(held) : this.item(member, held)];
        });
        return Object.fromEntries(members.filter(([, shown]) => shown !== undefined));
      }
      case "list":
        return (value as unknown[]).map((item) => this.item(shape.item, item)).filter((item) => item !== undefined);
      case "map": {
        const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
          key,
          this.item(shape.value, item),
        ]);
        return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
      }
      case "timestamp":
        return value instanceof Date ? date(value) : undefined;
      case "bigInteger":
      case "bigDecimal":
        return String(value);
      case "blob":
      case "unit":
        return undefined;
      default:
        return value;
    }
  }

  private item({ traits, shape }: Member, value: unknown): unknown {
    return traits.sensitive ? this.hide(value) : this.show(shape, value);
  }

  private hide(value: unknown): unknown {
    return value === undefined || value === null ? undefined : this.placeholder;
  }
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

const DATE = new Intl.DateTimeFormat("en-US", {
  timeZone: "UTC",
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
  hour12: true,
});

/** `Nov 21, 2026, 5:04:03 PM` */
function date(value: Date): string | undefined {
  return Number.isNaN(value.getTime()) ? undefined : DATE.format(value).replaceAll(" ", " ");
}
