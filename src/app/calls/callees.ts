import type { DialEffect } from "#domain/dialplan/leg-effect";
import type { Destination } from "#domain/dialplan/destination";
import type { LegEntry } from "#domain/dialplan/leg-event";
import type { Log } from "#base/log";
import { dahdiChannel } from "#domain/site/dahdi";
import { escapeNumber, findAccount } from "#domain/site/dial-target";
import type { Site } from "#domain/site/site";
import type { Binding } from "#sip/registrar/binding";
import type { FlowDirectory } from "#sip/transport/flow";
import type { Attempt, CalleePort } from "./dialler.ts";
import type { LocalOwner, LocalParty } from "./local-party.ts";
import type { CalleeListener, Identity } from "./party.ts";
import { calleeLegListener, callContact, type SipCalleeParts, type SipTarget } from "./sip-callee.ts";
import { numberUri } from "./identity.ts";
import type { SipVoice } from "./sip-voice.ts";

export interface CalleesParts extends SipCalleeParts {
  /** False: it asked not to be called now. */
  readonly mayCall: (account: string, number: string) => boolean;
  readonly log: Log;
  readonly site: () => Site;
  /** Live bindings of an account. */
  readonly bindings: (account: string) => readonly Binding[];
  readonly flows: FlowDirectory;
  /** Where an account with a place of its own is reached, for a number ("" = none). */
  readonly peer: (account: string, number: string) => Promise<SipTarget | undefined>;
  /** Secret of an account, for phones that ask us who we are. */
  readonly credentials: (account: string) => { readonly user: string; readonly password: string } | undefined;
  /** A leg to somebody begins. */
  readonly began: (
    voice: SipVoice,
    about: { readonly account: string; readonly caller: Identity; readonly call: string },
    heard: CalleeListener,
  ) => CalleeListener;
  /** Runs our own dialplan, in a moment, for whoever called a Local channel. */
  readonly local: (entry: Omit<LegEntry, "type" | "at" | "channel" | "uniqueId">, owner: LocalOwner) => LocalParty;
}

/** Calls what Dial, trunks and stations name: phones that are registered, peers, our own dialplan (sla.md §2.6, §5.7). */
export class Callees implements CalleePort {
  readonly #parts: CalleesParts;

  constructor(parts: CalleesParts) {
    this.#parts = parts;
  }

  async call(
    destination: Destination,
    {
      caller,
      variables,
      owner,
    }: { readonly caller: Identity; readonly variables: DialEffect["variables"]; readonly owner: LocalOwner },
    heard: (attempt: Attempt) => CalleeListener,
  ): Promise<readonly Attempt[]> {
    if (owner.hops <= 1) {
      this.#parts.log.warn("a call goes round in circles and is not made", { destination: nameOf(destination) });
      return [];
    }
    if (destination.kind === "local") return [this.#local(destination, { caller, variables, owner }, heard)];
    const found = this.#accountOf(destination);
    try {
      const isOpen = found !== undefined && this.#parts.mayCall(found.account, found.number);
      const targets = !isOpen ? [] : await this.#targets(found.account, found.number);
      return targets.map((target) => this.#sip(target, caller, owner, heard));
    } catch (error) {
      this.#parts.log.warn("nobody can be called there", { destination: nameOf(destination), error: String(error) });
      return [];
    }
  }

  /** The account that a destination names, whatever case it is written in. */
  #accountOf(
    destination: Exclude<Destination, { kind: "local" }>,
  ): { readonly account: string; readonly number: string } | undefined {
    const site = this.#parts.site();
    if (destination.kind === "peer") {
      const account = findAccount(destination.peer, site);
      return account === undefined ? undefined : { account: account.name, number: destination.number ?? "" };
    }
    const device = `${destination.technology}/${destination.resource}`;
    const channel = dahdiChannel(device);
    const mapped = site.settings.dahdi.find((one) => one.channel === channel)?.account;
    const account = mapped === undefined ? undefined : findAccount(mapped, site);
    return account === undefined ? undefined : { account: account.name, number: destination.resource.split("/")[1] ?? "" };
  }

  async #targets(account: string, number: string): Promise<readonly SipTarget[]> {
    const bindings = this.#parts.bindings(account);
    if (bindings.length === 0) {
      const peer = await this.#parts.peer(account, number);
      return peer === undefined ? [] : [peer];
    }
    return bindings.flatMap((binding) => this.#contact(account, number, binding) ?? []);
  }

  #contact(account: string, number: string, { contact, flow, path }: Binding): SipTarget | undefined {
    const live = this.#parts.flows.find(flow);
    if (live === undefined) return undefined;
    const credentials = this.#parts.credentials(account);
    return {
      account,
      flow: live,
      // A gateway that registers is given the number in place of its own name.
      uri:
        number === ""
          ? contact
          : contact.replace(/^(sips?:)(?:[^@]*@)?/i, (_whole, scheme: string) => `${scheme}${escapeNumber(number)}@`),
      routes: path,
      to: { uri: numberUri(number === "" ? account : number, this.#parts.domain(live)) },
      ...(credentials === undefined ? {} : { credentials }),
      trusts: true,
    };
  }

  #sip(target: SipTarget, caller: Identity, owner: LocalOwner, heard: (attempt: Attempt) => CalleeListener): Attempt {
    const voice = callContact(target, { caller, hops: owner.hops - 1, diversions: owner.diversions ?? [] }, this.#parts);
    const attempt: Attempt = { voice, name: target.account };
    const about = { account: target.account, caller, call: owner.bridge };
    voice.leg.listen(calleeLegListener(this.#parts.began(voice, about, heard(attempt))));
    return attempt;
  }

  #local(
    { extension, context }: Extract<Destination, { kind: "local" }>,
    {
      caller,
      variables,
      owner,
    }: { readonly caller: Identity; readonly variables: DialEffect["variables"]; readonly owner: LocalOwner },
    heard: (attempt: Attempt) => CalleeListener,
  ): Attempt {
    const entry = { context, extension, callerNumber: caller.number, callerName: caller.name, variables };
    const party = this.#parts.local(entry, owner);
    const attempt: Attempt = {
      voice: party.farHalf,
      name: nameOf({ kind: "local", extension, context, options: "" }),
      digit: (digit) => {
        party.digit(digit);
      },
    };
    party.listen(heard(attempt));
    return attempt;
  }
}

/** A destination as files write it. */
function nameOf(destination: Destination): string {
  if (destination.kind === "local") return `Local/${destination.extension}@${destination.context}`;
  return destination.kind === "peer"
    ? `${destination.technology}/${destination.peer}`
    : `${destination.technology}/${destination.resource}`;
}
