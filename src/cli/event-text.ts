import type { AwsEvent } from "../engine.ts";

/** What of the details of ECS's events a person reads. */
interface Detail {
  eventName?: string;
  reason?: string;
  lifecycleStage?: string;
  lastStatus?: string;
  desiredStatus?: string;
  stopCode?: string;
  stoppedReason?: string;
  containers?: { name?: string; lastStatus?: string; exitCode?: number }[];
}

/** Statuses that say themselves that the task is to stop. */
const ENDING: ReadonlySet<string> = new Set(["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]);

/** An event as one line: when, what it is about, and what happened. */
export function eventText(event: AwsEvent): string {
  const detail = event.detail as Detail;
  const about = event.resources[0]?.split(":").slice(5).join(":") ?? event.source;
  return `${event.time}  ${about}  ${detail.lastStatus === undefined ? actionText(event, detail) : taskText(detail)}`;
}

function actionText(event: AwsEvent, { eventName = event["detail-type"], reason, lifecycleStage }: Detail): string {
  return [eventName, lifecycleStage, reason].filter((part) => part !== undefined).join("  ");
}

function taskText({ lastStatus, desiredStatus, stopCode, stoppedReason, containers = [] }: Detail): string {
  const isNews = desiredStatus === "STOPPED" && !ENDING.has(lastStatus ?? "");
  const status = isNews ? `${lastStatus} (to be STOPPED)` : lastStatus;
  const each = containers.map(
    ({ name, lastStatus: is, exitCode }) => `${name} ${is}${exitCode === undefined ? "" : ` ${exitCode}`}`,
  );
  const why = stopCode === undefined ? [] : [`${stopCode}: ${stoppedReason}`];
  return [status, each.join(", "), ...why].join("  ");
}
