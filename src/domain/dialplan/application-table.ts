import type { ApplicationName } from "./applications.ts";
import { disa, goto, gotoIf, hangup, noOp, set, verbose, wait } from "./flow-applications.ts";
import { completionCancel, completionRequest, dial, slaStation, slaTrunk } from "./line-applications.ts";
import { answer, busy, congestion, playback, playTones, progress, read, ringing, stopTones } from "./media-applications.ts";
import type { Application } from "./outcome.ts";

/** What each supported application does. */
export const APPLICATIONS: Readonly<Record<ApplicationName, Application>> = {
  Answer: answer,
  Busy: busy,
  CallCompletionCancel: completionCancel,
  CallCompletionRequest: completionRequest,
  Congestion: congestion,
  Dial: dial,
  DISA: disa,
  Goto: goto,
  GotoIf: gotoIf,
  Hangup: hangup,
  NoOp: noOp,
  Playback: playback,
  Playtones: playTones,
  Progress: progress,
  Read: read,
  Ringing: ringing,
  Set: set,
  SLAStation: slaStation,
  SLATrunk: slaTrunk,
  StopPlaytones: stopTones,
  Verbose: verbose,
  Wait: wait,
};
