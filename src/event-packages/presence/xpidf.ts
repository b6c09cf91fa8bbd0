import type { LampView } from "#domain/lamp/lamp-view";
import type { BodyTemplate } from "#sip/subscription/package";
import { bodyTemplate, HOLE } from "../body-template.ts";
import { presenceState } from "./presence-state.ts";
import { tupleId } from "./tuple-id.ts";

export const XPIDF = "application/xpidf+xml";

/** What older Polycoms read for their buddies (E-4): the draft before PIDF, without its DOCTYPE. */
export function xpidf(lamp: LampView): BodyTemplate {
  const [status, substatus] = presenceState(lamp).xpidf;
  return bodyTemplate(XPIDF, {
    name: "presence",
    children: [
      { name: "presentity", attributes: { uri: `${HOLE.entity};method=SUBSCRIBE` } },
      {
        name: "atom",
        attributes: { id: tupleId(lamp.extension) },
        children: [
          {
            name: "address",
            attributes: { uri: `${HOLE.entity};user=ip`, priority: "0.800000" },
            children: [
              { name: "status", attributes: { status } },
              { name: "msnsubstatus", attributes: { substatus } },
            ],
          },
        ],
      },
    ],
  });
}
