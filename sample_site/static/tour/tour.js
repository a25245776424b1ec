// The tour of the sample shop: whoever closes it for good doesn't see it again in this browser.
const tour = document.querySelector("[data-tour]");
const KEY = "tour_closed";

try {
  if (localStorage.getItem(KEY)) tour?.remove();
  const close = tour?.querySelector(".tour__close");
  if (close) {
    close.hidden = false;
    close.addEventListener("click", () => {
      localStorage.setItem(KEY, "1");
      tour.remove();
    });
  }
} catch {
  // storage is switched off: the tour stays folded
}
