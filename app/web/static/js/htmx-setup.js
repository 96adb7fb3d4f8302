// htmx: the token that proves a form is ours, and words for answers that are not swapped.
import { csrfToken, words } from "./words.js";
import { showToast } from "./toasts.js";

document.addEventListener("htmx:config:request", ({ detail }) => {
    // By header: a DELETE of htmx leaves the form's fields out.
    if (detail.ctx.request.method !== "GET") {
        detail.ctx.request.headers["X-CSRFToken"] = csrfToken();
    }
});

const isQuiet = (detail) => detail.ctx?.sourceElement?.hasAttribute?.("data-poll");

document.addEventListener("htmx:response:error", ({ detail }) => {
    if (detail.ctx.response.status >= 500 && !isQuiet(detail)) showToast(words.server, "error");
});

document.addEventListener("htmx:error", ({ detail }) => {
    if (!isQuiet(detail)) showToast(words.network, "error");
});
