import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { ServerUnderTest } from "#test/support/server";

/*
 * The page in a real browser: somebody signs in with the token and sees lamps change; nothing that stands in a site's files becomes markup.
 *
 *   browser                     server                  admin
 *     |-- GET / (form) ---------->|                       |
 *     |-- POST /sign-in, token -->|                       |
 *     |<-- page, lists, events ---|                       |
 *     |                           |<-- PUT device INUSE --|
 *     |<-- event: lamp -----------|                       |
 */
const CHROMIUM = "/usr/bin/chromium";
const MAC = "0000ffff0005";
const HOSTILE = `<img src=x onerror="document.title='owned'">`;
const WAIT = { timeout: 10_000 };
const NARROW_COLUMNS = 360;

const SITE = `
context: LocalSets
lines:
  T1: { device: Local/trunk1@sla_trunks/n, label: ${JSON.stringify(HOSTILE)} }
  T2: { device: Local/trunk2@sla_trunks/n }
phones:
  0000FFFF0005: { label: ${JSON.stringify(HOSTILE)} }
  0000FFFF0006: { label: Reception }
`;

describe("the page", () => {
  let folder: string;
  let server: ServerUnderTest;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** Addresses that the page asked for, and what it complained of. */
  let asked: string[];
  let troubles: string[];
  /** The first key of the first phone. */
  let key: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lamplighter-site-"));
    await writeFile(join(folder, "site.yaml"), SITE);
    server = await ServerUnderTest.start({ site: folder });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    const { json } = await server.api("GET", `phones/${MAC}`);
    key = json.keys[0].address;
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    await put("NOT_INUSE");
    [asked, troubles] = [[], []];
    context = await browser.newContext();
    page = await context.newPage();
    page.on("request", (request) => asked.push(request.url()));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") troubles.push(message.text());
    });
    await page.goto(server.url);
  });
  afterEach(() => context.close());

  const put = (state: string) => server.api("PUT", `devices/SLA:${key}`, { state });
  const keyLine = () => page.locator(`.phone[data-mac="${MAC}"] li[data-address="${key}"]`);

  async function signIn(): Promise<void> {
    await page
      .locator("input")
      .first()
      .fill(await server.token());
    await page.keyboard.press("Enter");
    await page.getByText("live", { exact: true }).waitFor(WAIT);
    await keyLine().waitFor(WAIT);
  }

  it("is a form until somebody signs in, with the keyboard alone", async () => {
    assert.equal(await page.locator("input").first().getAttribute("name"), "token");
    assert.ok(
      asked.every((url) => !url.includes("/api/") && !url.endsWith("panel.js")),
      asked.join(" "),
    );
    await page.keyboard.type("not the token");
    await page.keyboard.press("Enter");
    assert.match((await page.getByRole("alert").textContent(WAIT)) ?? "", /not the token/);
    await page.keyboard.type(await server.token());
    await page.keyboard.press("Enter");
    await keyLine().waitFor(WAIT);
  });

  it("shows lamps as they change, without a reload", async () => {
    await signIn();
    for (const [state, shown, look] of [
      ["RINGING", "Ringing", "Ringing"],
      ["INUSE", "InUse", "InUse"],
      ["RINGINUSE", "InUse&Ringing", "InUseRinging"],
      ["ONHOLD", "Hold", "Hold"],
      ["UNAVAILABLE", "Unavailable", "Unavailable"],
      ["NOT_INUSE", "Idle", "Idle"],
    ] as const) {
      await put(state);
      await keyLine().getByText(shown, { exact: true }).waitFor(WAIT);
      assert.equal(await keyLine().locator(".lamp").getAttribute("class"), `lamp ${look}`);
      assert.match((await page.locator(`tr[data-lamp="${key}@LocalSets"]`).textContent()) ?? "", new RegExp(shown));
    }
    assert.deepEqual(troubles, []);
  });

  it("shows what a site's files say as text, never as markup", async () => {
    await signIn();
    assert.equal(await page.locator(`.phone[data-mac="${MAC}"] h3`).textContent(), HOSTILE);
    assert.equal(await keyLine().locator(".label").textContent(), HOSTILE);
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.title(), "Lamplighter: lamps");
    assert.deepEqual(troubles, []);
  });

  it("asks nobody but its own server", async () => {
    await signIn();
    assert.deepEqual(
      asked.filter((url) => !url.startsWith(`${server.url}/`)),
      [],
    );
  });

  it("fits on a small screen", async () => {
    await page.setViewportSize({ width: NARROW_COLUMNS, height: 640 });
    await signIn();
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), NARROW_COLUMNS);
    const button = await page.getByRole("button", { name: "Sign out" }).boundingBox();
    assert.ok(button !== null && button.x + button.width <= NARROW_COLUMNS);
  });

  it("narrows the lists to what somebody looks for", async () => {
    await signIn();
    await page.getByLabel("Show only").fill("recEPtion");
    await keyLine().waitFor({ ...WAIT, state: "detached" });
    assert.equal(await page.locator(".phone h3").textContent(), "Reception");
    await page.getByLabel("Show only").fill("nothing like this");
    await page.getByText("Nothing fits.").first().waitFor(WAIT);
    await page.getByLabel("Show only").fill("");
    await keyLine().waitFor(WAIT);
  });

  it("says that it is old while the server is away, and asks to sign in at the one that comes back", async () => {
    await signIn();
    await server.end("SIGTERM");
    await page.getByText("connection lost").waitFor(WAIT);
    const form = page.locator("input[name=token]").waitFor({ timeout: 30_000 });
    await server.start();
    await form;
  });

  it("signs out", async () => {
    await signIn();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("input[name=token]").waitFor(WAIT);
  });
});
