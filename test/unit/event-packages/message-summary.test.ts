import assert from "node:assert/strict";
import { messageSummaryPackage } from "#event-packages/message-summary/message-summary-package";
import { splicedBody } from "#test/support/spliced-body";
import { wholeDocument } from "#test/support/tellings";

describe("message-summary documents (RFC 3842, E-6)", () => {
  it("are lines of CRLF with the account as it was subscribed, markup of URIs left as it is", () => {
    const counts = { new: 2, old: 8, urgentNew: 0, urgentOld: 2 };
    const template = wholeDocument(messageSummaryPackage, counts, "single", "application/simple-message-summary");
    assert.equal(
      splicedBody(template, 0, "sip:a&b@pbx.example"),
      "Messages-Waiting: yes\r\nMessage-Account: sip:a&b@pbx.example\r\nVoice-Message: 2/8 (0/2)\r\n",
    );
  });

  it("say no when only old messages are there", () => {
    const counts = { new: 0, old: 8, urgentNew: 0, urgentOld: 0 };
    const template = wholeDocument(messageSummaryPackage, counts, "single", "application/simple-message-summary");
    assert.match(splicedBody(template, 0, "sip:1@h"), /^Messages-Waiting: no\r\n/);
  });
});
