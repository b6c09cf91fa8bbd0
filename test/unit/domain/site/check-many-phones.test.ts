import { checkSite } from "#domain/site/check-site";
import { withGeneratedEntries } from "#domain/site/generated-entries";
import { EMPTY_SITE, type Station } from "#domain/site/site";
import { quickly } from "./cpu-time.ts";

describe("checkSite", function () {
  this.timeout(20_000);

  it("is quick with 20,000 stations whose entries are all generated", () => {
    const stations = Array.from({ length: 20_000 }, (_, at): Station => {
      const origin = `site.yaml:${at + 1}`;
      const timers = { ringdelay: 0, ringtimeout: 0, hold: "open" } as const;
      return { name: `s${at}`, device: `SIP/s${at}`, keys: [], autocontext: "keys", origin, ...timers };
    });
    const site = withGeneratedEntries({ ...EMPTY_SITE, stations });
    quickly(() => checkSite(site));
  });
});
