// Search or jump: Ctrl+K from anywhere, arrows through the answers, Enter opens.
const palette = document.getElementById("palette");
const input = document.getElementById("palette-input");
const results = document.getElementById("palette-results");

const links = () => [...results.querySelectorAll("a")];

function open() {
    if (palette.open) return;
    palette.showModal();
    input.select();
    input.dispatchEvent(new CustomEvent("palette-open"));
}

function move(distance) {
    const all = [input, ...links()];
    const at = all.indexOf(document.activeElement);
    all[(at + distance + all.length) % all.length].focus();
}

if (palette) {
    document.addEventListener("keydown", (event) => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
            event.preventDefault();
            open();
        }
    });
    document.querySelector("[data-palette]")?.addEventListener("focus", (event) => {
        event.target.blur();
        open();
    });
    document.querySelector("[data-palette-link]")?.addEventListener("click", (event) => {
        event.preventDefault();
        open();
    });
    palette.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
            // A field for searching would only be emptied.
            event.preventDefault();
            palette.close();
        }
        const distance = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (distance) {
            event.preventDefault();
            move(distance);
        }
    });
    palette.querySelector("form").addEventListener("submit", (event) => {
        const first = links()[0];
        if (!first) return;
        event.preventDefault();
        first.click();
    });
}
