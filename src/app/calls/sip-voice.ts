import type { CallLeg } from "#calls/call-leg";
import type { MediaSource } from "#media/media-engine";
import type { Reason } from "#sip/session/session";
import { statusOfCause } from "./causes.ts";
import { identityHeaders } from "./identity.ts";
import { HOPS_MAX, type Diversion, type Identity, type Parting, type Party } from "./party.ts";

const ELSEWHERE: Reason = { protocol: "SIP", cause: 200, text: "Call completed elsewhere" };

/** A phone or a peer that is reached by SIP, whichever side called. */
export class SipVoice implements Party {
  readonly leg: CallLeg;
  readonly legId: string;
  readonly bridge: string;
  readonly hops: number;
  readonly diversions: readonly Diversion[];
  readonly #domain: () => string;
  readonly #trusts: boolean;
  #isAnswered: boolean;
  #hasMedia = false;
  #refusal: { readonly status: number; readonly text: string } | undefined;

  /** `trusts`: may it be told who is there by P-Asserted-Identity? */
  constructor(
    leg: CallLeg,
    parts: {
      readonly domain: () => string;
      readonly trusts: boolean;
      readonly hops?: number;
      readonly diversions?: readonly Diversion[];
    },
  ) {
    this.hops = parts.hops ?? HOPS_MAX;
    this.diversions = parts.diversions ?? [];
    this.leg = leg;
    this.legId = leg.id;
    this.bridge = leg.id;
    this.#domain = parts.domain;
    this.#trusts = parts.trusts;
    this.#isAnswered = leg.direction === "outgoing";
  }

  ring(): void {
    if (!this.#isAnswered) this.leg.ring();
  }

  progress(): void {
    this.#earlyMedia();
  }

  async answer(): Promise<boolean> {
    if (this.#isAnswered) return !this.leg.isOver;
    this.#isAnswered = true;
    return this.leg.accept();
  }

  play(source: MediaSource | undefined): void {
    if (source !== undefined) this.#earlyMedia();
    this.leg.hear(source);
  }

  talk(bridge: string | undefined): void {
    this.leg.join(bridge);
  }

  identify(who: Identity): void {
    const headers = identityHeaders(who, { domain: this.#domain(), trusts: this.#trusts });
    if (headers.length > 0) void this.leg.identify(headers);
  }

  refusal(refusal: { readonly status: number; readonly text: string }): void {
    this.#refusal = refusal;
  }

  hangUp({ cause, status = this.#refusal?.status, text = this.#refusal?.text, isElsewhere = false }: Parting): void {
    const reasons: Reason[] = [
      ...(isElsewhere ? [ELSEWHERE] : []),
      { protocol: "Q.850", cause, ...(text === undefined ? {} : { text }) },
    ];
    this.leg.end({ status: status ?? statusOfCause(cause), reasons });
  }

  /** What an unanswered caller is to hear. */
  #earlyMedia(): void {
    if (this.#isAnswered || this.#hasMedia) return;
    this.#hasMedia = true;
    void this.leg.earlyMedia();
  }
}
