// Light or dark: a cookie, so that the server draws the next page right from the start.
const root = document.documentElement;
const YEAR = 31536000;

document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.bsTheme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `kontor_theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
});
