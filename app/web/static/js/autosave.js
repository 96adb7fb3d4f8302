// Drafts: what is written is kept by the server a moment after the last key.
import { csrfToken, words } from "./words.js";

const PAUSE = 1500;
const waiting = new WeakMap();

function say(form, text) {
    for (const place of form.querySelectorAll("[data-draft-state]")) place.textContent = text;
}

async function keep(form) {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
        if (typeof value === "string") fields.append(name, value);
    }
    try {
        const answer = await fetch(form.dataset.autosave, {
            method: "POST",
            headers: { "X-CSRFToken": csrfToken() },
            body: fields,
            keepalive: true,
        });
        say(form, answer.ok ? words.draft : words.draftFailed);
    } catch {
        say(form, words.draftFailed);
    }
}

function later(event) {
    const form = event.target.closest?.("form[data-autosave]");
    if (!form) return;
    clearTimeout(waiting.get(form));
    waiting.set(
        form,
        setTimeout(() => {
            waiting.delete(form);
            keep(form);
        }, PAUSE),
    );
}

document.addEventListener("input", later);
document.addEventListener("change", later);

document.addEventListener("submit", (event) => {
    clearTimeout(waiting.get(event.target));
    waiting.delete(event.target);
});

// A page that is left keeps what was just written.
document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return;
    for (const form of document.querySelectorAll("form[data-autosave]")) {
        if (waiting.has(form)) {
            clearTimeout(waiting.get(form));
            waiting.delete(form);
            keep(form);
        }
    }
});
