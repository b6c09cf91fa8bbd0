import type { FlowRecord } from "#sip/transport/flow";

/** AOR → contact (RFC 3261 §10), with what is needed to reach and recognise the device. Plain JSON; strings are binary strings. */
export interface Binding {
  /** Contact URI as written. */
  readonly contact: string;
  /** Epoch ms. */
  readonly expiresAt: number;
  readonly callId: string;
  readonly cseq: number;
  /** Where it was heard from, and on which listener. */
  readonly flow: FlowRecord;
  /** Path values in received order (RFC 3327). */
  readonly path: readonly string[];
  readonly userAgent: string;
  /** Allow as written: the methods this device knows. */
  readonly methods?: string;
  /** +sip.instance in lower case. */
  readonly instance?: string;
  readonly regId?: string;
  readonly q?: string;
  readonly registeredAt: number;
  /** The node that heard it: its flow is one of that node's. Absent in records of earlier releases. */
  readonly node?: string;
}

/** Those that have not expired at `now`. */
export function liveBindings(bindings: readonly Binding[], now: number): readonly Binding[] {
  return bindings.filter((binding) => binding.expiresAt > now);
}
