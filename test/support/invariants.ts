import type { HeardNotify, RoamingPhone } from "./roaming-phone.ts";

/** What a lamp shows for a state of its device. */
export const SHOWN = { NOT_INUSE: "terminated", INUSE: "confirmed", RINGING: "early" } as const;

/** Lamps that do not show what the model says: one line each. */
export function wrongLamps(phones: readonly RoamingPhone[], model: ReadonlyMap<string, string>): readonly string[] {
  return phones.flatMap((phone, at) =>
    phone.extensions
      .filter((extension) => phone.lamp(extension) !== model.get(extension))
      .map((extension) => {
        const shown = `shows ${phone.lamp(extension)}, not ${String(model.get(extension))}`;
        return `phone ${at}: ${extension} ${shown} (${phone.callId(extension)})`;
      }),
  );
}

/**
 * What was said against the rules of a dialog (S-71, S-72, S-93), one line each: in what a phone takes, CSeq and version rise, whoever speaks;
 * and once a new node has spoken, the one before is heard again only with numbers above, that is, when it has the dialog back. One datagram
 * may have been on its way to the socket when a process was stopped; its number is below, so that the phone refuses it.
 */
export function brokenDialogs(heard: readonly HeardNotify[]): readonly string[] {
  const dialogs = new Map<string, HeardNotify[]>();
  for (const notify of heard) {
    const known = dialogs.get(notify.callId);
    if (known === undefined) dialogs.set(notify.callId, [notify]);
    else known.push(notify);
  }
  return [...dialogs.values()].flatMap(brokenIn);
}

function brokenIn(dialog: readonly HeardNotify[]): readonly string[] {
  const broken: string[] = [];
  let [cseq, version] = [0, -1];
  let speaker: HeardNotify | undefined;
  const late = new Set<number>();
  for (const notify of dialog) {
    const where = `${notify.callId}, from ${notify.port}: CSeq ${notify.cseq}, version ${notify.version}`;
    if (speaker !== undefined && notify.port !== speaker.port && notify.cseq <= cseq) {
      if (late.has(notify.port))
        broken.push(`${where}: spoke ${notify.at - speaker.at} ms after ${speaker.port} began to, which is at CSeq ${cseq}`);
      late.add(notify.port);
      continue;
    }
    if (notify.port !== speaker?.port) {
      speaker = notify;
      late.clear();
    }
    if (notify.status === 500) broken.push(`${where}: the phone has CSeq ${cseq} already`);
    if (notify.status !== 200 || notify.cseq <= cseq) continue;
    if (notify.version <= version) broken.push(`${where}: the phone has version ${version} already`);
    cseq = notify.cseq;
    if (!Number.isNaN(notify.version)) version = notify.version;
  }
  return broken;
}
