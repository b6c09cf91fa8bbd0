import type { DeviceDialog } from "#domain/lamp/device-state";
import type { ExtensionState, LampView } from "#domain/lamp/lamp-view";

export const STATES: readonly ExtensionState[] = ["Idle", "InUse", "Busy", "Unavailable", "Ringing", "InUse&Ringing", "Hold"];

/** Names that people, attackers and broken encodings give. */
export const NAMES: readonly string[] = [
  "Anna Müller",
  "",
  'Bo "the boss" O\'Neil',
  "AT&T <sales>",
  "&foo;",
  "p&#65;ss",
  "&amp;amp;",
  "]]>",
  "<![CDATA[x]]>",
  "<!-- --><?xml?>",
  "line\r\nX-Header: 1\nnext\ttab",
  "nul\u0000bell\u0007\u001b[31m",
  "\ud800lone",
  "lone\udfff",
  "\udc00\ud800",
  "👩‍👩‍👧‍👦☎️ العربية",
  "\ue000\ue001\ue002",
  "a\ue001b\uf8ff",
  "\ufffe\uffff\u0085\u2028\u2029",
  "x".repeat(10_240),
  "&".repeat(10_240),
  "☎".repeat(10_240),
  "👩".repeat(10_240),
  "\u2028".repeat(60),
];

export const ENTITIES: readonly string[] = [
  "sip:1001@pbx.example",
  "sip:a&b@h",
  "sip:a%22@h",
  "sip:a'b@h",
  "sips:100%3C@[2001:db8::1]:5061",
  "sip:&lt;&#0;@h",
  "sip:*70#;phone-context=+49@pbx.example",
];

/** A lamp whose names are all `name`. */
export function lampWith(state: ExtensionState, name: string): LampView {
  return {
    extension: "1001",
    context: "default",
    state,
    since: 0,
    dialogs: [{ ...dialogWith(name), ...(state === "Hold" ? { held: true } : {}) }],
  };
}

function dialogWith(name: string): DeviceDialog {
  return { id: "d1", direction: "recipient", remote: { uri: "sip:+15550100@pbx.example", name } };
}
