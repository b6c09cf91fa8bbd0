import Router from "@koa/router";
import type { Context } from "koa";
import type { Clock } from "#base/clock";
import { normalMac } from "#domain/site/derived-phones";
import { findingsReport } from "#domain/site/site-report";
import { addCalls } from "./call-resources.ts";
import { deviceStateBody } from "./device-body.ts";
import { addDialplan } from "./dialplan-resources.ts";
import { addDrain } from "./drain-resource.ts";
import { EventStreams } from "./event-stream.ts";
import { openApi } from "./openapi.ts";
import { addFeatures } from "./feature-resources.ts";
import { addMailboxes } from "./mailbox-resources.ts";
import { listingOf, page } from "./paging.ts";
import { pathParameter } from "./path-parameter.ts";
import type { AdminPorts, PhoneJson } from "./ports.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-json.ts";
import { readSiteUpload } from "./site-upload.ts";

const BASE = "/api/v1";
const NAME_MAX_CHARACTERS = 255;
/** Findings told in one answer. */
const FINDINGS_MAX = 5000;

const DEVICE_METHODS = "HEAD, GET, PUT, DELETE";

/** The resources below /api/v1. */
export function apiRouter(ports: AdminPorts, clock: Clock): Router {
  const router = new Router();
  const streams = new EventStreams(ports.events, clock);
  addDevices(router, ports);
  addLamps(router, ports);
  addPhones(router, ports);
  addLive(router, ports);
  addCalls(router, BASE, ports);
  addFeatures(router, BASE, ports.features);
  addMailboxes(router, BASE, ports.mailboxes);
  router.get(`${BASE}/events`, (context) => {
    streams.open(context);
  });
  addSite(router, ports);
  addDrain(router, BASE, ports.drain);
  addDialplan(router, BASE, ports.site);
  router.get(`${BASE}/openapi.json`, (context) => {
    context.body = openApi();
  });
  return router;
}

function addDevices(router: Router, { devices }: AdminPorts): void {
  router.get(`${BASE}/devices`, (context) => {
    context.body = page(context, devices.list());
  });
  // Names hold slashes ("SIP/100"), written as they are or escaped.
  router.all(/^\/api\/v1\/devices\/(.+)$/, async (context) => {
    const device = deviceName(context);
    switch (context.method) {
      case "GET":
      case "HEAD":
        break;
      case "PUT": {
        const body = await readJson(context, deviceStateBody);
        await devices.put(device, body.state, body.ttl);
        break;
      }
      case "DELETE":
        await devices.clear(device);
        break;
      case "OPTIONS":
        context.set("Allow", DEVICE_METHODS);
        context.status = 204;
        return;
      default:
        throw new Problem(405, `A device takes ${DEVICE_METHODS}.`, {}, { Allow: DEVICE_METHODS });
    }
    context.body = devices.get(device);
  });
}

function deviceName(context: Context): string {
  const name = decode(context.path.slice(context.path.indexOf("/devices/") + "/devices/".length));
  if (name.length > NAME_MAX_CHARACTERS || /\p{Cc}/u.test(name))
    throw new Problem(422, `A device name has 1 to ${NAME_MAX_CHARACTERS} characters and no control characters.`);
  if (!/[/:]/.test(name))
    throw new Problem(422, "A device name is Technology/resource or Provider:name, for example SIP/100 or Custom:door.");
  return name;
}

function addLamps(router: Router, { lamps }: AdminPorts): void {
  router.get(`${BASE}/lamps`, (context) => {
    context.body = page(context, lamps.list());
  });
  router.get(`${BASE}/lamps/:lamp`, (context) => {
    const name = pathParameter(context, "lamp");
    const at = name.lastIndexOf("@");
    const found = at === -1 ? lamps.find(name, undefined) : lamps.find(name.slice(0, at), name.slice(at + 1));
    const [lamp, ...others] = found;
    if (lamp === undefined) throw new Problem(404, `There is no lamp ${name}.`);
    if (others.length > 0)
      throw new Problem(409, "That extension has lamps in several contexts: add @context.", {
        contexts: found.map(({ context: name }) => name),
      });
    context.body = lamp;
  });
}

