import { splitArguments, splitAt } from "./application-call.ts";
import { parseDestination } from "./destination.ts";
import { type Application, CAUSE, milliseconds, NEXT, optionsOf } from "./outcome.ts";

/** Variables that Dial clears before it dials. */
const DIAL_VARIABLES = ["DIALSTATUS", "DIALEDTIME", "ANSWEREDTIME", "DIALEDPEERNAME"];

/** `destination[&destination…][,timeout[^timeout2]][,options]`. */
export const dial: Application = (run, args) => {
  const [written = "", timeout = "", options = ""] = splitArguments(args, 4).map((part) => part.trim());
  for (const name of DIAL_VARIABLES) run.setVariable(name, "");
  const texts = splitAt(written, "&").filter((text) => text.trim() !== "");
  const destinations = texts.map(parseDestination).filter((destination) => destination !== undefined);
  if (destinations.length === 0 || destinations.length < texts.length) {
    run.setVariable("DIALSTATUS", "INVALIDARGS");
    run.warn(`Dial(${args}): a destination is technology/resource`);
    return { kind: "hangup", cause: CAUSE.failure };
  }
  const timeoutMs = milliseconds(timeout);
  const { completion, callerNumber, callerName } = run.facts;
  run.emit({
    type: "dial",
    id: run.newWait(),
    destinations,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    options,
    variables: run.inherited(),
    completion,
    callerNumber,
    callerName,
  });
  return { kind: "wait", wait: { phase: "dialling", continues: optionsOf(options).has("g") } };
};

/** The whole argument is the station: commas are not special. */
export const slaStation: Application = (run, args) => {
  const station = args.trim();
  // Cleared on entry (R23): an earlier call's status is not this one's.
  run.setVariable("SLASTATION_STATUS", station === "" ? "FAILURE" : "");
  if (station === "") return NEXT;
  run.emit({ type: "slaStation", id: run.newWait(), station });
  return { kind: "wait", wait: { phase: "atStation" } };
};

/** `trunk[,M[(class)]]`. */
export const slaTrunk: Application = (run, args) => {
  const [trunk = "", letters = ""] = splitArguments(args).map((part) => part.trim());
  run.setVariable("SLATRUNK_STATUS", trunk === "" ? "FAILURE" : "");
  if (trunk === "") return NEXT;
  const musicClass = optionsOf(letters).get("M");
  run.emit({ type: "slaTrunk", id: run.newWait(), trunk, ...(musicClass === undefined ? {} : { musicClass }) });
  return { kind: "wait", wait: { phase: "atTrunk" } };
};

/** Asks to be called back (ccss.md §4.2). */
export const completionRequest: Application = (run) => {
  run.setVariable("CC_REQUEST_RESULT", "");
  run.setVariable("CC_REQUEST_REASON", "");
  run.emit({ type: "completionRequest", id: run.newWait() });
  return { kind: "wait", wait: { phase: "requesting" } };
};

/** Takes the request back (ccss.md §4.3). */
export const completionCancel: Application = (run) => {
  run.setVariable("CC_CANCEL_RESULT", "");
  run.setVariable("CC_CANCEL_REASON", "");
  run.emit({ type: "completionCancel", id: run.newWait() });
  return { kind: "wait", wait: { phase: "cancelling" } };
};
