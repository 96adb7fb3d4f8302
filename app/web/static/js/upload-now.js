// Files of a draft travel as soon as they are chosen; the rest of the form stays as it is typed.
import { csrfToken, words } from "./words.js";
import { showToast } from "./toasts.js";

function rest(form, isBusy) {
    for (const control of form.querySelectorAll('input[type="file"], button[type="submit"]')) {
        control.disabled = isBusy;
    }
    const bar = form.querySelector("[data-upload-progress]");
    if (bar) Object.assign(bar, { hidden: !isBusy, value: 0 });
}

// Ordering waits until the list names the new files: the order takes what is listed.
function finish(form, input) {
    input.value = "";
    input.closest("[data-file-drop]")?.querySelector("[data-file-list]")?.replaceChildren();
    const place = form.querySelector("[data-uploaded]");
    if (!place) {
        rest(form, false);
        return;
    }
    document.addEventListener("htmx:finally:request", () => rest(form, false), { once: true });
    place.dispatchEvent(new CustomEvent("uploaded"));
}

function send(form, input) {
    const place = form.querySelector("[data-uploaded]");
    const octets = [...input.files].reduce((sum, file) => sum + file.size, 0);
    if (octets > Number(place?.dataset.limit ?? Infinity)) {
        showToast(place.dataset.tooLarge, "error");
        finish(form, input);
        return;
    }
    const request = new XMLHttpRequest();
    const bar = form.querySelector("[data-upload-progress]");
    request.upload.addEventListener("progress", (event) => {
        if (bar && event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("loadend", () => {
        if (request.status === 0) showToast(words.network, "error");
        else if (request.status >= 400) showToast(words.server, "error");
        finish(form, input);
    });
    request.open("POST", form.dataset.uploadNow);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("HX-Request", "true");
    request.send(new FormData(form));
    rest(form, true);
}

document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-upload-now]");
    if (form && event.target.type === "file" && event.target.files.length) send(form, event.target);
});