function addPhones(router: Router, { phones }: AdminPorts): void {
  router.get(`${BASE}/phones`, (context) => {
    context.body = page(context, phones.list(reachedAt(context)));
  });
  router.get(`${BASE}/phones/:mac`, (context) => {
    context.body = phoneOf(context);
  });
  router.get(`${BASE}/phones/:mac/files/:name`, (context) => {
    const file = phones.render(phoneOf(context).mac, pathParameter(context, "name"), reachedAt(context));
    if (file === undefined) throw new Problem(404, "This phone has no such file.");
    context.type = file.contentType;
    context.body = file.body;
  });

  router.post(`${BASE}/phones/:mac/resync`, async (context) => {
    const { mac } = phoneOf(context);
    const contacts = (await phones.resync(mac)) ?? [];
    if (contacts === "busy") throw new Problem(503, "Many phones are being asked already.", {}, { "Retry-After": "20" });
    context.body = { mac, contacts };
  });

  function phoneOf(context: Context): PhoneJson {
    const mac = normalMac(pathParameter(context, "mac"));
    const phone = mac === undefined ? undefined : phones.get(mac, reachedAt(context));
    if (phone === undefined)
      throw new Problem(404, "There is no such phone: a phone is named by the 12 digits of its MAC address.");
    return phone;
  }
}

function addLive(router: Router, ports: AdminPorts): void {
  router.get(`${BASE}/registrations`, (context) => {
    context.body = page(context, ports.live.registrations());
  });
  router.get(`${BASE}/subscriptions`, (context) => {
    context.body = page(context, ports.live.subscriptions());
  });
  router.get(`${BASE}/nodes`, (context) => {
    context.body = page(context, ports.live.nodes());
  });
  router.get(`${BASE}/bans`, (context) => {
    context.body = page(context, ports.bans.list());
  });
  router.delete(`${BASE}/bans/:source`, (context) => {
    const source = pathParameter(context, "source");
    if (!ports.bans.free(source)) throw new Problem(404, "That source is not shut out.");
    context.status = 204;
  });
}

function addSite(router: Router, ports: AdminPorts): void {
  router.get(`${BASE}/trunks`, (context) => {
    context.body = page(
      context,
      listingOf(ports.site().trunks, (item) => item.name),
    );
  });
  router.get(`${BASE}/stations`, (context) => {
    context.body = page(
      context,
      listingOf(ports.site().stations, (item) => item.name),
    );
  });
  router.get(`${BASE}/accounts`, (context) => {
    // Secrets are write-only.
    const accounts = ports.site().accounts.map(({ name, context: place, callerid, origin }) => {
      const registration = ports.trunkRegistration(name);
      return { name, context: place, callerid, origin, ...(registration === undefined ? {} : { registration }) };
    });
    context.body = page(
      context,
      listingOf(accounts, (item) => item.name),
    );
  });
  for (const path of ["/extensions", "/hints"]) {
    router.get(`${BASE}${path}`, (context) => {
      const hints = ports
        .site()
        .hints.map(({ extension, context: place, devices, origin }) => ({ number: extension, context: place, devices, origin }));
      context.body = page(
        context,
        listingOf(hints, (item) => `${item.number}@${item.context}`),
      );
    });
  }
  router.post(`${BASE}/reload`, async (context) => {
    const outcome = await ports.reload();
    const findings = findingsReport(outcome.diagnostics, FINDINGS_MAX);
    if (outcome.type === "refused") throw new Problem(422, outcome.reason, { ...findings });
    context.body = { diff: outcome.diff, ...findings };
  });
  router.post(`${BASE}/check`, async (context) => {
    const outcome = await ports.check(await readSiteUpload(context), FINDINGS_MAX);
    if (outcome.type === "refused") throw new Problem(403, outcome.reason);
    if (outcome.type === "unfit") throw new Problem(outcome.status, outcome.detail, outcome.fields);
    if (outcome.type === "failed") throw new Problem(422, outcome.reason);
    context.body = outcome.report;
  });
}

/** How whoever asks reached us. */
function reachedAt(context: Context): string {
  return `${context.protocol}://${context.host}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Problem(400, "A percent escape in the address is broken.");
  }
}
