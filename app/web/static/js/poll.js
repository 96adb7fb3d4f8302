// Live parts ask again every 20 s, only while somebody looks and nobody works in them;
// what is expected any moment (data-poll="soon") every 2 s.
// The answer's ETag goes back with the next question: nothing new costs a 304.
import { isTyping, openDialog } from "./words.js";
import { hasSelection } from "./rows.js";

const SECONDS = 20;
const SOON = 2;
const tags = new Map();

function isBusy() {
    return document.hidden || isTyping() || hasSelection() || openDialog() !== null;
}

function ask(parts) {
    if (isBusy()) return;
    for (const part of document.querySelectorAll(parts)) {
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

setInterval(() => ask('[data-poll=""]'), SECONDS * 1000);
setInterval(() => ask('[data-poll="soon"]'), SOON * 1000);
document.addEventListener("visibilitychange", () => ask("[data-poll]"));
