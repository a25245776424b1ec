// Hearts. A public page is the same for everyone, so none is pressed when it arrives; the island in the header names the
// products of this browser's list (data-wished), and the hearts follow it. Without this file the forms lead to the list.

const wished = new Set();

function press() {
  for (const button of document.querySelectorAll("[data-wish]")) {
    button.setAttribute("aria-pressed", String(wished.has(button.dataset.wish)));
  }
}

function take() {
  const told = document.querySelector("[data-wished]");
  if (!told) return;
  wished.clear();
  for (const product of told.dataset.wished.split(" ")) wished.add(product);
  press();
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest(".wish");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("[data-wish]");
  const saved = wished.has(button.dataset.wish);
  const answer = await fetch(form.action + (saved ? "/remove" : ""), {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { "HX-Request": "true", "HX-Request-Type": "partial" },
    credentials: "same-origin",
  }).catch(() => null);
  if (!answer?.ok) {
    form.submit(); // the page that follows says what is wrong
    return;
  }
  const island = document.querySelector('[data-island="wishlist"]');
  if (island) island.innerHTML = await answer.text();
  else saved ? wished.delete(button.dataset.wish) : wished.add(button.dataset.wish);
  take();
  press();
});

const island = document.querySelector('[data-island="wishlist"]');
if (island) new MutationObserver(take).observe(island, { childList: true });
document.addEventListener("htmx:after:swap", press); // another variant, another page of the list
take();
press();
