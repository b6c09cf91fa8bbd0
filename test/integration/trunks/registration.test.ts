import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestResponse, hashHex } from "#base/digest";
import { parseDigest } from "#sip/message/auth-header";
import { headerOf, type SipRequest } from "#sip/message/message";
import { parseMessage } from "#sip/message/parse-message";
import { printResponse } from "#sip/message/print-message";
import { eventually } from "#test/support/eventually";
import { ServerUnderTest } from "#test/support/server";

const SECRET = "a quiet word";
const NONCE = "abc123";

/** A provider's registrar on UDP: digest, MD5, one nonce. */
class Registrar {
  readonly seen: SipRequest[] = [];
  /** Answers to those who show the right password. */
  status = 200;
  /** Hears nothing. */
  isDeaf = false;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (data, from) => {
      const parsed = parseMessage(data.toString("latin1"));
      if (this.isDeaf || !parsed.ok || parsed.value.kind !== "request") return;
      this.seen.push(parsed.value);
      const answer = printResponse(parsed.value, this.#answer(parsed.value), { host: from.address, port: from.port });
      socket.send(Buffer.from(answer, "latin1"), from.port, from.address);
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  of(method: string): SipRequest[] {
    return this.seen.filter((request) => request.method === method);
  }

  #answer(request: SipRequest): Parameters<typeof printResponse>[1] {
    if (request.method === "OPTIONS") return { status: 404, toTag: "p" };
    const shown = parseDigest(headerOf(request, "authorization") ?? "");
    const challenge = `Digest realm="provider", nonce="${NONCE}", qop="auth", algorithm=MD5`;
    if (shown?.get("response") !== rightAnswer(shown, request))
      return { status: 401, toTag: "p", headers: [["WWW-Authenticate", challenge]] };
    const contact = `${headerOf(request, "contact") ?? ""};expires=${headerOf(request, "expires") ?? "0"}`;
    return { status: this.status, toTag: "p", headers: [["Contact", contact]] };
  }
}

function rightAnswer(shown: ReadonlyMap<string, string> | undefined, { method, uri }: SipRequest): string {
  const ha1 = hashHex("MD5", `trunkuser:provider:${SECRET}`);
  const [nc, cnonce] = [shown?.get("nc") ?? "", shown?.get("cnonce") ?? ""];
  return digestResponse("MD5", ha1, { method, uri, nonce: NONCE, qop: "auth", nc, cnonce });
}

describe("registrations with providers", () => {
  let folder: string;
  let socket: Socket;
  let registrar: Registrar;
  let server: ServerUnderTest | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    registrar = new Registrar(socket);
  });

  afterEach(async () => {
    await server?.stop();
    server = undefined;
    socket.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function write(secret: string | undefined, seconds = 600, qualify = "yes"): Promise<void> {
    const register = secret === undefined ? "" : `register => trunkuser:${secret}@127.0.0.1:${registrar.port}/100~${seconds}`;
    const peer = `[provider]\ntype=peer\nhost=127.0.0.1\nport=${registrar.port}\nqualify=${qualify}\nqualifyfreq=1\n`;
    await writeFile(join(folder, "sip.conf"), `[general]\n${register}\n${peer}`);
  }

  async function account(): Promise<{
    readonly registration?: { readonly state: string; readonly reason?: string; readonly expiresAt?: string };
  }> {
    const { json } = (await server?.api("GET", "accounts")) ?? { json: undefined };
    return json.items.find(({ name }: { name: string }) => name === "provider");
  }

  it("registers with the password, shows it in the API, asks whether the peer is there and takes the registration back on reload", async () => {
    await write(SECRET);
    server = await ServerUnderTest.start({ site: folder });
    const state = await eventually(async () => {
      const { registration } = await account();
      assert.equal(registration?.state, "registered");
      return registration;
    });
    assert.ok(Date.parse(state.expiresAt ?? "") > Date.now() + 500_000);
    const [first, second] = registrar.of("REGISTER");
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual([first.uri, first.to.uri], [`sip:127.0.0.1:${registrar.port}`, "sip:trunkuser@127.0.0.1"]);
    assert.equal(headerOf(second, "contact"), `<sip:100@127.0.0.1:${server.sipPort}>`);
    assert.deepEqual([second.callId === first.callId, second.cseq.number - first.cseq.number], [true, 1]);
    await eventually(async () => {
      const { json } = await server!.api("GET", "devices/SIP%2Fprovider");
      assert.equal(json.slots.find(({ source }: { source: string }) => source === "qualify")?.state, "NOT_INUSE");
    });
    await write(undefined);
    assert.equal((await server.api("POST", "reload")).status, 200);
    await eventually(() => {
      const last = registrar.of("REGISTER").at(-1);
      assert.equal(last === undefined ? undefined : headerOf(last, "expires"), "0");
    });
    assert.equal((await account()).registration, undefined);
  });

  it("mends a wrong password and moves the expiry on reload, and takes nothing back for that", async () => {
    await write("wrong");
    server = await ServerUnderTest.start({ site: folder });
    await eventually(async () => {
      assert.equal((await account()).registration?.state, "refused");
    });
    for (const seconds of [600, 300]) {
      await write(SECRET, seconds);
      assert.equal((await server.api("POST", "reload")).status, 200);
      await eventually(async () => {
        const { registration } = await account();
        assert.equal(registration?.state, "registered");
        assert.ok(Math.abs(Date.parse(registration.expiresAt ?? "") - Date.now() - seconds * 1000) < 30_000);
      });
    }
    assert.ok(registrar.of("REGISTER").every((request) => headerOf(request, "expires") !== "0"));
  });

  it("a peer at a fixed address that nobody asks is there; asked, it is there while it answers (sla.md §4.2)", async () => {
    const state = async (): Promise<string> => {
      const { json } = await server!.api("GET", "devices/SIP%2Fprovider");
      return json.state;
    };
    await write(undefined, 600, "no");
    server = await ServerUnderTest.start({ site: folder });
    assert.equal(await state(), "NOT_INUSE");
    registrar.isDeaf = true;
    await write(undefined);
    assert.equal((await server.api("POST", "reload")).status, 200);
    assert.equal(await state(), "UNAVAILABLE");
    registrar.isDeaf = false;
    await eventually(async () => {
      assert.equal(await state(), "NOT_INUSE");
    });
    assert.deepEqual(registrar.of("REGISTER"), []);
  });

  it("leaves the registration alone at a SIGTERM", async () => {
    await write(SECRET);
    server = await ServerUnderTest.start({ site: folder });
    await eventually(async () => {
      assert.equal((await account()).registration?.state, "registered");
    });
    await server.end("SIGTERM");
    assert.deepEqual(
      registrar.of("REGISTER").map((request) => headerOf(request, "expires")),
      ["600", "600"],
    );
  });

  it("shows a wrong password twice at most, and says that it is refused", async () => {
    await write("wrong");
    server = await ServerUnderTest.start({ site: folder });
    await eventually(async () => {
      const { registration } = await account();
      assert.deepEqual([registration?.state, registration?.reason], ["refused", "401 Unauthorized"]);
    });
    assert.equal(registrar.of("REGISTER").length, 2);
  });
});
