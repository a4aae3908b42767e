"use strict";

const PAUSE = 1000;
const base = location.pathname.replace(/\/$/, "");
const state = document.getElementById("state");
const list = document.getElementById("lines");
const form = document.getElementById("form");
const text = document.getElementById("text");
let known = 0;
let over = false;

async function ask(path, options) {
  const answer = await fetch(base + path, options);
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({}));
  const error = new Error(problem.detail || answer.statusText);
  error.final = answer.status === 404;
  throw error;
}

function say(message) {
  if (state.textContent !== message) state.textContent = message;
}

function end(message) {
  over = true;
  say(message);
  for (const field of form.elements) field.disabled = true;
}

function show(line) {
  const item = document.createElement("li");
  if (line.text === undefined) {
    if (line.by === "customer" && line.event === "joined") return;
    item.className = "event";
    item.textContent = line.event === "joined" ? "The agent is here." : "The chat has ended.";
  } else {
    item.className = line.by;
    item.textContent = line.text;
  }
  list.append(item);
  item.scrollIntoView({ block: "end" });
}

async function read() {
  const chat = await ask("/lines?after=" + known);
  chat.lines.forEach(show);
  known = chat.next;
  if (chat.over) return end("The chat has ended.");
  say(chat.with_agent ? "You are talking to an agent." : "Please wait, an agent will be with you shortly.");
}

async function follow() {
  try {
    await ask("/join", { method: "POST" });
    while (!over) {
      await read();
      if (!over) await new Promise((done) => setTimeout(done, PAUSE));
    }
  } catch (error) {
    if (error.final) return end("This link is not valid, or not any more.");
    say("The connection is lost, trying again …");
    setTimeout(follow, 2 * PAUSE);
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ text: text.value });
  const headers = { "content-type": "application/json" };
  try {
    await ask("/lines", { method: "POST", headers, body });
    text.value = "";
    await read();
  } catch (error) {
    say(error.message);
  }
});

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

document.getElementById("leave").addEventListener("click", async () => {
  try {
    await ask("/leave", { method: "POST" });
    await read();
  } catch (error) {
    say(error.message);
  }
});

follow();
