import type { CallLeg } from "#calls/call-leg";

/** Two legs of one call whose phones may talk past us. */
export interface DirectTalk {
  /** They only talk: their sound may go its own way. */
  begin(): void;
  /** Something else is to be heard, or one of them is alone: it comes back to us. */
  end(): void;
}

/**
 * Has two phones send their sound to each other (re-INVITE with the other one's address). One step after the other, in whatever order it is
 * asked for; what a phone refuses leaves everything as it was.
 */
export class DirectMedia implements DirectTalk {
  readonly #legs: readonly [CallLeg, CallLeg];
  #isWanted = false;
  /** How often it was asked for. */
  #asked = 0;
  #isMoving = false;

  constructor(one: CallLeg, other: CallLeg) {
    this.#legs = [one, other];
  }

  begin(): void {
    this.#isWanted = true;
    this.#asked += 1;
    void this.#settle();
  }

  end(): void {
    this.#isWanted = false;
    void this.#settle();
  }

  /** Until the legs are as they are wanted, whatever their phones do meanwhile. */
  async #settle(): Promise<void> {
    if (this.#isMoving) return;
    this.#isMoving = true;
    while (!this.#isSettled) {
      // Where one of two has come back by itself, both begin anew.
      if (this.#legs.some((leg) => leg.isDirect)) await this.#part();
      if (!this.#isWanted) continue;
      const asked = this.#asked;
      // What was refused is not asked for again until something has changed.
      if (!(await this.#connect()) && asked === this.#asked) this.#isWanted = false;
    }
    this.#isMoving = false;
  }

  get #isSettled(): boolean {
    return this.#legs.every((leg) => leg.isDirect === this.#isWanted);
  }

  async #connect(): Promise<boolean> {
    const [one, other] = this.#legs;
    const [place, otherPlace] = [one.place, other.place];
    if (place === undefined || otherPlace === undefined || !fit(place, otherPlace)) return false;
    const back = (): void => {
      this.end();
    };
    const hasMoved = await one.pointTo(otherPlace, back);
    const moved = one.place;
    const haveBoth = hasMoved && moved !== undefined && (await other.pointTo(moved, back));
    // Who answers with another place than it had before would have to be asked for ever.
    if (haveBoth && other.place?.port === otherPlace.port) return true;
    await this.#part();
    return false;
  }

  async #part(): Promise<void> {
    await Promise.all(this.#legs.map((leg) => leg.comeBack()));
  }
}

type Place = NonNullable<CallLeg["place"]>;

function fit(one: Place, other: Place): boolean {
  return one.codec === other.codec && one.host.includes(":") === other.host.includes(":");
}
