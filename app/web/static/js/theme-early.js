// Before the first paint: who has chosen neither light nor dark gets what the device shows.
if (document.documentElement.hasAttribute("data-theme-auto")) {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
}
