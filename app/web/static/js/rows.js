// The list: one current row, that stays current when rows are swapped, and a selection.
let currentId = null;
let currentIndex = 0;

const rows = () => [...document.querySelectorAll("[data-row]")];

export function currentRow() {
    return document.activeElement?.closest?.("[data-row]") ?? document.querySelector("[data-row].current");
}

export function makeCurrent(row, { focus = true } = {}) {
    for (const other of rows()) {
        other.classList.toggle("current", other === row);
        if (other === row) other.setAttribute("aria-current", "true");
        else other.removeAttribute("aria-current");
    }
    currentId = row.id;
    currentIndex = rows().indexOf(row);
    if (focus) row.querySelector("[data-row-link]")?.focus();
    row.scrollIntoView({ block: "nearest" });
}

export function step(distance) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(currentRow());
    const next = at < 0 ? 0 : Math.min(Math.max(at + distance, 0), all.length - 1);
    makeCurrent(all[next]);
}

export function toggleSelection() {
    currentRow()?.querySelector("[data-row-select]")?.click();
}

export function openCurrent() {
    currentRow()?.querySelector("[data-row-link]")?.click();
}

export const hasSelection = () => document.querySelector("[data-row-select]:checked") !== null;

function countSelection() {
    const boxes = [...document.querySelectorAll("[data-row-select]")];
    const chosen = boxes.filter((box) => box.checked).length;
    for (const bar of document.querySelectorAll("[data-bulk-bar]")) {
        bar.hidden = chosen === 0;
        bar.querySelector("[data-bulk-count]").textContent = chosen;
    }
    for (const all of document.querySelectorAll("[data-select-all]")) {
        all.checked = chosen > 0 && chosen === boxes.length;
        all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
}

document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) {
        for (const box of document.querySelectorAll("[data-row-select]")) box.checked = event.target.checked;
    }
    if (event.target.matches("[data-select-all], [data-row-select]")) countSelection();
});

document.addEventListener("click", (event) => {
    if (event.target.closest("[data-bulk-clear]")) {
        for (const box of document.querySelectorAll("[data-row-select]")) box.checked = false;
        countSelection();
    }
    const link = event.target.closest("[data-row-link]");
    if (link) makeCurrent(link.closest("[data-row]"), { focus: false });
});

// A row that was answered away leaves the focus to the row now in its place.
document.addEventListener("htmx:after:swap", () => {
    countSelection();
    if (currentId === null) return;
    const all = rows();
    const row = document.getElementById(currentId) ?? all[Math.min(currentIndex, all.length - 1)];
    if (!row) return;
    const lost = document.activeElement === document.body || document.activeElement === null;
    makeCurrent(row, { focus: lost });
});

countSelection();
const opened = document.querySelector("[data-row].current");
if (opened) makeCurrent(opened, { focus: false });
