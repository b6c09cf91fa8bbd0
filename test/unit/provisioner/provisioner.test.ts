import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Koa from "koa";
import { quietLog } from "#base/log";
import type { PhoneView } from "#provisioner/phone-view";
import type { Fetch } from "#provisioner/ports";
import { checkPhone, provisioner, renderPhoneFile } from "#provisioner/provisioner";
import { FakeClock } from "#test/support/fake-clock";
import { labelled, samplePhone, sampleRegistration } from "./phone-views.ts";

const SECRET = "5".repeat(40);
const OTHER_SECRET = "6".repeat(40);
const MAC = "0000ffff0005";
const OTHER_MAC = "0004f2000001";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("the files that phones fetch", () => {
  let server: Server;
  let phones: Map<string, PhoneView>;
  let localHosts: string[];
  let fetches: Fetch[];
  const clock = new FakeClock();

  beforeEach(async () => {
    phones = new Map([
      [SECRET, samplePhone()],
      [OTHER_SECRET, samplePhone({ mac: OTHER_MAC })],
    ]);
    [fetches, localHosts] = [[], []];
    const findBySecret = (secret: string, localHost: string): PhoneView | undefined => {
      localHosts.push(localHost);
      return phones.get(secret);
    };
    const app = new Koa();
    app.use(provisioner({ phones: { findBySecret }, fetches: { record: (fetch) => fetches.push(fetch) }, clock, log: quietLog }));
    app.use((context) => {
      context.body = "behind the provisioner";
    });
    const listener = app.callback();
    server = createServer((asked, answer) => void listener(asked, answer));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  /** Sends the path as it is: fetch() would tidy it up. */
  function ask(path: string, method = "GET", headers: Readonly<Record<string, string>> = {}, body = ""): Promise<Answer> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: "127.0.0.1", port, path, method, headers: { "user-agent": "test", ...headers }, agent: false },
        (got) => {
          const chunks: Buffer[] = [];
          got.on("data", (chunk: Buffer) => chunks.push(chunk));
          got.on("end", () => {
            resolve({ status: got.statusCode ?? 0, headers: got.headers, body: Buffer.concat(chunks).toString("utf8") });
          });
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** An answer without what differs from second to second. */
  function bare({ status, headers, body }: Answer): unknown {
    return { status, headers: { ...headers, date: "" }, body };
  }

  const own = (name: string, secret = SECRET): string => `/provisioning/${secret}/${name}`;

  it("are served with an exact length, a digest and no encoding", async () => {
    for (const name of [`${MAC}.cfg`, `${MAC}-lines.cfg`]) {
      const answer = await ask(own(name), "GET", { "accept-encoding": "gzip" });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["content-type"], "text/xml; charset=utf-8");
      assert.equal(Number(answer.headers["content-length"]), Buffer.byteLength(answer.body));
      assert.equal(answer.headers["content-encoding"], undefined);
      assert.match(answer.headers.etag ?? "", /^"[\w-]{27}"$/);
      assert.equal(answer.body, renderPhoneFile(samplePhone(), name)?.body);
    }
  });

  it("have names of any case", async () => {
    const lower = await ask(own(`${MAC}.cfg`));
    assert.deepEqual(bare(await ask(own(`${MAC.toUpperCase()}.CFG`))), bare(lower));
  });

  it("are the same bytes until the phone changes", async () => {
    const first = await ask(own(`${MAC}-lines.cfg`));
    assert.deepEqual(bare(await ask(own(`${MAC}-lines.cfg`))), bare(first));
    phones.set(SECRET, labelled("Reception"));
    const changed = await ask(own(`${MAC}-lines.cfg`));
    assert.notEqual(changed.headers.etag, first.headers.etag);
    assert.match(changed.body, /reg\.1\.label="Reception"/);
  });

  it("are not sent again to whoever has them", async () => {
    const { headers } = await ask(own(`${MAC}.cfg`));
    for (const tags of [headers.etag ?? "", `"x", ${headers.etag ?? ""}`, `W/${headers.etag ?? ""}`, "*"]) {
      const answer = await ask(own(`${MAC}.cfg`), "GET", { "if-none-match": tags, "cache-control": "no-cache" });
      assert.equal(answer.status, 304);
      assert.equal(answer.body, "");
      assert.equal(answer.headers.etag, headers.etag);
    }
    assert.equal((await ask(own(`${MAC}.cfg`), "GET", { "if-none-match": '"x"' })).status, 200);
  });

  it("have the same headers for HEAD", async () => {
    const [get, head] = [await ask(own(`${MAC}.cfg`)), await ask(own(`${MAC}.cfg`), "HEAD")];
    assert.deepEqual(bare({ ...head, body: get.body }), bare(get));
    assert.equal(head.body, "");
  });

  it("are kept by nobody on the way, nor is the answer that there are none", async () => {
    const { headers } = await ask(own(`${MAC}.cfg`));
    const answers = [
      ask(own(`${MAC}.cfg`)),
      ask(own(`${MAC}.cfg`), "HEAD"),
      ask(own(`${MAC}.cfg`), "GET", { "if-none-match": headers.etag ?? "" }),
      ask(own("x")),
      ask(own(`${MAC}.cfg`), "DELETE"),
    ];
    for (const answer of await Promise.all(answers)) assert.equal(answer.headers["cache-control"], "no-store");
  });

  it("say where the phone reached us", async () => {
    await ask(own(`${MAC}.cfg`));
    assert.deepEqual(localHosts, ["127.0.0.1"]);
  });

  it("are for the phone alone: everything else is one and the same 404", async () => {
    const expected = bare(await ask(own(`${MAC}.cfg`, "7".repeat(40))));
    assert.equal((expected as Answer).status, 404);
    const nobodys = [
      own(`${OTHER_MAC}.cfg`),
      own(`${OTHER_MAC}-lines.cfg`),
      own("000000000000.cfg"),
      own("0004f2ffffff.cfg"),
      own(`${MAC}-phone.cfg`),
      own(`${MAC}-web.cfg`),
      own(`${MAC}-directory.xml`),
      own(`${MAC}-license.cfg`),
      own(`${MAC}-calls.xml`),
      own(`${MAC}-app.log`),
      own("2345-12450-001.sip.ld"),
      own("2345-12450-001.2345-12450-001.sip.ld"),
      own("sip.ver"),
      own("constructor"),
      own(""),
      own(`${MAC}.cfg/`),
      own(`/${MAC}.cfg`),
      own(`./${MAC}.cfg`),
      own(`../${SECRET}/${MAC}.cfg`),
      own(`%2e%2e/${SECRET}/${MAC}.cfg`),
      own(`..%2f..%2fetc%2fpasswd`),
      own(`${MAC}.cfg%00`),
      own("x".repeat(5000)),
      `/provisioning/${MAC}.cfg`,
      `/provisioning/short/${MAC}.cfg`,
      `/provisioning/${SECRET}`,
      `/provisioning/${SECRET.slice(0, -1)}/${MAC}.cfg`,
      `/provisioning/__proto__________________/${MAC}.cfg`,
      `/provisioning//${MAC}.cfg`,
      "/provisioning/",
      "/provisioning",
    ];
    for (const path of nobodys) assert.deepEqual(bare(await ask(path)), expected, path);
  });

  it("leave other paths alone", async () => {
    for (const path of ["/", "/provisioningx", "/api/v1/phones"]) assert.equal((await ask(path)).body, "behind the provisioner");
  });

  it("cannot be removed, listed or posted to: 405 with Allow, whoever asks", async () => {
    for (const secret of [SECRET, "7".repeat(40)]) {
      for (const method of ["DELETE", "PROPFIND", "PATCH", "OPTIONS", "MKCOL", "POST"]) {
        const answer = await ask(own(`${MAC}.cfg`, secret), method);
        assert.deepEqual([answer.status, answer.headers.allow], [405, "GET, HEAD"], method);
      }
      const answer = await ask(own(`${MAC}-app.log`, secret), "DELETE");
      assert.deepEqual([answer.status, answer.headers.allow], [405, "GET, HEAD, PUT, POST"]);
    }
  });

  it("are not uploaded yet, which a phone is told and nobody else", async () => {
    for (const method of ["PUT", "POST"]) {
      for (const end of ["-boot.log", "-app.log", "-now-app.log", "-phone.cfg", "-web.cfg", "-directory.xml", "-calls.xml"]) {
        const answer = await ask(own(`${MAC}${end}`), method, {}, "x".repeat(2000));
        assert.deepEqual([answer.status, answer.body], [403, "uploads are not stored yet\n"], end);
        assert.equal(answer.headers.connection, "close", "the body is not read to its end");
      }
      assert.equal((await ask(own(`${OTHER_MAC}-app.log`), method)).status, 404);
      assert.equal((await ask(own(`${MAC}-app.log`, "7".repeat(40)), method)).status, 404);
    }
    for (const name of [`${MAC}.cfg`, "x", `../x`, "%2e%2e/x", `${MAC}-phone.cfg/../../a`])
      assert.equal((await ask(own(name), "PUT")).status, 404);
  });

  it("are refused before an upload is read, however long it is", async () => {
    const { port } = server.address() as AddressInfo;
    const sent = request({
      host: "127.0.0.1",
      port,
      path: own(`${MAC}-app.log`),
      method: "PUT",
      headers: { "transfer-encoding": "chunked" },
      agent: false,
    });
    sent.on("error", () => undefined);
    sent.write("a beginning without an end");
    const [got] = (await once(sent, "response")) as [IncomingMessage];
    assert.equal(got.statusCode, 403);
    got.resume();
    await once(sent, "close");
  });

  it("are accounted for, with what the phone says of itself", async () => {
    const agent = "FileTransport PolycomVVX-VVX_500-UA/5.9.7.4477 Type/Application";
    const { headers } = await ask(own(`${MAC}.cfg`), "GET", { "user-agent": agent });
    await ask(own(`${MAC}.cfg`), "GET", { "if-none-match": headers.etag ?? "" });
    await ask(own(`${MAC}-phone.cfg`), "GET", { "user-agent": "x".repeat(1000) });
    await ask(own(`${MAC}.cfg`, "7".repeat(40)));
    assert.deepEqual(fetches[0], {
      mac: MAC,
      file: `${MAC}.cfg`,
      at: clock.now(),
      remote: "127.0.0.1",
      userAgent: agent,
      status: 200,
      etag: headers.etag,
      software: { model: "VVX_500", token: "VVX_500", version: "5.9.7.4477", stage: "application" },
    });
    assert.deepEqual(
      fetches.map(({ status }) => status),
      [200, 304, 404],
    );
    assert.equal(fetches[2]?.userAgent.length, 200);
  });

  it("do not depend on the User-Agent", async () => {
    const plain = await ask(own(`${MAC}-lines.cfg`));
    const agent = "FileTransport PolycomVVX-VVX_101-UA/5.4.3.1014 Type/Application";
    assert.deepEqual(bare(await ask(own(`${MAC}-lines.cfg`), "GET", { "user-agent": agent })), bare(plain));
  });

  it("are a server's error when they cannot be made: the phone keeps what it has", async () => {
    phones.set(SECRET, samplePhone({ registrations: [{ ...sampleRegistration, password: "s3cret".repeat(100) }] }));
    const answer = await ask(own(`${MAC}-lines.cfg`));
    assert.equal(answer.status, 500);
    assert.ok(!answer.body.includes("s3cret"));
    assert.equal(answer.headers.etag, undefined);
  });

  it("do not exist for a vendor that is not served", async () => {
    const phone = samplePhone({ vendor: "nobody" });
    phones.set(SECRET, phone);
    assert.equal((await ask(own(`${MAC}.cfg`))).status, 404);
    assert.equal(renderPhoneFile(phone, `${MAC}.cfg`), undefined);
    assert.equal(checkPhone(phone)[0]?.field, "vendor");
  });
});
