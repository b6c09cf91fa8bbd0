import assert from "node:assert/strict";
import { infoDigits } from "#calls/info-digits";
import type { SipRequest } from "#sip/message/message";

function info(type: string, body: string): SipRequest {
  return { headers: [{ name: "content-type", value: type }], body } as unknown as SipRequest;
}

describe("digits in INFO (B-28)", () => {
  it("are read in both forms, with the numbers of old devices", () => {
    assert.deepEqual(infoDigits(info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n")), ["5"]);
    assert.deepEqual(infoDigits(info("Application/DTMF-Relay; x=y", "signal = 11\r\n")), ["#"]);
    assert.deepEqual(infoDigits(info("application/dtmf", "12*#d")), ["1", "2", "*", "#", "D"]);
    assert.deepEqual(infoDigits(info("application/dtmf", "10")), ["*"]);
  });

  it("are none where it says something else; many are cut", () => {
    assert.equal(infoDigits(info("text/plain", "5")), undefined);
    assert.deepEqual(infoDigits(info("application/dtmf-relay", "Signal=flash")), []);
    assert.equal(infoDigits(info("application/dtmf", "5".repeat(1000)))?.length, 32);
  });
});
