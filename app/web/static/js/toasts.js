// Short messages: gone after ten seconds unless they report an error or somebody is on them.
import { words } from "./words.js";

const SECONDS = 10;
const place = document.getElementById("toasts");

export function showToast(text, tone = "info") {
    if (!place) return;
    const note = document.createElement("div");
    note.className = `toast-note toast-${tone}`;
    note.dataset.toast = "";
    note.setAttribute("role", tone === "error" ? "alert" : "status");
    const sentence = document.createElement("span");
    sentence.className = "toast-text";
    sentence.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.dataset.toastClose = "";
    close.setAttribute("aria-label", words.close);
    close.textContent = "×";
    note.append(sentence, close);
    place.append(note);
}

function letGo(note) {
    if (note.matches(".toast-error")) return;
    let left = SECONDS;
    const watch = setInterval(() => {
        if (note.matches(":hover, :focus-within")) left = SECONDS;
        else if (--left <= 0) {
            clearInterval(watch);
            note.remove();
        }
    }, 1000);
}

if (place) {
    place.querySelectorAll("[data-toast]").forEach(letGo);
    new MutationObserver((changes) => {
        for (const { addedNodes } of changes) {
            addedNodes.forEach((node) => node.matches?.("[data-toast]") && letGo(node));
        }
    }).observe(place, { childList: true });
}

document.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
});
