import assert from "node:assert/strict";
import { quietLog } from "#base/log";
import { fetchBootFiles } from "#sim/files/boot-files";

const MAC = "0004f2000001";
const READER = { mac: MAC, model: "VVX400", partNumber: "3111-46157-002" };
const BASE = "http://10.0.0.1/provisioning/secret/";

/** A server with these files; remembers what it was asked for. */
function serving(files: Readonly<Record<string, string>>): {
  asked: string[];
  get: (url: URL) => Promise<{ status: number; body: string }>;
} {
  const asked: string[] = [];
  return {
    asked,
    get: (url) => {
      asked.push(url.href);
      const body = files[url.href.replace(BASE, "")];
      return Promise.resolve(body === undefined ? { status: 404, body: "" } : { status: 200, body });
    },
  };
}

describe("the files that a booting phone asks for", () => {
  it("come in the order of a real one", async () => {
    const { asked, get } = serving({
      [`${MAC}.cfg`]: '<APPLICATION APP_FILE_PATH="sip.ld" CONFIG_FILES="a.cfg"/>',
      "a.cfg": '<polycomConfig a="file"/>',
      [`${MAC}-web.cfg`]: '<PHONE_CONFIG a="web"/>',
    });
    const files = await fetchBootFiles(BASE, READER, get, quietLog);
    assert.ok(files.ok);
    assert.deepEqual(
      asked.map((href) => href.replace(BASE, "")),
      [
        `${MAC}.cfg`,
        "3111-46157-002.sip.ld",
        "sip.ld",
        "a.cfg",
        `${MAC}-phone.cfg`,
        `${MAC}-web.cfg`,
        "000000000000-license.cfg",
        `${MAC}-license.cfg`,
        `${MAC}-calls.xml`,
        `${MAC}-directory.xml`,
        "000000000000-directory.xml",
      ],
    );
    assert.equal(files.value.parameters.get("a"), "web", "what was changed on the phone hides what the server says");
  });

  it("begin with the default master when the phone has none of its own", async () => {
    const { asked, get } = serving({ "000000000000.cfg": '<polycomConfig reg.1.address="100"/>' });
    const files = await fetchBootFiles(BASE.slice(0, -1), READER, get, quietLog);
    assert.ok(files.ok);
    assert.equal(asked[1], `${BASE}000000000000.cfg`);
    assert.equal(files.value.parameters.get("reg.1.address"), "100", "a master without CONFIG_FILES holds the parameters itself");
  });

  it("begin with the file that the address names", async () => {
    const { asked, get } = serving({ "my.cfg": "<APPLICATION/>" });
    assert.ok((await fetchBootFiles(`${BASE}my.cfg`, READER, get, quietLog)).ok);
    assert.equal(asked[0], `${BASE}my.cfg`);
  });

  it("leave out a broken one, and stop at a master that is missing or broken", async () => {
    const broken = serving({ [`${MAC}.cfg`]: '<APPLICATION CONFIG_FILES="a.cfg,b.cfg"/>', "a.cfg": "<a", "b.cfg": '<b x="1"/>' });
    const files = await fetchBootFiles(BASE, READER, broken.get, quietLog);
    assert.equal(files.ok && files.value.parameters.get("x"), "1");
    const none = await fetchBootFiles(BASE, READER, serving({}).get, quietLog);
    assert.match(none.ok ? "" : none.error, /neither .* nor 000000000000\.cfg/);
    const noXml = await fetchBootFiles(BASE, READER, serving({ [`${MAC}.cfg`]: "<!DOCTYPE a><a/>" }).get, quietLog);
    assert.match(noXml.ok ? "" : noXml.error, /no well-formed XML/);
  });

  it("are 64 parameter files at most", async () => {
    const names = Array.from({ length: 100 }, (_, at) => `f${at}.cfg`);
    const { asked, get } = serving({ [`${MAC}.cfg`]: `<APPLICATION CONFIG_FILES="${names.join(",")}"/>` });
    assert.ok((await fetchBootFiles(BASE, READER, get, quietLog)).ok);
    assert.equal(asked.filter((href) => href.includes("/f")).length, 64);
  });

  it("carry user and password to the same server only", async () => {
    const { asked, get } = serving({ [`${MAC}.cfg`]: "" });
    await fetchBootFiles("http://u:p@10.0.0.1/x/", READER, get, quietLog);
    assert.equal(asked[0], `http://u:p@10.0.0.1/x/${MAC}.cfg`);
    const seen: URL[] = [];
    await fetchBootFiles(
      "http://u:p@10.0.0.1/x/",
      READER,
      (url) => {
        seen.push(url);
        return Promise.resolve({ status: 200, body: '<A CONFIG_FILES="http://elsewhere.example/a.cfg"/>' });
      },
      quietLog,
    );
    assert.equal(seen.find((url) => url.hostname === "elsewhere.example")?.username, "");
  });
});
