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
// On a phone the portal's pages are a strip: where one is has to be in sight.
document
    .querySelector(".portal-nav [aria-current]")
    ?.scrollIntoView({ block: "nearest", inline: "center" });
