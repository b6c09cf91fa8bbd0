import { z } from "zod";
import { deviceStateBody } from "./device-body.ts";
import { drainBody } from "./drain-resource.ts";
import { featuresBody } from "./feature-body.ts";
import { mailboxBody } from "./mailbox-body.ts";
import { siteBody } from "./unpack-upload.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "./paging.ts";

/** What a status says of an operation that went well. */
const DESCRIPTIONS = { "200": "OK", "202": "Begun", "204": "Done" };

interface Operation {
  readonly path: string;
  readonly method: "get" | "put" | "post" | "delete";
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly isBodyOptional?: true;
  /** Other types that the body may have, beside JSON. */
  readonly bodyTypes?: readonly string[];
  /** A list, read page by page. */
  readonly isList?: true;
  /** application/json when it is not given. */
  readonly answers?: string;
  /** 200 when it is not given. */
  readonly status?: keyof typeof DESCRIPTIONS;
}

const OPERATIONS: readonly Operation[] = [
  { path: "/devices", method: "get", summary: "All devices with their slots", isList: true },
  { path: "/devices/{device}", method: "get", summary: "One device, its state and its slots" },
  { path: "/devices/{device}", method: "put", summary: "Write slot api; answered when it is durable", body: deviceStateBody },
  { path: "/devices/{device}", method: "delete", summary: "End slot api" },
  { path: "/lamps", method: "get", summary: "All lamps with their watchers", isList: true },
  { path: "/lamps/{lamp}", method: "get", summary: "One lamp: extension or extension@context" },
  {
    path: "/phones",
    method: "get",
    summary: "All phones, with provisioning address, fetches, registration and subscriptions",
    isList: true,
  },
  { path: "/phones/{mac}", method: "get", summary: "One phone" },
  {
    path: "/phones/{mac}/files/{name}",
    method: "get",
    summary: "One file of a phone as it would be fetched",
    answers: "text/xml",
  },
  {
    path: "/phones/{mac}/resync",
    method: "post",
    summary: "Ask the phone to read its configuration again (NOTIFY check-sync); what each of its contacts answered",
  },
  { path: "/registrations", method: "get", summary: "Accounts with live contacts", isList: true },
  { path: "/subscriptions", method: "get", summary: "Live subscriptions of this node", isList: true },
  { path: "/calls", method: "get", summary: "Calls of all nodes, with their legs", isList: true },
  { path: "/calls/{id}", method: "get", summary: "One call, with the sound of its legs at this node" },
  { path: "/calls/{id}", method: "delete", summary: "End a call: all its legs are hung up", status: "204" },
  { path: "/call-records", method: "get", summary: "Legs that are over, the newest first", isList: true },
  { path: "/lines", method: "get", summary: "What is on each trunk, and what its keys show", isList: true },
  { path: "/lines/{trunk}", method: "get", summary: "One line" },
  { path: "/mailboxes", method: "get", summary: "Mailboxes with their messages", isList: true },
  { path: "/mailboxes/{mailbox}", method: "get", summary: "One mailbox: 100@default, or 100" },
  {
    path: "/mailboxes/{mailbox}",
    method: "put",
    summary: "Say how many messages there are; wins over what is published, answered when it is durable",
    body: mailboxBody,
  },
  { path: "/mailboxes/{mailbox}", method: "delete", summary: "Take that back: what is published counts again" },
  { path: "/nodes", method: "get", summary: "The nodes on this store", isList: true },
  {
    path: "/bans",
    method: "get",
    summary: "Sources shut out of this node for wrong passwords, whole or for an account",
    isList: true,
  },
  {
    path: "/bans/{source}",
    method: "delete",
    summary: "Let a source in again: an address, or 2001:db8:0:1::/64",
    status: "204",
  },
  {
    path: "/events",
    method: "get",
    summary: "Server-sent events: lamp, device, registration, call, site; behind when the reader was too slow",
    answers: "text/event-stream",
  },
  { path: "/trunks", method: "get", summary: "Trunks of the site", isList: true },
  { path: "/stations", method: "get", summary: "Stations of the site", isList: true },
  { path: "/accounts", method: "get", summary: "Accounts of the site, without secrets", isList: true },
  { path: "/accounts/{account}/features", method: "get", summary: "Do not disturb and forwards of an account" },
  {
    path: "/accounts/{account}/features",
    method: "put",
    summary: "Set them; what is absent is off; told to all phones of the account, answered when it is durable",
    body: featuresBody,
  },
  { path: "/extensions", method: "get", summary: "Extensions with hints", isList: true },
  { path: "/hints", method: "get", summary: "The same", isList: true },
  { path: "/dialplan", method: "get", summary: "Contexts of the dialplan in short", isList: true },
  {
    path: "/dialplan/{context}",
    method: "get",
    summary: "One context: extensions in the order of matching, steps, hints, includes, and where each came from",
  },
  { path: "/reload", method: "post", summary: "Read the site again; 422 with diagnostics keeps what runs" },
  {
    path: "/check",
    method: "post",
    summary: "What is right and wrong with a site, as a path of this server or as files; nothing that runs is touched",
    body: siteBody,
    bodyTypes: ["application/zip", "multipart/form-data"],
  },
  { path: "/drain", method: "get", summary: "How far this node is with sending its watchers away" },
  {
    path: "/drain",
    method: "post",
    summary: "End every subscription of this node, paced over so many seconds, and take no new ones; answered at once",
    status: "202",
    body: drainBody,
    isBodyOptional: true,
  },
  { path: "/drain", method: "delete", summary: "Call it off: new subscriptions are taken again" },
  { path: "/openapi.json", method: "get", summary: "This description" },
];

const PAGE_PARAMETERS = [
  { name: "limit", in: "query", schema: { type: "integer", minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT } },
  { name: "after", in: "query", description: "`next` of the page before", schema: { type: "string" } },
];
const PAGE_SCHEMA = {
  type: "object",
  required: ["items"],
  properties: { items: { type: "array", items: { type: "object" } }, next: { type: "string" } },
};
const PROBLEM = {
  description: "A problem (RFC 9457)",
  content: {
    "application/problem+json": {
      schema: {
        type: "object",
        required: ["title", "status", "detail"],
        properties: {
          type: { type: "string" },
          title: { type: "string" },
          status: { type: "integer" },
          detail: { type: "string" },
        },
      },
    },
  },
};

/** The API's own description (OpenAPI 3.1). */
export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) (paths[operation.path] ??= {})[operation.method] = describe(operation);
  return {
    openapi: "3.1.0",
    info: { title: "Lamplighter", version: "1" },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths,
  };
}

function describe({
  path,
  summary,
  body,
  bodyTypes = [],
  isBodyOptional,
  isList,
  answers = "application/json",
  status = "200",
}: Operation): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return {
    summary,
    parameters: [...inPath, ...(isList === true ? PAGE_PARAMETERS : [])],
    ...(body === undefined ? {} : { requestBody: { content: contentOf(body, bodyTypes), required: isBodyOptional !== true } }),
    responses: {
      [status]:
        status === "204"
          ? { description: DESCRIPTIONS[status] }
          : { description: DESCRIPTIONS[status], content: { [answers]: isList === true ? { schema: PAGE_SCHEMA } : {} } },
      default: PROBLEM,
    },
  };
}

function contentOf(body: z.ZodType, otherTypes: readonly string[]): object {
  const json = { schema: z.toJSONSchema(body, { io: "input" }) };
  return { "application/json": json, ...Object.fromEntries(otherTypes.map((type) => [type, {}])) };
}
