// Before the first paint: what is for pages without scripts must not be seen for a moment, and
// who has chosen neither light nor dark gets what the device shows.
if (document.documentElement.hasAttribute("data-theme-auto")) {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
}
document.documentElement.classList.add("scripted");
