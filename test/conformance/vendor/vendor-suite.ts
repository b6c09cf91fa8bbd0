import assert from "node:assert/strict";
import type { PhoneView } from "#provisioner/phone-view";
import type { Vendor } from "#provisioner/vendor";
import { labelled, sampleKeys, samplePhone } from "#test/unit/provisioner/phone-views";

/** What every vendor keeps, whatever its files look like. */
export function vendorSuite(vendor: Vendor): void {
  const phoneOf = (model: string, changes: Partial<PhoneView> = {}): PhoneView =>
    samplePhone({ vendor: vendor.id, model, ...changes });

  function bodyOf(phone: PhoneView, name: string): string {
    const rendered = vendor.render(phone, name);
    assert.ok(rendered.ok, `${phone.model} ${name}: ${rendered.ok ? "" : rendered.error}`);
    return rendered.value.body;
  }

  describe(`vendor ${vendor.id}`, () => {
    it("has a generic model, which stands for unknown ones", () => {
      assert.ok(vendor.models.includes("generic"));
      for (const name of vendor.files(phoneOf("generic")))
        assert.equal(bodyOf(phoneOf("no such model"), name), bodyOf(phoneOf("generic"), name));
    });

    it("renders every file of every model and leaves no hole unfilled", () => {
      for (const model of vendor.models) {
        for (const keys of [sampleKeys(0), sampleKeys(2)]) {
          const phone = phoneOf(model, { keys });
          for (const name of vendor.files(phone))
            assert.doesNotMatch(bodyOf(phone, name), /\{[\w.]*\}|undefined|NaN|\[object/, `${model} ${name}`);
        }
      }
    });

    it("gives equal phones equal bytes", () => {
      for (const name of vendor.files(phoneOf("generic")))
        assert.equal(bodyOf(phoneOf("generic"), name), bodyOf(phoneOf("generic"), name));
    });

    it("names its files in lower case, each with the MAC of the phone in it", () => {
      const phone = phoneOf("generic");
      for (const name of vendor.files(phone)) assert.match(name, new RegExp(`^[a-z0-9._-]*${phone.mac}[a-z0-9._-]*$`));
    });

    it("gives no phone a file of another, and nobody one that is not there", () => {
      const [one, other] = [phoneOf("generic"), phoneOf("generic", { mac: "0004f2000001" })];
      for (const name of [...vendor.files(other), "", "x", "..", "__proto__"]) assert.ok(!vendor.render(one, name).ok, name);
    });

    it("says which field does not fit, without saying what is in it", () => {
      const phone = { ...labelled("s3cret".repeat(1000)), vendor: vendor.id };
      const problems = vendor.check(phone).filter(({ prevents }) => prevents);
      assert.ok(problems.some(({ field }) => field === "registrations[0].label"));
      assert.ok(problems.every(({ message, field }) => message.includes(field) && !message.includes("s3cret")));
      assert.ok(vendor.files(phone).some((name) => !vendor.render(phone, name).ok));
    });

    it("finds nothing that prevents files of the sample phone, whatever its model", () => {
      for (const model of vendor.models)
        assert.deepEqual(
          vendor.check(phoneOf(model)).filter(({ prevents }) => prevents),
          [],
          model,
        );
    });

    it("never takes a file that it serves for an upload", () => {
      for (const name of vendor.files(phoneOf("generic"))) assert.equal(vendor.uploaderOf(name), undefined);
    });

    it("reads no phone into a stranger's User-Agent", () => {
      for (const header of ["", "curl/8.0", "x".repeat(10_000)]) assert.equal(vendor.readUserAgent(header), undefined);
    });
  });
}
