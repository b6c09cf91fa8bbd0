import assert from "node:assert/strict";
import { DEFAULT_HTTP_LIMITS } from "#app/http-limits";
import {
  connectionLimits,
  httpLimits,
  failureLimits,
  messageSizes,
  notifierLimits,
  publicationLimits,
  rateLimits,
  registrarLimits,
  xmlLimits,
} from "#app/site-limits";
import { DEFAULT_XML_LIMITS } from "#base/xml/read-xml";
import { DEFAULT_FAILURE_LIMITS } from "#sip/guard/failure-limiter";
import { DEFAULT_RATE_LIMITS } from "#sip/guard/source-rates";
import { DEFAULT_PUBLICATION_LIMITS } from "#sip/publication/limits";
import { DEFAULT_REGISTRAR_LIMITS } from "#sip/registrar/registrar-rules";
import type { SiteLimits } from "#domain/site/settings";
import { DEFAULT_NOTIFIER_LIMITS } from "#sip/subscription/limits";
import { DEFAULT_MESSAGE_SIZES } from "#sip/transaction/message-sizes";
import { DEFAULT_CONNECTION_LIMITS } from "#sip/transport/connections";

describe("notifierLimits", () => {
  it("are those of the site that runs, else the server's own (design §9.16, §9.23)", () => {
    let site: SiteLimits = {};
    const limits = notifierLimits(() => site);
    assert.deepEqual({ ...limits }, DEFAULT_NOTIFIER_LIMITS);
    site = { subscriptionsPerAccount: 7, subscriptions: 9 };
    assert.deepEqual([limits.perAccountAndSource, limits.total, limits.paceBurst], [7, 9, DEFAULT_NOTIFIER_LIMITS.paceBurst]);
  });
});

describe("registrarLimits and failureLimits", () => {
  it("follow the site that runs, and fall back to the server's own", () => {
    let site: SiteLimits = {};
    const [registrar, failures] = [registrarLimits(() => site), failureLimits(() => site)];
    assert.deepEqual({ ...registrar }, DEFAULT_REGISTRAR_LIMITS);
    assert.deepEqual({ ...failures }, DEFAULT_FAILURE_LIMITS);
    site = { contactsPerAccount: 2, wrongPasswordsPerAccount: 3, wrongPasswordsPerSource: 4 };
    assert.deepEqual([registrar.bindingsPerAor, failures.perAccountMax, failures.perSourceMax], [2, 3, 4]);
    assert.equal(failures.windowMs, DEFAULT_FAILURE_LIMITS.windowMs);
  });
});

describe("limits of the other rooms", () => {
  it("follow the site that runs, and fall back to the server's own", () => {
    let site: SiteLimits = {};
    const read = (): SiteLimits => site;
    const rooms = [
      rateLimits(read),
      publicationLimits(read),
      messageSizes(read),
      connectionLimits(read),
      xmlLimits(read),
      httpLimits(read),
    ] as const;
    const [rates, publications, sizes, connections, xml, http] = rooms;
    assert.deepEqual(
      rooms.map((room) => ({ ...room })),
      [
        DEFAULT_RATE_LIMITS,
        DEFAULT_PUBLICATION_LIMITS,
        DEFAULT_MESSAGE_SIZES,
        DEFAULT_CONNECTION_LIMITS,
        DEFAULT_XML_LIMITS,
        DEFAULT_HTTP_LIMITS,
      ],
    );
    site = {
      unauthenticatedPerSecond: 1,
      unauthenticatedBurst: 2,
      publications: 3,
      publicationsPerAccount: 4,
      publicationsPerResource: 5,
    };
    assert.deepEqual([rates.perSecond, rates.burst], [1, 2]);
    assert.deepEqual([publications.total, publications.perAccount, publications.perResource], [3, 4, 5]);
    site = {
      headers: 6,
      headerBytes: 7,
      headerSectionBytes: 8,
      bodyBytes: 9,
      connections: 10,
      connectionsPerSource: 11,
      httpConnectionsPerSource: 15,
      idleSeconds: 16,
    };
    assert.deepEqual({ ...sizes }, { headers: 6, headerBytes: 7, headerSectionBytes: 8, bodyBytes: 9 });
    assert.deepEqual({ ...connections }, { total: 10, perSource: 11, silentMs: 16_000 });
    assert.deepEqual({ ...http }, { total: 10, perSource: 15, idleMs: 16_000 });
    site = { xmlDepth: 12, xmlElements: 13, xmlAttributes: 14 };
    assert.deepEqual([xml.depth, xml.elements, xml.attributes], [12, 13, 14]);
  });

  it("ban at most as long as the first ban, when only that is raised", () => {
    const limits = failureLimits(() => ({ banSeconds: 5000 }));
    assert.deepEqual([limits.blockMs, limits.blockMaxMs], [5_000_000, 5_000_000]);
    assert.equal(failureLimits(() => ({ banSeconds: 1, banMaxSeconds: 2, wrongPasswordWindowSeconds: 3 })).blockMaxMs, 2000);
  });
});
