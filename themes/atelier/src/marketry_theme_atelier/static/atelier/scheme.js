// Light or dark as the visitor chose. Loaded before the page is drawn, and small, so that nothing flashes; without a choice
// or without script the system's setting holds.

const KEY = "shop-scheme";
const root = document.documentElement;

function stored() {
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // storage is forbidden: the choice lasts for this page
  }
}

function choose(scheme) {
  if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;
  else delete root.dataset.scheme;
}

choose(stored());

document.addEventListener("DOMContentLoaded", () => {
  for (const chooser of document.querySelectorAll("[data-scheme-chooser]")) {
    chooser.hidden = false;
    for (const radio of chooser.querySelectorAll("input")) radio.checked = radio.value === stored();
    chooser.addEventListener("change", (event) => {
      choose(event.target.value);
      try {
        localStorage.setItem(KEY, event.target.value);
      } catch {
        // see stored()
      }
    });
  }
});

addEventListener("storage", (event) => {
  if (event.key === KEY) choose(event.newValue ?? "");
});
