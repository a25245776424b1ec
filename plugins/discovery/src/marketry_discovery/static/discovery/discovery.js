// Recently seen: the browser keeps the names of products it has shown, in localStorage, and asks for their cards. The shop's
// pages stay the same for everyone, and its server keeps nothing. Share: buttons where the browser can copy or share.

const KEY = "recently_seen";
const KEPT = 12;

function seen() {
  try {
    const names = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return []; // storage is switched off, or holds something else
  }
}

function remember(product) {
  try {
    localStorage.setItem(KEY, JSON.stringify([product, ...seen().filter((name) => name !== product)].slice(0, KEPT)));
  } catch {
    // storage is switched off or full: nothing is remembered
  }
}

async function show(place) {
  const others = seen().filter((name) => name !== place.dataset.seen);
  if (place.dataset.seen) remember(place.dataset.seen);
  if (!others.length) return;
  const query = new URLSearchParams(others.map((name) => ["product", name]));
  const answer = await fetch(`${place.dataset.src}?${query}`, { credentials: "same-origin" });
  if (!answer.ok) return;
  const cards = await answer.text();
  if (!cards.trim()) return;
  place.innerHTML = cards;
  place.hidden = false;
  window.htmx?.process(place);
  document.dispatchEvent(new CustomEvent("htmx:after:swap")); // hearts and their like look again
}

for (const place of document.querySelectorAll("[data-seen]")) show(place).catch(() => {});

function open(share) {
  const copy = share.querySelector("[data-copy]");
  const native = share.querySelector("[data-native]");
  if (navigator.clipboard) copy.parentElement.hidden = false;
  if (navigator.share) native.parentElement.hidden = false;
}

document.addEventListener("toggle", (event) => event.target.matches?.(".share") && open(event.target), true);
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-native]");
  const share = button?.closest(".share");
  if (!share) return;
  if (button.matches("[data-native]")) {
    navigator.share({ title: share.dataset.title, url: share.dataset.share }).catch(() => {});
    return;
  }
  await navigator.clipboard.writeText(share.dataset.share).catch(() => {});
  share.querySelector("[role=status]").textContent = button.textContent = button.dataset.done;
});
