import assert from "node:assert/strict";
import type { Clock } from "#base/clock";
import type { Lifecycle } from "#base/lifecycle";
import type { Log } from "#base/log";
import type { Random } from "#base/random";
import { toWire } from "#sip/message/wire-text";
import type { MediaSource } from "#media/media-engine";
import { LateMediaEngine } from "#media/late-media-engine";
import { openMediaEngine } from "#media/worker-media-engine";
import { emergencyNumbers } from "#domain/site/emergency";
import type { Account } from "#domain/site/account";
import type { Sender } from "#sip/auth/authenticator";
import type { ServerTransaction } from "#sip/transaction/user";
import type { Store } from "#store/store";
import type { BindingRunner } from "../binding-runner.ts";
import type { ServerConfig } from "../config.ts";
import type { Credentials } from "../credentials.ts";
import type { LampRunner } from "../lamp-runner.ts";
import type { SipStack } from "../sip-stack.ts";
import type { SiteRunner } from "../site-runner.ts";
import { AskedWaits } from "./asked-waits.ts";
import { CallBoard, type CallBoardParts } from "./call-board.ts";
import { Callees } from "./callees.ts";
import { CallRecords } from "./call-records.ts";
import { Calls, type CallsParts } from "./calls.ts";
import { CAUSES } from "./causes.ts";
import { dialplanNow, tonesOf } from "./dialplan-now.ts";
import { LineCalls } from "./line-calls.ts";
import type { DomainFor } from "./own-domain.ts";
import type { SipTarget } from "./sip-callee.ts";
import type { Trunks } from "../trunks.ts";

export interface CallsNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly node: string;
  readonly site: SiteRunner;
  readonly lamps: LampRunner;
  readonly bindings: BindingRunner;
  readonly credentials: Credentials;
  readonly media: LateMediaEngine;
  readonly records: CallRecords;
  /** Host of our addresses. */
  readonly domain: DomainFor;
  /** Asked when a call comes: it is made after the calls that it carries. */
  readonly sip: () => SipStack;
  readonly trunks: () => Trunks;
  readonly legChanged?: CallBoardParts["changed"];
}

/** Everything about calls, wired. */
export interface CallRooms {
  readonly calls: Calls;
  readonly board: CallBoard;
  readonly lines: LineCalls;
  readonly records: CallRecords;
  readonly media: LateMediaEngine;
}

/** Makes the rooms of calls; undefined: this server takes none. `startCalls` starts them. */
export function openCalls(
  { rtpPorts: ports, data: folder, music, sounds }: Pick<ServerConfig, "rtpPorts" | "data" | "music" | "sounds">,
  lifecycle: Lifecycle,
  needs: Omit<CallsNeeds, "media" | "records">,
): CallRooms | undefined {
  if (ports === undefined) return undefined;
  const { clock, log } = needs;
  const media = new LateMediaEngine(() => openMediaEngine({ ports, log, musicFolder: music, promptFolder: sounds }), log);
  lifecycle.add(() => media.stop());
  const records = new CallRecords({ clock, log, folder });
  lifecycle.add(() => records.stop());
  return makeCalls({ ...needs, media, records });
}

function makeCalls(needs: CallsNeeds): CallRooms {
  const { clock, random, log, store, node, site, lamps, bindings, credentials, media, records, domain, sip } = needs;
  const waits = new AskedWaits(clock, log);
  const over: CallsParts["over"] = (leg, last) => {
    const record = board.leg(leg.id);
    records.over(record, last);
    if (record?.account !== undefined) waits.note(record.account, last.end);
  };
  const tones = (text: string): MediaSource | undefined => tonesOf(site.site, text);
  const board = new CallBoard({
    ...{ store, clock, log, node, lamps, domain },
    busyFrom: (account) => site.account(account)?.busyLevel,
    ...(needs.legChanged === undefined ? {} : { changed: needs.legChanged }),
  });
  const calls: Calls = new Calls({
    ...{ clock, random, log, media, board, domain, tones, over },
    isOurHost: (host) => sip().isOurHost(host),
    authenticate: (transaction) => callSender(transaction, sip(), needs.trunks()),
    account: (name) => site.account(name),
    isEmergency: (extension) => isEmergency(extension),
    dialplan: dialplanNow(site, lamps),
    callees: () => callees,
    station: (channel, argument, done) => lines.station(channel, argument, done),
    trunk: (channel, trunk, musicClass, done) => lines.trunk(channel, trunk, musicClass, done),
    setDeviceState: (device, state) => {
      lamps.put(device, state, undefined).catch((error: unknown) => {
        log.warn("a device state could not be written", { device, error: String(error) });
      });
    },
  });
  const isEmergency = (number: string): boolean => emergencyNumbers(site.site.settings).includes(number);
  const callees = new Callees({
    ...{ random, media, domain, log, over },
    mayCall: (account, number) => !waits.isWaiting(account) || isEmergency(number),
    peer: (account, number) => peerTarget(site.account(account), number, needs.trunks()),
    get sessions() {
      const { sessions } = sip();
      assert.ok(sessions !== undefined, "calls need sessions");
      return sessions;
    },
    site: () => site.site,
    bindings: (account) => bindings.live(account),
    get flows() {
      return sip().transports;
    },
    credentials: (account) => {
      const secret = credentials.of(account)?.secret;
      return secret === undefined ? undefined : { user: toWire(account), password: toWire(secret) };
    },
    began: calls.began,
    local: calls.local,
  });
  const lines = new LineCalls({ ...{ clock, random, log, store, node, site, lamps, callees, calls, board, domain } });
  return { calls, board, lines, records, media };
}

/** Who sent an INVITE (design §9.14): a peer is known by its address, all others by their password. */
function callSender(transaction: ServerTransaction, sip: SipStack, trunks: Trunks): Sender | undefined {
  const { remoteHost: host, remotePort: port } = transaction.flow;
  const peer = trunks.addresses.find({ host, port });
  const known: Sender | undefined = peer === undefined ? undefined : { type: "account", name: peer.account.name };
  if (peer?.waivesChallenge === true) return known;
  const sender = sip.authenticator.authenticate(transaction);
  return sender?.type === "trusted" ? (known ?? sender) : sender;
}

/** How a peer is called for a number. Rejects when it cannot be reached. */
async function peerTarget(account: Account | undefined, number: string, trunks: Trunks): Promise<SipTarget | undefined> {
  const reached = account === undefined ? undefined : await trunks.reach(account);
  if (account === undefined || reached === undefined) return undefined;
  const { flow, route } = reached;
  const uri = route.requestUri(number);
  return {
    ...{ account: account.name, flow, uri, routes: route.routes, to: { uri }, trusts: false },
    ...(route.credentials === undefined ? {} : { credentials: route.credentials }),
    ...(route.fromUser === undefined ? {} : { fromUser: route.fromUser }),
    ...(route.fromDomain === undefined ? {} : { fromDomain: route.fromDomain }),
  };
}

/** Follows the store; in the end lets everybody go. */
export async function startCalls({ calls, board, lines }: CallRooms, lifecycle: Lifecycle): Promise<void> {
  lifecycle.add(await board.start());
  lifecycle.add(await lines.start());
  lifecycle.add(async () => {
    for (const voice of calls.voices) voice.hangUp({ cause: CAUSES.failure });
    await Promise.resolve();
  });
}
