import assert from "node:assert/strict";
import { notifierLimits } from "#app/site-limits";
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
