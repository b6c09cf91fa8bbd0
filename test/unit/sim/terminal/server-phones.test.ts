import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listPhones, NoPhones } from "#sim/terminal/server-phones";

const PHONE = { mac: "0000ffff0005", model: "generic", provisioningUrl: "http://10.0.0.1/provisioning/s/" };

describe("the phones of a server", () => {
  let server: Server;
  let asked: string[];
  let tokens: (string | undefined)[];
  let answer: (url: URL, response: ServerResponse) => void;
  beforeEach(async () => {
    [asked, tokens] = [[], []];
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      tokens.push(request.headers.authorization);
      answer(new URL(request.url ?? "", "http://x"), response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const access = () => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: "t" });

  function answering(status: number, body: unknown): void {
    answer = (_url, response) => {
      response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
    };
  }

  it("are read page by page to the end", async () => {
    answer = (url, response) => {
      const page = Number(url.searchParams.get("after")?.split(".")[0] ?? -1) + 1;
      response.end(JSON.stringify({ items: [{ ...PHONE, mac: `mac${page}` }], ...(page < 3 ? { next: `${page}.a&b=c` } : {}) }));
    };
    assert.deepEqual(
      (await listPhones(access())).map(({ mac }) => mac),
      ["mac0", "mac1", "mac2", "mac3"],
    );
    assert.match(asked[1] ?? "", /^\/api\/v1\/phones\?limit=\d+&after=0\.a%26b%3Dc$/);
    assert.ok(tokens.every((token) => token === "Bearer t"));
  });

  it("are refused with what to do about it", async () => {
    for (const [status, body, advice] of [
      [401, {}, /refuses the token/],
      [404, {}, /answered 404: is it a Lamplighter server/],
      [200, "<html>", /no JSON/],
      [200, {}, /no list of phones/],
      [200, { items: [{}] }, /phone without mac/],
      [200, { items: [{ ...PHONE, provisioningUrl: "null/x" }] }, /no provisioningUrl/],
      [200, { items: [null] }, /phone without mac/],
    ] as const) {
      answering(status, body);
      await assert.rejects(listPhones(access()), (error) => error instanceof NoPhones && advice.test(error.message));
    }
    await assert.rejects(listPhones({ url: "http://127.0.0.1:1", token: "t" }), /cannot be reached.*npm start/);
  });
});
