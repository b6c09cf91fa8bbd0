import assert from "node:assert/strict";
import { apiRouter } from "#admin/api";
import { openApi } from "#admin/openapi";
import type { AdminPorts } from "#admin/ports";
import { FakeClock } from "#test/support/fake-clock";

interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly parameters: readonly { readonly name: string }[] }>>>
  >;
}

/** The routes of a router as OpenAPI writes them: "get /devices/{device}". */
function routes(): string[] {
  const { stack } = apiRouter({} as AdminPorts, new FakeClock());
  return stack.flatMap(({ path, methods }) => {
    // The one route that is an expression: names of devices hold slashes.
    if (path instanceof RegExp) return ["get", "put", "delete"].map((method) => `${method} /devices/{device}`);
    const written = path.replace("/api/v1", "").replace(/:(\w+)/g, "{$1}");
    return methods.filter((method) => method !== "HEAD").map((method) => `${method.toLowerCase()} ${written}`);
  });
}

describe("the API's own description", () => {
  const { paths } = openApi() as Description;

  it("describes every address that exists and nothing else", () => {
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    assert.deepEqual(described.sort(), routes().sort());
  });

  it("names every variable of an address, and how lists are paged", () => {
    for (const [path, methods] of Object.entries(paths)) {
      for (const { parameters } of Object.values(methods)) {
        const names = parameters.map(({ name }) => name);
        for (const [, name = ""] of path.matchAll(/\{(\w+)\}/g)) assert.ok(names.includes(name), path);
      }
    }
    assert.deepEqual(
      paths["/devices"]?.["get"]?.parameters.map(({ name }) => name),
      ["limit", "after"],
    );
  });

  it("is plain JSON without references to elsewhere", () => {
    const text = JSON.stringify(openApi());
    assert.deepEqual(JSON.parse(text), openApi());
    assert.ok(!text.includes('"$ref"'));
  });
});
