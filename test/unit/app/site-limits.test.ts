import assert from "node:assert/strict";
import { failureLimits, notifierLimits, registrarLimits } from "#app/site-limits";
import { DEFAULT_FAILURE_LIMITS } from "#sip/auth/failure-limiter";
import { DEFAULT_REGISTRAR_LIMITS } from "#sip/registrar/registrar-rules";
import type { SiteLimits } from "#domain/site/settings";
import { DEFAULT_NOTIFIER_LIMITS } from "#sip/subscription/limits";

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
