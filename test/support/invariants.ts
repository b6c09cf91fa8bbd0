import type { HeardNotify, RoamingPhone } from "./roaming-phone.ts";

/** What a lamp shows for a state of its device. */
export const SHOWN = { NOT_INUSE: "terminated", INUSE: "confirmed", RINGING: "early" } as const;

/** A process that is stopped has at most one datagram in its hands: two within this time are none that were on their way. */
const ON_THE_WAY_MS = 1000;

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

/** Something said against the rules, by whom and when. */
interface Breach {
  readonly notify: HeardNotify;
  readonly text: string;
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
  const found = [...dialogs.values()].map(breachesIn);
  const late = found.flatMap((one) => one.late);
  const isAlone = ({ notify }: Breach): boolean =>
    late.filter(({ notify: { port, at } }) => port === notify.port && Math.abs(at - notify.at) < ON_THE_WAY_MS).length === 1;
  return [...found.flatMap((one) => one.wrong), ...late.filter((breach) => !isAlone(breach))].map(({ text }) => text);
}

/** `late`: said by a node after another one had begun to speak. */
function breachesIn(dialog: readonly HeardNotify[]): { readonly wrong: readonly Breach[]; readonly late: readonly Breach[] } {
  const [wrong, late]: [Breach[], Breach[]] = [[], []];
  let [cseq, version] = [0, -1];
  let speaker: HeardNotify | undefined;
  for (const notify of dialog) {
    const where = `${notify.callId}, from ${notify.port}: CSeq ${notify.cseq}, version ${notify.version}`;
    if (speaker !== undefined && notify.port !== speaker.port && notify.cseq <= cseq) {
      const after = `${notify.at - speaker.at} ms after ${speaker.port} began to`;
      late.push({ notify, text: `${where}: spoke ${after}, which is at CSeq ${cseq}` });
      continue;
    }
    if (notify.port !== speaker?.port) speaker = notify;
    if (notify.status === 500) wrong.push({ notify, text: `${where}: the phone has CSeq ${cseq} already` });
    if (notify.status !== 200 || notify.cseq <= cseq) continue;
    if (notify.version <= version) wrong.push({ notify, text: `${where}: the phone has version ${version} already` });
    cseq = notify.cseq;
    if (!Number.isNaN(notify.version)) version = notify.version;
  }
  return { wrong, late };
}
