import assert from "node:assert/strict";
import { advertisedOrigin } from "#app/advertised-origin";

describe("the address that phones fetch from", () => {
  it("is the one under which we were asked", () => {
    assert.equal(advertisedOrigin("http://10.0.0.1:8080", undefined), "http://10.0.0.1:8080");
  });

  it("has the advertised host, and the port and scheme under which we were asked (design §6)", () => {
    assert.equal(advertisedOrigin("http://localhost:8080", "pbx.example"), "http://pbx.example:8080");
    assert.equal(advertisedOrigin("https://127.0.0.1:8443", "2001:db8::1"), "https://[2001:db8::1]:8443");
  });

  it("is left alone when it cannot be read", () => {
    assert.equal(advertisedOrigin("", "pbx.example"), "");
  });
});
