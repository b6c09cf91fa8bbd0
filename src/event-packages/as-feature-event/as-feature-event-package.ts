import { printXml } from "#base/xml/print-xml";
import type { XmlElement } from "#base/xml/element";
import { FORWARDING_TYPES, sameForward, type Features, type ForwardingType } from "#domain/feature/features";
import type { BodyTemplate, EventPackage } from "#sip/subscription/package";
import { textTemplate, withoutMarks } from "../body-template.ts";
import { BY_PHONE_PROFILE } from "../watcher-profile.ts";

const FEATURE_TYPE = "application/x-as-feature-event+xml";

const CSTA = "http://www.ecma-international.org/standards/ecma-323/csta/ed3";
/** Every document begins with <?xml and is one line: no line of it can be this. */
const BOUNDARY = "lamplighter-features";

/** The features of an account, by its name. */
export interface FeatureState {
  readonly device: string;
  readonly features: Features;
}

/** Event package "as-feature-event": keys for do not disturb and forwards that show the same on all phones of a user (presence.md §2.10). */
export const asFeatureEventPackage: EventPackage<FeatureState> = {
  ...BY_PHONE_PROFILE,
  name: "as-feature-event",
  contentTypes: [FEATURE_TYPE],
  commandTypes: [FEATURE_TYPE],
  defaultExpirySeconds: 3600,
  change(shown, now) {
    const [old, fresh] = [shown.features, now.features];
    const forwards = FORWARDING_TYPES.filter((type) => !sameForward(old[type], fresh[type]));
    const isQuiet = old.doNotDisturb === fresh.doNotDisturb;
    if (isQuiet && forwards.length === 0) return undefined;
    return { document: documents(now, !isQuiet, forwards), shows: now };
  },
  full(_shown, now) {
    return { document: documents(now, true, FORWARDING_TYPES), shows: now };
  },
};

/** One document alone, or several in multipart/mixed. */
function documents(state: FeatureState, hasQuiet: boolean, forwards: readonly ForwardingType[]): BodyTemplate {
  const events = [...(hasQuiet ? [doNotDisturb(state)] : []), ...forwards.map((type) => forwarding(state, type))];
  const texts = events.map((event) => printXml(event));
  const [only = "", ...more] = texts;
  if (more.length === 0) return textTemplate(FEATURE_TYPE, only);
  const parts = texts.map((text) => `--${BOUNDARY}\r\nContent-Type: ${FEATURE_TYPE}\r\n\r\n${text}\r\n`);
  return textTemplate(`multipart/mixed;boundary=${BOUNDARY}`, `${parts.join("")}--${BOUNDARY}--\r\n`);
}

function doNotDisturb({ device, features }: FeatureState): XmlElement {
  return {
    name: "DoNotDisturbEvent",
    attributes: { xmlns: CSTA },
    children: [element("device", device), element("doNotDisturbOn", String(features.doNotDisturb))],
  };
}

function forwarding({ device, features }: FeatureState, type: ForwardingType): XmlElement {
  const { active, target, ringCount } = features[type];
  return {
    name: "ForwardingEvent",
    attributes: { xmlns: CSTA },
    children: [
      element("device", device),
      element("forwardingType", type),
      element("forwardStatus", String(active)),
      element("forwardTo", target),
      ...(ringCount === undefined ? [] : [element("ringCount", String(ringCount))]),
    ],
  };
}

function element(name: string, text: string): XmlElement {
  return { name, children: [withoutMarks(text)] };
}
