import type { RemoteInfo } from "node:dgram";
import { SocketAddress, isIP } from "node:net";
import type { Random } from "#base/random";
import type { Bridge, BridgeMember } from "./bridge.ts";
import { DigitQueue } from "./digit-queue.ts";
import { laws } from "./g711.ts";
import { IncomingStream } from "./incoming-stream.ts";
import type { AgreedMedia, MediaSource, MediaStatistics } from "./media-engine.ts";
import { OutgoingStream } from "./outgoing-stream.ts";
import { FRAME_SAMPLES } from "./pcm.ts";
import type { PortPair } from "./port-pairs.ts";
import { RemoteLock, type Address } from "./remote-lock.ts";
import { parseRtcp } from "./rtcp-packet.ts";
import { RtcpSession } from "./rtcp-session.ts";
import { looksLikeRtcp, parseRtp } from "./rtp-packet.ts";
import type { SoundLibrary } from "./sound-library.ts";
import { playerOf, type SourcePlayer } from "./source-player.ts";
import type { DigitChange } from "./telephone-event.ts";
import type { LegEvent } from "./worker-protocol.ts";

/** What all legs share. */
export interface LegWorld {
  readonly library: SoundLibrary;
  readonly random: Random;
  readonly silentAfterMs: number;
  /** Milliseconds since 1970, and by a clock that nobody sets. */
  now(): number;
  elapsed(): number;
  tick(): number;
  report(event: LegEvent): void;
}

/** One party inside the worker: two sockets, a stream each way, and what it hears. */
export class Leg implements BridgeMember {
  readonly id: number;
  readonly #pair: PortPair;
  readonly #world: LegWorld;
  readonly #lock = new RemoteLock();
  readonly #incoming = new IncomingStream();
  readonly #outgoing: OutgoingStream;
  readonly #rtcp: RtcpSession;
  readonly #digits = new DigitQueue();
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #agreed: AgreedMedia | undefined;
  #rtcpTarget: Address | undefined;
  #player: SourcePlayer | undefined;
  #isMuted = false;
  #isHeard = false;
  #lastPacketMs: number;
  #isSilent = false;
  #junk = 0;
  bridge: Bridge<Leg> | undefined;
  voice: Int16Array | undefined;

  constructor(id: number, pair: PortPair, world: LegWorld) {
    this.id = id;
    this.#pair = pair;
    this.#world = world;
    this.#outgoing = new OutgoingStream(pair.rtp, world.random);
    this.#rtcp = new RtcpSession(this.#outgoing.ssrc, world.random, world.now());
    this.#lastPacketMs = world.elapsed();
    // What the network says of what we sent (ICMP) changes nothing: the peer that is gone falls silent.
    const ignore = (): void => undefined;
    pair.rtp.on("error", ignore).on("message", (data, from) => {
      this.#takeRtp(data, from);
    });
    pair.rtcp.on("error", ignore).on("message", (data, from) => {
      this.#takeRtcp(data, from);
    });
  }

  /** Datagrams that were dropped as junk or as somebody else's. */
  get refused(): number {
    return this.#junk + this.#lock.refused;
  }

