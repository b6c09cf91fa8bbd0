import { z } from "zod";
import type { Seizures } from "#domain/appearance/seizures";
import type { Features } from "#domain/feature/features";
import { FORWARDING_TYPES } from "#domain/feature/features";
import { DEVICE_STATES, type Slots } from "#domain/lamp/device-state";
import type { Line } from "#domain/line/line";
import type { MessageCounts } from "#domain/mailbox/message-counts";
import type { Binding } from "#sip/registrar/binding";
import type { SubscriptionRecord } from "#sip/subscription/subscription";
import type { LegRecord } from "./calls/call-board.ts";
import { HOSTS_MAX, type NodeRecord } from "./nodes/node-record.ts";
import type { PublicationRecord, StoredStatement } from "./published-slots.ts";

/*
 * Shapes of what is stored: what nodes look into without asking. What a later release adds beside it is left alone. A record of another
 * shape counts as none, so that one bad record stops neither a start nor a takeover. Slots of devices, which programs beside us write too, hold
 * what is named here and nothing else.
 */

/** Of `T`, as far as the shape says it. */
function shapeOf<T>(shape: z.ZodType): z.ZodType<T> {
  return shape as z.ZodType<T>;
}

const time = z.number();
const flow = z.looseObject({ transport: z.string(), listener: z.string(), host: z.string(), port: z.number(), key: z.string() });
const publisher = z.looseObject({ type: z.enum(["account", "trusted"]), name: z.string() });

const CAUSE_MAX_CHARS = 200;
const SLOTS_MAX = 50;

const storedSlot = z.object({
  state: z.enum(DEVICE_STATES),
  since: z.number(),
  cause: z.string().max(CAUSE_MAX_CHARS),
  expiresAt: z.number().exactOptional(),
});

/** Collection `device`, where programs beside us write too. */
export const storedSlots: z.ZodType<Slots> = z
  .record(z.string(), storedSlot)
  .refine((slots) => Object.keys(slots).length <= SLOTS_MAX, `more than ${SLOTS_MAX} slots`);

/** Collection `node`; a node of an earlier release says nothing of its hosts. */
export const storedNode = shapeOf<NodeRecord>(
  z.looseObject({ http: z.string(), startedAt: time, hosts: z.array(z.string()).max(HOSTS_MAX).default([]) }),
);

/** Collection `leg`. */
export const storedLeg = shapeOf<LegRecord>(
  z.looseObject({
    id: z.string().min(1),
    node: z.string(),
    account: z.string().exactOptional(),
    direction: z.enum(["incoming", "outgoing"]),
    phase: z.enum(["trying", "ringing", "up"]),
    isHeld: z.boolean(),
    remote: z.object({ number: z.string(), name: z.string() }),
    since: time,
    answeredAt: time.exactOptional(),
    line: z.string().exactOptional(),
    call: z.string(),
  }),
);

const stationLeg = z.looseObject({
  station: z.string(),
  leg: z.string(),
  node: z.string(),
  since: time,
  runsDialplan: z.boolean(),
});
const trunkLeg = z.looseObject({ leg: z.string(), node: z.string(), direction: z.enum(["in", "out"]) });
const holder = z.looseObject({ station: z.string(), isPrivate: z.boolean(), since: time, kept: z.array(stationLeg) });
const done = z.looseObject({ station: z.string(), why: z.enum(["declined", "busy", "noAnswer"]) });

/** Collection `trunk`; an idle one is not stored. */
export const storedLine = shapeOf<Line>(
  z.discriminatedUnion("phase", [
    z.looseObject({ phase: z.literal("dialling"), since: time, trunk: trunkLeg, waiting: z.array(stationLeg).min(1) }),
    z.looseObject({ phase: z.literal("ringing"), since: time, trunk: trunkLeg, done: z.array(done) }),
    z.looseObject({
      phase: z.literal("up"),
      since: time,
      trunk: trunkLeg,
      connected: z.array(stationLeg),
      holders: z.array(holder),
    }),
  ]),
);

/** A subscription as it is stored. */
export interface KeptSubscription extends SubscriptionRecord {
  /** Nodes that had it and may not know yet that they lost it; of one that was written since it was taken: none. */
  readonly takenFrom?: readonly string[];
}

/** Nodes that had a dialog and were not told yet: mostly one, whatever happens a few. */
const TAKEN_FROM_MAX = 100;

/** Collection `subscription`. */
export const storedSubscription = shapeOf<KeptSubscription>(
  z.looseObject({
    id: z.string().min(1),
    node: z.string(),
    dialog: z.looseObject({
      callId: z.string(),
      localTag: z.string(),
      remoteTag: z.string(),
      localAddress: z.string(),
      remoteAddress: z.string(),
      remoteTarget: z.string(),
      routeSet: z.array(z.string()),
    }),
    flow,
    package: z.string(),
    event: z.string(),
    contentType: z.string(),
    profile: z.string(),
    resource: z.string(),
    entity: z.string(),
    watcher: z.looseObject({ aor: z.string(), trusted: z.boolean(), device: z.string() }),
    userAgent: z.string(),
    expiresAt: time,
    remoteCSeq: time,
    cseqMark: time,
    versionMark: time,
    takenFrom: z.array(z.string()).max(TAKEN_FROM_MAX).optional(),
  }),
);

/** Collection `binding`. */
export const storedBindings = shapeOf<readonly Binding[]>(
  z.array(
    z.looseObject({
      contact: z.string(),
      expiresAt: time,
      callId: z.string(),
      cseq: z.number(),
      flow,
      path: z.array(z.string()),
      userAgent: z.string(),
      registeredAt: time,
    }),
  ),
);

/** Collection `line`. */
export const storedSeizures = shapeOf<Seizures>(
  z.array(
    z.looseObject({
      index: z.number().int().min(1),
      holder: z.looseObject({ account: z.string(), device: z.string() }),
      isRegistered: z.boolean(),
      subscription: z.string(),
      until: time,
    }),
  ),
);

const forward = z.looseObject({ active: z.boolean(), target: z.string() });

/** Collection `feature`. */
export const storedFeatures = shapeOf<Features>(
  z.looseObject({
    doNotDisturb: z.boolean(),
    ...Object.fromEntries(FORWARDING_TYPES.map((type) => [type, forward])),
  }),
);

const count = z.number().int().min(0);

/** Collection `mailbox`. */
export const storedCounts = shapeOf<MessageCounts>(z.looseObject({ new: count, old: count, urgentNew: count, urgentOld: count }));

/** Collection `publication`. */
export const storedPublications = shapeOf<PublicationRecord>(
  z.looseObject({
    publications: z.array(
      z.looseObject({
        id: z.string(),
        tag: z.string(),
        publisher,
        source: z.string(),
        expiresAt: time,
        statedAt: time,
      }),
    ),
    lostAt: time.exactOptional(),
  }),
);

/** Collection `published`. */
export const storedStatements = shapeOf<readonly StoredStatement[]>(
  z.array(z.looseObject({ resource: z.string(), publication: z.string(), publisher, eid: z.string(), at: time })),
);
