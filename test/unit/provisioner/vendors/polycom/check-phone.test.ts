import assert from "node:assert/strict";
import type { PhoneView, RegistrationView } from "#provisioner/phone-view";
import { capabilitiesOf, checkPhone } from "#provisioner/vendors/polycom/check-phone";
import { polycom } from "#provisioner/vendors/polycom/polycom";
import { sampleKeys, samplePhone, sampleRegistration } from "#test/unit/provisioner/phone-views";

function withRegistration(changes: Partial<RegistrationView>): PhoneView {
  return samplePhone({ registrations: [{ ...sampleRegistration, ...changes }] });
}

function fieldsOf(phone: PhoneView): readonly string[] {
  return checkPhone(phone).map(({ field }) => field);
}

function isRendered(phone: PhoneView): boolean {
  return polycom.render(phone, "0000ffff0005-lines.cfg").ok;
}

describe("what a Polycom phone does not take", () => {
  it("finds nothing wrong with the sample", () => {
    assert.deepEqual(checkPhone(samplePhone()), []);
  });

  it("takes 256 characters of text and refuses 257, by field and without the value", () => {
    for (const field of ["address", "authUser", "password", "label"] as const) {
      assert.deepEqual(fieldsOf(withRegistration({ [field]: "x".repeat(256) })), []);
      const phone = withRegistration({ [field]: "x".repeat(257) });
      const [problem] = checkPhone(phone);
      assert.equal(problem?.field, `registrations[0].${field}`);
      assert.match(problem.message, /257 characters, a phone takes 256/);
      assert.ok(!problem.message.includes("xx"));
      assert.ok(!isRendered(phone));
    }
  });

  it("counts characters, not halves of them", () => {
    assert.deepEqual(fieldsOf(withRegistration({ label: "😀".repeat(256) })), []);
    assert.deepEqual(fieldsOf(withRegistration({ label: "😀".repeat(257) })), ["registrations[0].label"]);
  });

  it("names the key whose label does not fit", () => {
    const keys = sampleKeys(3).map((key, at) => (at === 2 ? { ...key, label: "x".repeat(300) } : key));
    const [problem] = checkPhone(samplePhone({ keys }));
    assert.equal(problem?.message, "keys[2].label (attendant.resourceList.3.label) has 300 characters, a phone takes 256");
  });

  it("refuses characters that no XML file can hold instead of changing them", () => {
    for (const bad of ["\u0000", "\u001b", "\ufffe", "\ud800", "\udc00x"]) {
      const phone = withRegistration({ password: `a${bad}b` });
      assert.deepEqual(fieldsOf(phone), ["registrations[0].password"]);
      assert.ok(!isRendered(phone));
    }
    assert.deepEqual(fieldsOf(withRegistration({ password: "\t\n\r 😀" })), []);
  });

  it("refuses numbers out of range", () => {
    const { server } = sampleRegistration;
    assert.deepEqual(fieldsOf(withRegistration({ server: { ...server, port: 65_536 } })), ["registrations[0].server.port"]);
    assert.deepEqual(fieldsOf(withRegistration({ server: { ...server, expiresSeconds: 9 } })), [
      "registrations[0].server.expiresSeconds",
    ]);
    assert.deepEqual(fieldsOf(withRegistration({ server: { ...server, port: 0, expiresSeconds: 10 } })), []);
    assert.ok(!isRendered(withRegistration({ server: { ...server, port: 1.5 } })));
  });

  it("takes 48 keys and 34 accounts, and one more of neither", () => {
    assert.deepEqual(fieldsOf(samplePhone({ keys: sampleKeys(48) })), []);
    assert.deepEqual(fieldsOf(samplePhone({ keys: sampleKeys(49) })), ["keys"]);
    assert.ok(!isRendered(samplePhone({ keys: sampleKeys(49) })));
    const accounts = (length: number): PhoneView =>
      samplePhone({ registrations: Array.from({ length }, () => sampleRegistration) });
    assert.deepEqual(fieldsOf(accounts(34)), []);
    assert.deepEqual(fieldsOf(accounts(35)), ["registrations"]);
  });

  it("tells that the model has too few keys, and makes the file all the same", () => {
    const phone = samplePhone({ model: "SPIP_450", keys: sampleKeys(3) });
    assert.deepEqual(checkPhone(phone), [
      { field: "keys", message: "keys: 4 keys are needed, SoundPoint IP 450 has 3", prevents: false },
    ]);
    assert.ok(isRendered(phone));
    assert.deepEqual(checkPhone(samplePhone({ model: "SPIP_450" })), []);
  });

  it("tells that the model has no lamps for keys", () => {
    for (const model of ["SSIP_6000", "SPIP_601"]) assert.deepEqual(fieldsOf(samplePhone({ model })), ["keys"]);
  });

  it("knows what a model can do", () => {
    assert.deepEqual(capabilitiesOf(samplePhone({ model: "SPIP_650" })), { keys: 48, watchedKeysMax: 48, heldLamp: false });
    assert.deepEqual(capabilitiesOf(samplePhone({ model: "VVX_150" })), { keys: 2, watchedKeysMax: 48, heldLamp: true });
    assert.deepEqual(capabilitiesOf(samplePhone()), { keys: undefined, watchedKeysMax: 48, heldLamp: false });
  });
});
