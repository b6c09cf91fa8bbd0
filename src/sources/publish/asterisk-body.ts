import { z } from "zod";
import { fail, ok, type Result } from "#base/result";
import { DEVICE_STATES, type DeviceState } from "#domain/lamp/device-state";

/** What one PUBLISH of Asterisk's res_pjsip_publish_asterisk says (presence.md §3.3). */
export interface AsteriskBody {
  /** The sending server: six octets with colons. */
  readonly eid: string;
  /** undefined: it only asks for our states, and we publish none. */
  readonly said: DeviceStatement | undefined;
}

/** A server's word on one device. */
export interface DeviceStatement {
  readonly device: string;
  /** undefined: what it said is of the moment and tells nothing of what comes (cachable 0). */
  readonly state: DeviceState | undefined;
  readonly cause: string;
  /** Of a mailbox. */
  readonly messages?: { readonly new: number; readonly old: number };
}

const MESSAGES_MAX = 1_000_000;
/** Names are data (J-6): 255 characters, no controls, no half characters. */
const name = (max: number): z.ZodString => z.string().regex(new RegExp(`^[^\\p{Cc}\\p{Surrogate}]{1,${max}}$`, "u"));
const eid = z.string().regex(/^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}$/);
const count = z.number().int().min(0).max(MESSAGES_MAX);
const device = name(255).regex(/^[^:/]+[:/]/);

const BODY = z.discriminatedUnion("type", [
  z.object({ type: z.literal("devicestate"), device, state: z.enum(DEVICE_STATES), cachable: z.literal([0, 1]).default(1), eid }),
  z.object({ type: z.literal("mailboxstate"), uniqueid: name(250), old: count, new: count, eid }),
  z.object({ type: z.literal("refresh"), eid }),
]);

/** Kinds of objects by event package; a refresh comes in each. */
const KIND_OF: ReadonlyMap<string, string> = new Map([
  ["asterisk-devicestate", "devicestate"],
  ["asterisk-mwi", "mailboxstate"],
]);

/** Reads the JSON of an event package. The error says why it is refused (J-5). */
export function readAsteriskBody(packageName: string, text: string): Result<AsteriskBody, string> {
  const body = BODY.safeParse(parseJson(text));
  if (!body.success) return fail(`not an object of ${packageName}`);
  const said = body.data;
  if (said.type !== "refresh" && said.type !== KIND_OF.get(packageName)) return fail(`${said.type} is not of ${packageName}`);
  return ok({ eid: said.eid.toLowerCase(), said: statementOf(said) });
}

function statementOf(said: z.infer<typeof BODY>): DeviceStatement | undefined {
  switch (said.type) {
    case "refresh":
      return undefined;
    case "devicestate":
      return { device: said.device, state: said.cachable === 0 ? undefined : said.state, cause: "published" };
    case "mailboxstate":
      // As Asterisk's own provider of MWI: devices has it.
      return {
        device: `MWI:${said.uniqueid}`,
        state: said.new > 0 ? "INUSE" : "NOT_INUSE",
        cause: `${said.new} new and ${said.old} old messages`,
        messages: { new: said.new, old: said.old },
      };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
