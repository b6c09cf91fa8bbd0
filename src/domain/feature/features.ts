/** When a call is forwarded, by the names of CSTA (ECMA-323). */
export const FORWARDING_TYPES = ["forwardImmediate", "forwardBusy", "forwardNoAns"] as const;

export type ForwardingType = (typeof FORWARDING_TYPES)[number];

/** One forward; its target stays when it is switched off. */
export interface Forward {
  readonly active: boolean;
  /** Number as dialled; "" = none. */
  readonly target: string;
  /** Rings before forwardNoAns; absent = not said. */
  readonly ringCount?: number;
}

/** What holds for the calls of an account. */
export interface Features extends Readonly<Record<ForwardingType, Forward>> {
  readonly doNotDisturb: boolean;
}

const NO_FORWARD: Forward = { active: false, target: "" };

export const NO_FEATURES: Features = {
  doNotDisturb: false,
  forwardImmediate: NO_FORWARD,
  forwardBusy: NO_FORWARD,
  forwardNoAns: NO_FORWARD,
};

/** One thing that a phone asks for. */
export type FeatureCommand =
  | { readonly type: "doNotDisturb"; readonly on: boolean }
  | {
      readonly type: ForwardingType;
      readonly active: boolean;
      readonly target?: string;
      readonly ringCount?: number;
    };

/** Rings that may be asked for. */
export const RING_COUNT_MAX = 50;

/** A number that calls can be sent to: one line without blanks at its ends, short enough to be dialled. */
export const FORWARD_TARGET = /^(?!\s)[^\p{Cc}\p{Cs}"<>]{1,128}(?<!\s)$/u;

/** The features after a command; the same object when nothing changes. undefined: there is nowhere to forward to. */
export function featuresAfter(before: Features, command: FeatureCommand): Features | undefined {
  if (command.type === "doNotDisturb")
    return before.doNotDisturb === command.on ? before : { ...before, doNotDisturb: command.on };
  const old = before[command.type];
  const target = command.target ?? old.target;
  if (command.active && target === "") return undefined;
  const ringCount = command.ringCount ?? old.ringCount;
  const forward: Forward = { active: command.active, target, ...(ringCount === undefined ? {} : { ringCount }) };
  return sameForward(old, forward) ? before : { ...before, [command.type]: forward };
}

/** Do both say the same? */
export function sameForward(left: Forward, right: Forward): boolean {
  return left.active === right.active && left.target === right.target && left.ringCount === right.ringCount;
}
