import type { AlarmState } from "../../../control/alarm-states.ts";
import type { AlarmsMonitor } from "./service-deployment-record.ts";

/**
 * The alarms that a deployment will watch. "If an alarm is in ALARM when a deployment starts, Amazon ECS ignores it for the
 * deployment", until it has recovered.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 * @param states as the deployment begins
 */
export function watchAlarms(alarmNames: readonly string[], states: ReadonlyMap<string, AlarmState>): AlarmsMonitor {
  return {
    status: "MONITORING",
    alarmNames: [...alarmNames],
    triggered: [],
    ignored: alarmNames.filter((name) => states.get(name) === "ALARM"),
  };
}

/** What the states of now mean; the same object when they mean nothing new. */
export function judgeAlarms(monitor: AlarmsMonitor, states: ReadonlyMap<string, AlarmState>): AlarmsMonitor {
  const ringing = monitor.alarmNames.filter((name) => states.get(name) === "ALARM");
  const triggered = ringing.filter((name) => !monitor.ignored.includes(name));
  const ignored = monitor.ignored.filter((name) => ringing.includes(name));
  if (triggered.length) return { ...monitor, status: "TRIGGERED", triggered, ignored };
  return ignored.length === monitor.ignored.length ? monitor : { ...monitor, ignored };
}
