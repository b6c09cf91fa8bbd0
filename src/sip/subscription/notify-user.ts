import type { SipResponse } from "#sip/message/message";
import type { ClientUser } from "#sip/transaction/user";
import type { Subscription } from "./subscription.ts";

/** Who wants to know the final answer of a NOTIFY; undefined: none came. */
export interface NotifyHearer {
  answered(subscription: Subscription, response: SipResponse | undefined): void;
}

/** Hears what becomes of one NOTIFY. */
export class NotifyUser implements ClientUser {
  readonly #hearer: NotifyHearer;
  readonly #subscription: Subscription;
  readonly #cseq: number;

  constructor(hearer: NotifyHearer, subscription: Subscription, cseq: number) {
    this.#hearer = hearer;
    this.#subscription = subscription;
    this.#cseq = cseq;
  }

  /** Forgotten, or another node speaks in the dialog (S-93): what is in flight is not said again. */
  get isOver(): boolean {
    return this.#subscription.delivery.phase === "ended";
  }

  onResponse(response: SipResponse): void {
    if (response.status >= 200) this.#end(response);
  }

  onTimeout(): void {
    this.#end(undefined);
  }

  onTransportError(): void {
    this.#end(undefined);
  }

  /** Only the newest one counts: the phone may have moved since an older one was sent. */
  #end(response: SipResponse | undefined): void {
    if (this.#subscription.sentCSeq === this.#cseq) this.#hearer.answered(this.#subscription, response);
  }
}
