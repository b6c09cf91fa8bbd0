import assert from "node:assert/strict";
import { readAsteriskSite } from "#asterisk/read-asterisk-site";
import { checkSite } from "#domain/site/check-site";
import { linesOf } from "../conf-of.ts";

describe("accounts of several files", () => {
  it("are one each: sip.conf wins over pjsip.conf, that over users.conf (SIP-W08)", () => {
    const reading = readAsteriskSite({
      "sip.conf": "[a]\nsecret=sip\n",
      "pjsip.conf": "[A]\ntype=endpoint\n[b]\ntype=endpoint\nauth=b\n[b]\ntype=auth\nusername=b\npassword=pjsip\n",
      "users.conf": "[general]\nhassip=yes\n[b]\nsecret=users\n[c]\nsecret=users\n",
    });
    assert.deepEqual(
      reading.site.accounts.map(({ name, secret }) => `${name} ${secret ?? ""}`),
      ["a sip", "b pjsip", "c users"],
    );
    assert.deepEqual(linesOf(reading), [
      "pjsip.conf:1:1 SIP-W08 account A is also in sip.conf, which wins: write it in one file",
      "users.conf:3:1 SIP-W08 account b is also in pjsip.conf, which wins: write it in one file",
    ]);
  });

  it("make one phone of one MAC address, whoever names it", () => {
    const { site } = readAsteriskSite({
      "sip.conf": "[0000FFFF0005]\n[0000FFFF0006]\nhost=192.0.2.1\n",
      "users.conf": "[general]\nhassip=yes\n[100]\nmacaddress=0000FFFF0005\nlabel=Desk\n[101]\nmacaddress=0000FFFF0007\n",
    });
    assert.deepEqual(
      site.phones.map(({ mac, label, accounts }) => `${mac} ${label} ${accounts.join()}`),
      ["0000ffff0005 Desk 0000FFFF0005,100", "0000ffff0007 101 101"],
    );
  });

  it("need no secret at a fixed host (SIP-I01)", () => {
    const { site } = readAsteriskSite({ "sip.conf": "[peer]\nhost=192.0.2.1\n[phone]\nhost=dynamic\n" });
    assert.deepEqual(
      checkSite(site).map(({ line, code }) => `${line} ${code}`),
      ["3 SIP-I01"],
    );
  });

  it("come with settings, tones and numbers of the other files", () => {
    const { site, diagnostics } = readAsteriskSite({
      "ccss.conf": "[general]\ncc_max_requests = 7\n",
      "indications.conf": "[general]\ncountry = br\n",
      "pjsip.conf": "[global]\ntype=global\ndefault_realm=office\n",
      "pjsip_wizard.conf": "[w]\ntype=wizard\nhas_hint=yes\nhint_exten=10\n",
    });
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      [site.settings.cc.maxRequests, site.indications, site.realm, site.extensions.map(({ number }) => number)],
      [7, { country: "br", zones: [] }, "office", ["10"]],
    );
    assert.equal(readAsteriskSite({}).site.indications, undefined);
  });
});
