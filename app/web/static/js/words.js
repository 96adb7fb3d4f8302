// Sentences for the reader come from the page, in the reader's language.
export const words = document.getElementById("words").dataset;

export const csrfToken = () => document.querySelector('meta[name="csrf-token"]').content;

// A person is writing: keys and refreshes keep still. Tick boxes and buttons are not writing.
export function isTyping(element = document.activeElement) {
    if (!element?.matches) return false;
    return element.matches(
        'textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"], [type="submit"], [type="button"])',
    );
}

export const openDialog = () => document.querySelector("dialog[open]");
