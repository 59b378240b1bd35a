// Shows times in the reader's zone, and puts in place what the server says has changed.
"use strict";

const short = { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
const thisYear = new Intl.DateTimeFormat(undefined, short);
const otherYear = new Intl.DateTimeFormat(undefined, { ...short, year: "numeric" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    time.title = `${exact.format(moment)} (${time.textContent})`;
    time.textContent = (moment.getFullYear() === new Date().getFullYear() ? thisYear : otherYear).format(moment);
  }
}

// A form that somebody is filling in stays as it is until they are done with it.
const isInUse = (region) => region.contains(document.activeElement) || region.querySelector("details[open]") !== null;

const waiting = new Map();

function put(id, html) {
  const region = document.getElementById(id);
  if (region === null) return;
  if (isInUse(region)) {
    waiting.set(id, html);
    return;
  }
  waiting.delete(id);
  region.innerHTML = html; // the server has escaped it
  localise(region);
}

function follow(query) {
  document.addEventListener("focusout", () => setTimeout(() => waiting.forEach((html, id) => put(id, html))));
  const events = new EventSource(`/live?${query}`);
  events.addEventListener("change", (event) => {
    const { id, html } = JSON.parse(event.data);
    put(id, html);
  });
  events.addEventListener("error", () => {
    // Closed for good: signed out, or the host has a new key.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
}

// Whoever steers signs with a name: it is asked for once a browser.
const names = "input[name=by], input[name=startedBy]";
document.addEventListener("toggle", (event) => {
  const field = event.target.querySelector?.(names);
  if (field && field.value === "") field.value = localStorage.getItem("name") ?? "";
}, true);
document.addEventListener("submit", (event) => {
  const field = event.target.querySelector(names);
  if (field && field.value !== "") localStorage.setItem("name", field.value);
});

localise(document);
if (document.body.dataset.live) follow(document.body.dataset.live);
