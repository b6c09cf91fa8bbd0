import type { Account, CcOptions, OutboundIdentity, Registration } from "#domain/site/account";
import type { Site } from "#domain/site/site";
import { ConfWriter, type ConfLines } from "./conf-writer.ts";

/** `sip.conf` of a site. */
export function writeSip({ realm, accounts }: Site, header: string): string {
  const writer = new ConfWriter(header);
  writer.section("general", [["realm", realm]]);
  for (const { name, registration } of accounts)
    if (registration !== undefined) writer.arrow("register", registerText(name, registration));
  for (const account of accounts) writer.section(account.name, accountLines(account));
  return writer.toString();
}

function accountLines(account: Account): ConfLines {
  const { transports, acl = [], insecure, cc = {} } = account;
  return [
    ["type", account.type ?? "friend"],
    ["host", account.host ?? "dynamic"],
    ["port", account.port],
    ["secret", account.secret],
    ["md5secret", account.md5secret],
    ["context", account.context],
    ["subscribecontext", account.subscribeContext],
    ["callerid", account.callerid],
    ["mailbox", account.mailbox],
    ["allowsubscribe", account.allowSubscribe === undefined ? undefined : "no"],
    ["directmedia", account.directMedia === undefined ? undefined : "no"],
    ["transport", transports?.join(",")],
    ...acl.map(({ action, network }) => [action, network] as const),
    ["insecure", insecure?.join(",")],
    ...qualifyLines(account.qualifySeconds),
    ["call-limit", account.callLimit],
    ["busylevel", account.busyLevel],
    ...outboundLines(account.outbound ?? {}),
    ...ccLines(cc),
  ];
}

function qualifyLines(seconds: number | undefined): ConfLines {
  if (seconds === undefined) return [];
  return seconds === 0
    ? [["qualify", "no"]]
    : [
        ["qualify", "yes"],
        ["qualifyfreq", seconds],
      ];
}

function outboundLines({ username, secret, fromUser, fromDomain, proxy }: OutboundIdentity): ConfLines {
  return [
    ["defaultuser", username],
    ["remotesecret", secret],
    ["fromuser", fromUser],
    ["fromdomain", fromDomain],
    ["outboundproxy", proxy],
  ];
}

function ccLines(cc: CcOptions): ConfLines {
  return [
    ["cc_agent_policy", cc.agentPolicy],
    ["cc_monitor_policy", cc.monitorPolicy],
    ["cc_offer_timer", cc.offerTimer],
    ["ccbs_available_timer", cc.ccbsAvailableTimer],
    ["ccnr_available_timer", cc.ccnrAvailableTimer],
    ["cc_recall_timer", cc.recallTimer],
    ["cc_max_agents", cc.maxAgents],
    ["cc_max_monitors", cc.maxMonitors],
    ["cc_callback_sub", cc.callbackSub],
    ["cc_callback_macro", cc.callbackMacro],
    ["cc_agent_dialstring", cc.agentDialstring],
  ];
}

/** `peer?transport://user[@domain][:secret[:authuser]]@host[:port][/extension][~expiry]`. */
function registerText(account: string, registration: Registration): string {
  const { server, username, domain, secret, authUser, extension, expirySeconds } = registration;
  const [, host = server, , transport] = /^sips?:([^;]*)(;transport=([a-z]+))?$/i.exec(server) ?? [];
  const user = `${username}${optional("@", domain)}`;
  const password = authUser === undefined ? optional(":", secret) : `:${secret ?? ""}:${authUser}`;
  const prefix = transport === undefined ? "" : `${transport}://`;
  return `${account}?${prefix}${user}${password}@${host}${optional("/", extension)}${optional("~", expirySeconds)}`;
}

function optional(mark: string, value: string | number | undefined): string {
  return value === undefined ? "" : `${mark}${value}`;
}
