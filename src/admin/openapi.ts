import { z } from "zod";
import { deviceStateBody } from "./device-body.ts";

interface Operation {
  readonly path: string;
  readonly method: "get" | "put" | "post" | "delete";
  readonly summary: string;
  readonly body?: z.ZodType;
}

const OPERATIONS: readonly Operation[] = [
  { path: "/devices", method: "get", summary: "All devices with their slots" },
  { path: "/devices/{device}", method: "get", summary: "One device, its state and its slots" },
  { path: "/devices/{device}", method: "put", summary: "Write slot api; answered when it is durable", body: deviceStateBody },
  { path: "/devices/{device}", method: "delete", summary: "End slot api" },
  { path: "/lamps", method: "get", summary: "All lamps with their watchers" },
  { path: "/lamps/{lamp}", method: "get", summary: "One lamp: extension or extension@context" },
  { path: "/phones", method: "get", summary: "All phones, with provisioning address, fetches, registration and subscriptions" },
  { path: "/phones/{mac}", method: "get", summary: "One phone" },
  { path: "/phones/{mac}/files/{name}", method: "get", summary: "One file of a phone as it would be fetched" },
  { path: "/registrations", method: "get", summary: "Accounts with live contacts" },
  { path: "/subscriptions", method: "get", summary: "Live subscriptions of this node" },
  { path: "/events", method: "get", summary: "Server-sent events: lamp, device, registration, site" },
  { path: "/trunks", method: "get", summary: "Trunks of the site" },
  { path: "/stations", method: "get", summary: "Stations of the site" },
  { path: "/accounts", method: "get", summary: "Accounts of the site, without secrets" },
  { path: "/extensions", method: "get", summary: "Extensions with hints" },
  { path: "/hints", method: "get", summary: "The same" },
  { path: "/reload", method: "post", summary: "Read the site again; 422 with diagnostics keeps what runs" },
];

/** The API's own description (OpenAPI 3.1). */
export function openApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { path, method, summary, body } of OPERATIONS) {
    const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    }));
    const requestBody =
      body === undefined
        ? {}
        : { requestBody: { content: { "application/json": { schema: z.toJSONSchema(body, { io: "input" }) } } } };
    const entry = (paths[path] ??= {});
    entry[method] = {
      summary,
      parameters,
      ...requestBody,
      responses: { "200": { description: "OK" }, default: { description: "A problem (RFC 9457)" } },
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Lamplighter", version: "1" },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths,
  };
}
