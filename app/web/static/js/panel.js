// The panel beside the list: the first item opens by itself, the next one when one is handed on.
// On narrow screens there is no panel: a row's link leads to the item's own page.
import { makeCurrent } from "./rows.js";

const wide = matchMedia("(min-width: 1181px)");

const open = (row) => row?.querySelector("[data-row-link][hx-get]")?.click();

document.addEventListener(
    "click",
    (event) => {
        if (!wide.matches && event.target.closest?.('[data-row-link][hx-target="#panel"]')) {
            event.stopImmediatePropagation();
        }
    },
    { capture: true },
);

document.addEventListener("htmx:after:swap", () => {
    const handed = document.querySelector("#panel [data-handed]");
    if (!handed) return;
    const row = document.getElementById(handed.dataset.handed);
    handed.removeAttribute("data-handed");
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    document.getElementById("list")?.dispatchEvent(new CustomEvent("poll"));
    if (!next) return;
    makeCurrent(next);
    open(next);
});

// A panel that arrives late does not take away the dialog somebody is writing in.
document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    const dialog = document.querySelector("#panel dialog[open]");
    if (dialog && ctx.target?.id === "panel" && !dialog.contains(ctx.sourceElement)) event.preventDefault();
});

if (wide.matches && document.querySelector("#panel [data-open-first]")) {
    // After htmx has taken charge of the links.
    addEventListener("load", () => open(document.querySelector("[data-row]")));
}
