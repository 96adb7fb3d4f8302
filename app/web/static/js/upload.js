// Files: dropped or chosen, listed before they leave, with a bar while they travel.
import { csrfToken, words } from "./words.js";
import { showToast } from "./toasts.js";

function inputOf(zone) {
    return zone.querySelector('input[type="file"]');
}

function keep(input, files) {
    const chosen = new DataTransfer();
    for (const file of files) chosen.items.add(file);
    input.files = chosen.files;
    show(input);
}

function readable(octets) {
    const lang = document.documentElement.lang;
    const [value, unit] = octets < 1e6 ? [octets / 1e3, "kilobyte"] : [octets / 1e6, "megabyte"];
    return new Intl.NumberFormat(lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

function show(input) {
    const list = input.closest("[data-file-drop]")?.querySelector("[data-file-list]");
    if (!list) return;
    list.replaceChildren(
        ...[...input.files].map((file, index) => {
            const line = document.createElement("li");
            line.textContent = `${file.name} (${readable(file.size)}) `;
            const remove = document.createElement("button");
            Object.assign(remove, { type: "button", className: "close", textContent: "×" });
            remove.setAttribute("aria-label", `${words.remove}: ${file.name}`);
            remove.addEventListener("click", () => keep(input, [...input.files].filter((_, at) => at !== index)));
            line.append(remove);
            return line;
        }),
    );
}

document.addEventListener("change", (event) => {
    if (event.target.matches('[data-file-drop] input[type="file"]')) show(event.target);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
        const zone = event.target.closest?.("[data-file-drop]");
        if (!zone) return;
        event.preventDefault();
        if (inputOf(zone).disabled) return;
        zone.classList.toggle("file-drop-over", kind === "dragover");
        if (kind !== "drop") return;
        const input = inputOf(zone);
        const dropped = [...event.dataTransfer.files];
        keep(input, input.multiple ? [...input.files, ...dropped] : dropped.slice(0, 1));
        input.dispatchEvent(new Event("change", { bubbles: true }));
    });
}

function send(form, submitter) {
    const request = new XMLHttpRequest();
    const bar = form.querySelector("[data-upload-progress]");
    if (bar) bar.hidden = false;
    request.upload.addEventListener("progress", (event) => {
        if (bar && event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => {
        if (request.status < 400) {
            location.assign(request.getResponseHeader("HX-Redirect") ?? request.responseURL);
            return;
        }
        // Refused, so nothing was kept: sent once more as a plain form, the server's page shows why.
        if (submitter?.name) {
            const field = document.createElement("input");
            Object.assign(field, { type: "hidden", name: submitter.name, value: submitter.value });
            form.append(field);
        }
        form.submit();
    });
    request.addEventListener("error", () => {
        if (bar) bar.hidden = true;
        if (submitter) submitter.disabled = false;
        showToast(words.network, "error");
    });
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("HX-Request", "true");
    request.send(new FormData(form, submitter));
    if (submitter) submitter.disabled = true;
}

document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-upload]")) return;
    const files = [...form.querySelectorAll('input[type="file"]')].some((input) => input.files.length);
    if (!files) return;
    event.preventDefault();
    send(form, event.submitter);
});
