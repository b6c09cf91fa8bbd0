// The lamps, live: lists once, then every change from the event stream. All text goes in as text, never as markup.
"use strict";

const lamps = new Map();
let phones = [];
const connection = document.getElementById("connection");

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function lampDot(state) {
  const dot = element("span", `lamp ${state.replace("&", "")}`);
  dot.setAttribute("aria-hidden", "true");
  return dot;
}

function keyLine(key) {
  const lamp = [...lamps.values()].find((one) => one.extension === key.address);
  const state = lamp ? lamp.state : "Unavailable";
  const line = element("li");
  line.append(lampDot(state), element("span", "label", key.label), element("span", "state", lamp ? state : "no such lamp"));
  return line;
}

function drawPhones() {
  const cards = phones.map((phone) => {
    const card = element("article", "phone");
    card.dataset.mac = phone.mac;
    const keys = element("ul");
    keys.append(...phone.keys.map(keyLine));
    card.append(element("h3", "", phone.label), element("p", "stage", `${phone.mac} · ${phone.stage}`), keys);
    return card;
  });
  document.getElementById("phones").replaceChildren(...cards);
}

function drawLamps() {
  const rows = [...lamps.values()].map((lamp) => {
    const row = element("tr");
    row.dataset.lamp = `${lamp.extension}@${lamp.context}`;
    const state = element("td");
    state.append(lampDot(lamp.state), lamp.state);
    row.append(
      element("td", "", `${lamp.extension}@${lamp.context}`),
      state,
      element("td", "", new Date(lamp.since).toLocaleTimeString()),
      element("td", "", lamp.devices.join(" & ")),
      element("td", "", String(lamp.watchers.length)),
    );
    return row;
  });
  document.getElementById("lamps").replaceChildren(...rows);
}

function draw() {
  drawPhones();
  drawLamps();
}

async function fetchList(path) {
  const items = [];
  let after = "";
  do {
    const response = await fetch(`/api/v1/${path}?after=${encodeURIComponent(after)}`);
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
  for (const lamp of lampList) lamps.set(`${lamp.extension}@${lamp.context}`, lamp);
  draw();
}

let refreshing;
function refreshSoon() {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => refresh().catch(lost), 300);
}

function lost() {
  connection.textContent = "connection lost, trying again … what is shown may be old";
  connection.className = "lost";
}

function listen() {
  const events = new EventSource("/api/v1/events");
  events.onopen = () => {
    connection.textContent = "live";
    connection.className = "";
    refresh().catch(lost);
  };
  events.onerror = lost;
  events.addEventListener("lamp", (event) => {
    const lamp = JSON.parse(event.data);
    lamps.set(`${lamp.extension}@${lamp.context}`, lamp);
    draw();
  });
  events.addEventListener("registration", refreshSoon);
  events.addEventListener("site", refreshSoon);
}

listen();
