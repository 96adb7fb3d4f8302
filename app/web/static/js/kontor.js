// What every page runs. Pages work without it; each module makes one thing quicker.
import "./htmx-setup.js";
import "./theme.js";
import "./menus.js";
import "./toasts.js";
import "./rows.js";
import "./more-rows.js";
import "./panel.js";
import "./keys.js";
import "./palette.js";
import "./poll.js";
import "./upload.js";
import "./upload-now.js";
import "./autosave.js";

document.documentElement.classList.add("script");
document.querySelector("[data-focus]")?.focus();
// After a refusal the page stands at the address of the deed: loading it again must show the page.
const own = document.querySelector("[data-address]")?.dataset.address;
if (own && own !== location.pathname) history.replaceState(null, "", own);
// Back to the form as it was left, with what was typed.
document.querySelector("[data-back]")?.addEventListener("click", (event) => {
    if (history.length < 2) return;
    event.preventDefault();
    history.back();
});
// On a phone the portal's pages are a strip: where one is has to be in sight.
document
    .querySelector(".portal-nav [aria-current]")
    ?.scrollIntoView({ block: "nearest", inline: "center" });
