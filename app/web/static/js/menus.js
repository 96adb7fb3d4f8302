// Menus close by themselves, buttons open their dialogs, dangerous forms ask once.

// A box that asks for something is opened to write in it, not to close it.
function show(dialog) {
    dialog?.showModal();
    dialog?.querySelector("textarea, select, input:not([type=hidden], [type=checkbox])")?.focus();
}

document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
        if (!menu.contains(event.target)) menu.open = false;
    }
    const opener = event.target.closest("[data-dialog]");
    if (opener) show(document.getElementById(opener.dataset.dialog));
    // A click beside the box closes a dialog: only then the dialog itself is the target.
    if (event.target.matches("dialog[open]")) event.target.close();
});

document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
    }
});

document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
