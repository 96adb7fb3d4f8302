// One more row under the others: the last one again, empty, numbered on.
document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-more-rows]");
    if (!button) return;
    const all = button.parentElement.querySelectorAll("[data-fields-row]");
    const last = all[all.length - 1];
    const next = last.cloneNode(true);
    for (const input of next.querySelectorAll("[name]")) {
        input.name = input.name.replace(/-(\d+)-/, (_, number) => `-${Number(number) + 1}-`);
        input.id = input.name;
        input.removeAttribute("aria-invalid");
        input.removeAttribute("title");
        if (input.type === "checkbox") input.checked = false;
        else input.value = "";
    }
    last.parentElement.append(next);
    next.querySelector("[name]")?.focus();
});
