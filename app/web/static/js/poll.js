// Live parts ask again every 20 s, only while somebody looks and nobody works in them.
// The answer's ETag goes back with the next question: nothing new costs a 304.
import { isTyping, openDialog } from "./words.js";
import { hasSelection } from "./rows.js";

const SECONDS = 20;
const tags = new Map();

function isBusy() {
    return document.hidden || isTyping() || hasSelection() || openDialog() !== null;
}

function ask() {
    if (isBusy()) return;
    for (const part of document.querySelectorAll("[data-poll]")) {
        part.dispatchEvent(new CustomEvent("poll"));
    }
}

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (!ctx.sourceElement.matches("[data-poll]")) return;
    const tag = tags.get(ctx.request.action) ?? ctx.sourceElement.dataset.etag;
    if (tag) ctx.request.headers["If-None-Match"] = tag;
    ctx.askedFor = ctx.request.action;
});

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (!ctx.askedFor) return;
    const tag = ctx.response.headers.get("ETag");
    if (tag) tags.set(ctx.askedFor, tag);
    for (const shown of document.querySelectorAll("[data-poll-time]")) {
        shown.textContent = new Date().toLocaleTimeString(document.documentElement.lang);
    }
});

if (document.querySelector("[data-poll]")) {
    setInterval(ask, SECONDS * 1000);
    document.addEventListener("visibilitychange", ask);
}