  agree(agreed: AgreedMedia): void {
    const remote = usable(agreed.remote, this.#pair);
    this.#lock.agree(remote);
    this.#rtcpTarget = remote === undefined ? undefined : { host: remote.host, port: portOrNone(agreed.remote?.rtcpPort) };
    this.#agreed = agreed;
    this.#lastPacketMs = this.#world.elapsed();
    this.#isSilent = false;
    if (!agreed.receives) this.#tell(this.#incoming.rest());
  }

  mute(isMuted: boolean): void {
    this.#isMuted = isMuted;
  }

  hear(source: MediaSource | undefined): void {
    if (source === undefined) {
      this.#player = undefined;
      return;
    }
    this.#player = playerOf(source, this.#world.library, (isWhole) => {
      this.#world.report({ type: "played", leg: this.id, isWhole });
    });
  }

  sendDigits(digits: string): void {
    this.#digits.send(digits);
  }

  /** A member of the bridge pressed a key, or let it go. */
  relay(change: DigitChange): void {
    if (change.type === "began") this.#digits.press(change.digit);
    else this.#digits.release(change.digit);
  }

  #takeRtp(data: Buffer, from: RemoteInfo): void {
    const agreed = this.#agreed;
    if (agreed === undefined) return;
    if (agreed.rtcpMux === true && looksLikeRtcp(data)) {
      this.#takeRtcp(data, from);
      return;
    }
    const packet = parseRtp(data);
    if (packet === undefined || !IncomingStream.isExpected(packet, agreed)) {
      this.#junk++;
      return;
    }
    if (!this.#lock.admits(packet, { host: from.address, port: from.port })) return;
    this.#lastPacketMs = this.#world.elapsed();
    this.#isSilent = false;
    if (!this.#isHeard) {
      this.#isHeard = true;
      this.#world.report({ type: "heard", leg: this.id });
    }
    this.#tell(this.#incoming.take(packet, agreed, this.#lastPacketMs));
  }

  #takeRtcp(data: Buffer, from: RemoteInfo): void {
    const packets = this.#agreed === undefined ? undefined : parseRtcp(data);
    const [first] = packets ?? [];
    const isPeer = first?.type === "report" && first.ssrc === this.#incoming.reception?.ssrc;
    // Whoever knows the stream's number, or speaks from where the stream comes.
    if (packets === undefined || (!isPeer && !this.#isHostOfPeer(from.address))) {
      this.#junk++;
      return;
    }
    if (isPeer && this.#rtcpTarget !== undefined) this.#rtcpTarget = { host: from.address, port: from.port };
    // A peer that sends no sound while nobody speaks says so that it is there.
    if (isPeer) this.#lastPacketMs = this.#world.elapsed();
    this.#rtcp.take(packets, this.#world.now());
  }

  #isHostOfPeer(host: string): boolean {
    return host === (this.#lock.source ?? this.#rtcpTarget)?.host;
  }

  /** Digits: to the call, and to everybody in the bridge. */
  #tell(changes: readonly DigitChange[]): void {
    for (const change of changes) {
      if (change.type === "began") this.#world.report({ type: "digit", leg: this.id, digit: change.digit });
      if (this.#isMuted && change.type === "began") continue;
      for (const member of this.bridge?.members ?? []) if (member !== this) member.relay(change);
    }
  }

  /** First half of a tick: what it says. */
  listen(): void {
    const agreed = this.#agreed;
    this.voice = undefined;
    if (agreed === undefined) return;
    const nowMs = this.#world.elapsed();
    this.#tell(this.#incoming.tick(nowMs));
    const voice = this.#incoming.next();
    if (agreed.receives && agreed.eventPayload === undefined) this.#hearTones(voice);
    if (agreed.receives && !this.#isMuted) this.voice = voice;
    this.#watchSilence(agreed, nowMs);
  }

  #hearTones(voice: Int16Array | undefined): void {
    // They are in the audio of the bridge already.
    for (const digit of this.#incoming.tonesIn(voice)) this.#world.report({ type: "digit", leg: this.id, digit });
  }

  #watchSilence(agreed: AgreedMedia, nowMs: number): void {
    const silentMs = nowMs - this.#lastPacketMs;
    const shouldSend = agreed.receives && agreed.remote !== undefined;
    if (this.#isSilent || !shouldSend || silentMs < this.#world.silentAfterMs) return;
    this.#isSilent = true;
    this.#world.report({ type: "silent", leg: this.id, seconds: Math.round(silentMs / 1000) });
  }

  /** Second half of a tick: what it hears. */
  speak(tick: number): void {
    const agreed = this.#agreed;
    if (agreed === undefined) return;
    // Prompts go on, and come to their end, although nobody can hear them.
    const isSound = this.#player?.take(this.#frame, tick) ?? this.bridge?.hear(this, this.#frame) ?? false;
    const target = this.#lock.target;
    if (target !== undefined && agreed.sends) this.#send(agreed, isSound, tick, target);
    else this.#outgoing.pause();
    this.#sendReport(agreed, tick);
  }

  #send(agreed: AgreedMedia, isSound: boolean, tick: number, target: Address): void {
    const { eventPayload } = agreed;
    const instead = this.#digits.next(eventPayload !== undefined, this.#outgoing.timestampOf(tick), this.#frame);
    if (instead?.type === "event" && eventPayload !== undefined) {
      this.#outgoing.sendEvent(instead, eventPayload, tick, target);
      return;
    }
    const isHeard = isSound || instead?.type === "tone";
    this.#outgoing.sendAudio(isHeard ? this.#frame : undefined, laws[agreed.codec], tick, target);
  }

  #sendReport(agreed: AgreedMedia, tick: number): void {
    const nowMs = this.#world.now();
    if (this.#rtcp.isDue(nowMs)) this.#report(agreed, tick, nowMs, false);
  }

  #report(agreed: AgreedMedia, tick: number, nowMs: number, isBye: boolean): void {
    const isMuxed = agreed.rtcpMux === true;
    const to = isMuxed ? this.#lock.target : this.#rtcpTarget;
    if (to === undefined || to.port === 0) return;
    const sender = this.#outgoing.senderInfo(tick, nowMs);
    const report = this.#rtcp.write(sender, this.#incoming.reception, nowMs, isBye);
    (isMuxed ? this.#pair.rtp : this.#pair.rtcp).send(report, to.port, to.host);
  }

  statistics(): MediaStatistics {
    const { source, target } = this.#lock;
    const remote = source ?? target;
    return {
      sent: this.#outgoing.packets,
      received: this.#incoming.received,
      lost: this.#incoming.lost,
      discarded: this.#incoming.discarded,
      jitterMs: this.#incoming.jitterMs,
      roundTripMs: this.#rtcp.roundTripMs,
      remote: remote === undefined ? undefined : shown(remote),
    };
  }

  /** Lets go of what it pressed in its bridge, says goodbye and closes the ports. */
  close(): void {
    this.leave();
    if (this.#agreed !== undefined) this.#report(this.#agreed, this.#world.tick(), this.#world.now(), true);
    this.#pair.close();
  }

  /** Keys that it holds down are let go with the bridge. */
  leave(): void {
    this.voice = undefined;
    this.#tell(this.#incoming.releaseDigits());
    this.bridge?.members.delete(this);
    this.bridge = undefined;
  }
}

/** A remote that datagrams can be sent to from this pair, its address written as the kernel writes it. */
function usable(remote: AgreedMedia["remote"], pair: PortPair): Address | undefined {
  if (remote === undefined || !Number.isInteger(remote.port) || remote.port < 1 || remote.port > 65535) return undefined;
  const family = isIP(remote.host);
  if (family === 0 || family !== isIP(pair.rtp.address().address)) return undefined;
  return { host: new SocketAddress(addressOf(remote)).address, port: remote.port };
}

function addressOf({ host, port }: Address): { address: string; port: number; family: "ipv4" | "ipv6" } {
  return { address: host, port, family: isIP(host) === 6 ? "ipv6" : "ipv4" };
}

/** As it stands in a log: IPv6 in brackets. */
function shown({ host, port }: Address): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** 0: no reports are sent. */
function portOrNone(port: number | undefined): number {
  return port !== undefined && Number.isInteger(port) && port > 0 && port <= 65535 ? port : 0;
}
