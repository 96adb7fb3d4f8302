// Single keys press the visible button that carries them (data-key). They rest while somebody
// types, and can be changed or switched off (WCAG 2.2, 2.1.4) on this device.
import { tinykeys } from "../vendor/tinykeys.js";
import { isTyping, openDialog } from "./words.js";
import { openCurrent, step, toggleSelection } from "./rows.js";

const STORE = "kontor.keys";
// The account says what holds on every device; a device may differ.
const USUALLY = !("keysOff" in document.documentElement.dataset);
const BUILT_IN = { j: () => step(1), k: () => step(-1), x: toggleSelection };
// Where a key leads into a group: its first field that is still to be filled in or ticked.
const FIRST_FIELD = "input:not([type=hidden], :disabled, :checked), select:enabled, textarea:enabled";
const list = document.querySelector("[data-key-list]");
let unbind = () => {};

function load() {
    try {
        return { on: USUALLY, map: {}, ...JSON.parse(localStorage.getItem(STORE)) };
    } catch {
        return { on: USUALLY, map: {} };
    }
}

function save(settings) {
    localStorage.setItem(STORE, JSON.stringify(settings));
    bind();
}

const owners = () => [...document.querySelectorAll("[data-key]")];
const bindingOf = (key) => (/^[a-z]$/i.test(key) ? key : `[Shift]+${key}`);

function press(usual) {
    const able = owners().filter(
        (owner) => owner.dataset.key === usual && !owner.disabled && owner.checkVisibility(),
    );
    // What is open at the right goes before what stands in the list.
    const owner = able.find((one) => one.closest("#panel")) ?? able[0];
    if (!owner) return false;
    if (owner.matches("input, textarea, select")) owner.focus();
    else if (owner.matches("fieldset, section")) owner.querySelector(FIRST_FIELD)?.focus();
    else owner.click();
    return true;
}

function bind() {
    unbind();
    const { on, map } = load();
    const bindings = {};
    const usualKeys = new Set([...Object.keys(BUILT_IN), ...owners().map((owner) => owner.dataset.key)]);
    for (const usual of on ? usualKeys : []) {
        bindings[bindingOf(map[usual] ?? usual)] = (event) => {
            event.preventDefault();
            (BUILT_IN[usual] ?? (() => press(usual)))();
        };
    }
    for (const owner of owners()) {
        const shown = owner.querySelector("kbd");
        if (shown) shown.textContent = map[owner.dataset.key] ?? owner.dataset.key;
    }
    unbind = tinykeys(window, bindings, {
        ignore: (event) => event.isComposing || isTyping(event.target) || openDialog() !== null,
    });
}

function nameOf(owner) {
    if (owner.dataset.keyName) return owner.dataset.keyName;
    const copy = owner.cloneNode(true);
    copy.querySelectorAll("kbd").forEach((one) => one.remove());
    return owner.getAttribute("aria-label") ?? owner.placeholder ?? copy.textContent.trim();
}

function rowOf(usual, meaning, current) {
    const row = document.createElement("tr");
    const input = document.createElement("input");
    Object.assign(input, { value: current, maxLength: 1, className: "form-control form-control-sm" });
    input.setAttribute("aria-label", meaning);
    input.addEventListener("change", () => {
        const settings = load();
        if (input.value.trim()) settings.map[usual] = input.value.trim().toLowerCase();
        else delete settings.map[usual];
        save(settings);
    });
    const cells = [document.createElement("td"), document.createElement("td")];
    cells[0].append(input);
    cells[1].textContent = meaning;
    row.append(...cells);
    return row;
}

function fillList() {
    const { on, map } = load();
    const meanings = new Map(Object.entries(JSON.parse(list.dataset.builtin)));
    for (const owner of owners()) {
        if (!meanings.has(owner.dataset.key) && nameOf(owner)) meanings.set(owner.dataset.key, nameOf(owner));
    }
    list.replaceChildren(
        ...[...meanings].map(([usual, meaning]) => rowOf(usual, meaning, map[usual] ?? usual)),
    );
    document.querySelector("[data-keys-on]").checked = on;
}

if (list) {
    document.querySelector("[data-keys-on]").addEventListener("change", (event) => {
        save({ ...load(), on: event.target.checked });
    });
    document.querySelector("[data-keys-reset]").addEventListener("click", () => {
        save({ on: true, map: {} });
        fillList();
    });
    document.addEventListener("click", (event) => {
        if (event.target.closest('[data-dialog="key-dialog"]')) fillList();
    });
}

// Out of a field with Escape, so that single keys work again; Ctrl+Enter sends what was written:
// a button that asks for no valid form only helps with the writing.
window.addEventListener("keydown", (event) => {
    if (event.isComposing || !isTyping(event.target)) return;
    if (event.key === "Escape" && !openDialog()) event.target.blur();
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.form;
    const button = form?.querySelector("button[type=submit]:enabled:not([formnovalidate])");
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
});

window.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || document.activeElement !== document.body || openDialog()) return;
    openCurrent();
});

if (document.body.matches(".desk") || owners().length) {
    bind();
    document.addEventListener("htmx:after:swap", bind);
}
