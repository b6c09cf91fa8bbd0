import assert from "node:assert/strict";
import fc from "fast-check";
import { systemClock } from "#base/system-clock";
import { CachedDns, systemDns } from "#sip/locate/dns";
import { locate, wantedOf, type OutgoingTransport } from "#sip/locate/locate";
import { orderServers } from "#sip/locate/order";
import { aRecord, DnsServer, naptrRecord, srvRecord } from "#test/support/dns-server";
import { SeededRandom } from "#test/support/seeded-random";

const ALL: readonly OutgoingTransport[] = ["udp", "tcp", "tls"];

describe("locating a SIP server (RFC 3263)", () => {
  let server: DnsServer;
  let dns: CachedDns;

  beforeEach(async () => {
    server = await DnsServer.start();
    dns = new CachedDns(systemDns(systemClock, [server.address]), systemClock);
    server.records.set("A a.example.com", [aRecord("192.0.2.1"), aRecord("192.0.2.2")]);
    server.records.set("A b.example.com", [aRecord("192.0.2.3")]);
  });

  afterEach(() => {
    server.stop();
  });

  async function places(uri: string, transports = ALL): Promise<string[]> {
    const wanted = wantedOf(uri);
    assert.ok(wanted !== undefined);
    const targets = await locate(wanted, { dns, random: new SeededRandom(), transports: () => transports });
    return targets.map(({ transport, host, port }) => `${transport} ${host} ${port}`);
  }

  it("asks nothing for an address", async () => {
    assert.deepEqual(await places("sip:192.0.2.9"), ["udp 192.0.2.9 5060"]);
    assert.deepEqual(await places("sips:192.0.2.9"), ["tls 192.0.2.9 5061"]);
    assert.deepEqual(await places("sip:[2001:db8::1]:5070;transport=tcp"), ["tcp 2001:db8::1 5070"]);
    assert.deepEqual(server.asked, []);
  });

  it("asks for addresses only where a port is written", async () => {
    assert.deepEqual(await places("sip:a.example.com:5070"), ["udp 192.0.2.1 5070", "udp 192.0.2.2 5070"]);
    assert.ok(server.asked.every((question) => !/SRV|NAPTR/.test(question)));
  });

  it("follows NAPTR, SRV by priority, and addresses, with the transports we have", async () => {
    server.records.set("NAPTR example.com", [
      naptrRecord(2, "SIP+D2U", "_sip._udp.example.com"),
      naptrRecord(1, "SIPS+D2T", "_sips._tcp.example.com"),
    ]);
    server.records.set("SRV _sip._udp.example.com", [
      srvRecord(20, 0, 5062, "b.example.com"),
      srvRecord(10, 0, 5061, "a.example.com"),
    ]);
    server.records.set("SRV _sips._tcp.example.com", [srvRecord(1, 1, 5063, "b.example.com")]);
    const overUdp = ["udp 192.0.2.1 5061", "udp 192.0.2.2 5061", "udp 192.0.2.3 5062"];
    assert.deepEqual(await places("sip:example.com"), ["tls 192.0.2.3 5063", ...overUdp]);
    assert.deepEqual(await places("sip:example.com", ["udp"]), overUdp);
  });

  it("goes on with SRV without NAPTR, and with addresses without SRV", async () => {
    server.records.set("SRV _sip._tcp.example.com", [srvRecord(1, 1, 5070, "b.example.com")]);
    assert.deepEqual(await places("sip:example.com"), ["tcp 192.0.2.3 5070"]);
    assert.deepEqual(await places("sip:a.example.com"), ["udp 192.0.2.1 5060", "udp 192.0.2.2 5060"]);
    assert.deepEqual(await places("sip:nowhere.example.com"), []);
  });

  it("asks once within a minute", async () => {
    await Promise.all([places("sip:a.example.com:5070"), places("sip:A.example.com:5070")]);
    await places("sip:a.example.com:5070");
    assert.deepEqual(server.asked.filter((question) => question === "A a.example.com").length, 1);
  });

  it("bounds what a hostile domain answers, and takes no address where no server can be", async () => {
    const many = Array.from({ length: 30 }, (_one, at) => srvRecord(1, 1, 5060, at === 0 ? "bad.example.com" : "a.example.com"));
    server.records.set("SRV _sip._udp.evil.example.com", many);
    server.records.set("A bad.example.com", [aRecord("0.0.0.0"), aRecord("224.0.0.1"), aRecord("255.255.255.255")]);
    const found = await places("sip:evil.example.com");
    assert.ok(found.length > 0 && found.length <= 16);
    assert.ok(found.every((place) => place.startsWith("udp 192.0.2.")));
    assert.equal(wantedOf("sip:example.com;transport=ws"), undefined);
    assert.equal(wantedOf("tel:123"), undefined);
  });

  it("draws servers of one priority by weight, each once (RFC 2782)", () => {
    const record = fc.record({ name: fc.string(), port: fc.nat(65_535), priority: fc.nat(3), weight: fc.nat(65_535) });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), fc.nat(), (records, seed) => {
        const order = orderServers(records, new SeededRandom(seed));
        assert.deepEqual(new Set(order), new Set(records));
        assert.equal(order.length, records.length);
        assert.ok(order.every(({ priority }, at) => at === 0 || (order[at - 1]?.priority ?? 0) <= priority));
      }),
      { numRuns: 500 },
    );
    const random = new SeededRandom();
    const pair = [10, 90].map((weight) => ({ name: String(weight), port: 1, priority: 1, weight }));
    const heavyFirst = Array.from({ length: 1000 }, () => orderServers(pair, random)[0]?.name).filter((name) => name === "90");
    assert.ok(heavyFirst.length > 800 && heavyFirst.length < 970, String(heavyFirst.length));
  });
});
