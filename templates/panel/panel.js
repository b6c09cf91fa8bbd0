// The lamps, live: lists once, then every change from the event stream. All text goes in as text, never as markup.
"use strict";

/** Phones and lamps drawn; the rest is found with the filter. */
const DRAWN_MAX = 300;
const REFRESH_MS = 15_000;
const REFRESH_SOON_MS = 300;

/** "extension@context" → lamp. */
const lamps = new Map();
let phones = [];
const byId = (id) => document.getElementById(id);
const connection = byId("connection");
const filter = byId("filter");

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function nameOf(lamp) {
  return `${lamp.extension}@${lamp.context}`;
}

function lampDot(state) {
  const dot = element("span", `lamp ${state.replace("&", "")}`);
  dot.setAttribute("aria-hidden", "true");
  return dot;
}

function keyLine(key, lamp) {
  const line = element("li");
  line.dataset.address = key.address;
  line.title = key.address;
  const state = lamp ? lamp.state : "no such lamp";
  line.append(lampDot(lamp ? lamp.state : "Unavailable"), element("span", "label", key.label), element("span", "state", state));
  return line;
}

function phoneCard(phone, lampOf) {
  const card = element("article", "phone");
  card.dataset.mac = phone.mac;
  const about = element("p", "about");
  about.append(element("span", "", phone.mac), element("span", `stage ${phone.stage}`, phone.stage));
  const keys = element("ul");
  keys.append(...phone.keys.map((key) => keyLine(key, lampOf.get(key.address))));
  card.append(element("h3", "", phone.label || phone.mac), about, keys);
  return card;
}

function lampRow(lamp) {
  const row = element("tr");
  row.dataset.lamp = nameOf(lamp);
  const state = element("td");
  state.append(lampDot(lamp.state), lamp.state);
  row.append(
    element("td", "", nameOf(lamp)),
    state,
    element("td", "", timeOf(lamp.since)),
    element("td", "", lamp.devices.join(" & ")),
    element("td", "", String(lamp.watchers.length)),
  );
  return row;
}

/** The time of day; of another day the date too. */
function timeOf(text) {
  const at = new Date(text);
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? at.toLocaleTimeString() : at.toLocaleString();
}

function matching(items, textOf) {
  const wanted = filter.value.trim().toLowerCase();
  return wanted === "" ? items : items.filter((item) => textOf(item).toLowerCase().includes(wanted));
}

function fill(id, found, all, draw, whenNone) {
  byId(id).replaceChildren(...found.slice(0, DRAWN_MAX).map(draw));
  const note = byId(`${id}-note`);
  const hidden = found.length - DRAWN_MAX;
  note.textContent =
    all === 0 ? whenNone : found.length === 0 ? "Nothing fits." : hidden > 0 ? `${hidden} more: narrow the list above.` : "";
  note.hidden = note.textContent === "";
}

function draw() {
  const all = [...lamps.values()];
  const lampOf = new Map(all.map((lamp) => [lamp.extension, lamp]));
  const foundPhones = matching(phones, (phone) =>
    [phone.label, phone.mac, phone.model, phone.stage, ...phone.keys.flatMap((key) => [key.label, key.address])].join("\n"),
  );
  const foundLamps = matching(all, (lamp) => [nameOf(lamp), lamp.state, ...lamp.devices].join("\n"));
  const none = "The site has no phones: a section of sip.conf named by a phone's MAC address is one.";
  fill("phones", foundPhones, phones.length, (phone) => phoneCard(phone, lampOf), none);
  fill("lamps", foundLamps, all.length, lampRow, "The site has no hints, so there are no lamps.");
  byId("lamps-table").hidden = foundLamps.length === 0;
}

let isDrawingSoon = false;
/** Many changes at once are one drawing. */
function drawSoon() {
  if (isDrawingSoon) return;
  isDrawingSoon = true;
  requestAnimationFrame(() => {
    isDrawingSoon = false;
    draw();
  });
}

async function fetchList(path) {
  const items = [];
  let after = "";
  do {
    const response = await fetch(`/api/v1/${path}?limit=5000&after=${encodeURIComponent(after)}`);
    // The session has ended: this page becomes the sign-in form.
    if (response.status === 401) location.reload();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    const page = await response.json();
    items.push(...page.items);
    after = page.next ?? "";
  } while (after !== "");
  return items;
}

async function refresh() {
  const [phoneList, lampList] = await Promise.all([fetchList("phones"), fetchList("lamps")]);
  phones = phoneList;
  lamps.clear();
  for (const lamp of lampList) lamps.set(nameOf(lamp), lamp);
  drawSoon();
}

let refreshing;
function refreshIn(delayMs) {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => {
    refresh()
      .catch(lost)
      .finally(() => refreshIn(REFRESH_MS));
  }, delayMs);
}

function lost() {
  connection.textContent = "connection lost, trying again: what is shown may be old";
  connection.className = "lost";
}

function live() {
  connection.textContent = "live";
  connection.className = "live";
}

function listen() {
  const events = new EventSource("/api/v1/events");
  events.onopen = () => {
    live();
    refreshIn(0);
  };
  events.onerror = () => {
    lost();
    if (events.readyState !== EventSource.CLOSED) return;
    // The browser gives up when the answer is an error; a session that ended is found out by the next refresh.
    setTimeout(listen, REFRESH_SOON_MS * 10);
    refreshIn(0);
  };
  events.addEventListener("lamp", (event) => {
    const lamp = JSON.parse(event.data);
    lamps.set(nameOf(lamp), lamp);
    drawSoon();
  });
  events.addEventListener("registration", () => refreshIn(REFRESH_SOON_MS));
  events.addEventListener("site", () => refreshIn(REFRESH_SOON_MS));
}

filter.addEventListener("input", drawSoon);
listen();
