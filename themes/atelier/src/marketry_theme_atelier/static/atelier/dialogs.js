// Dialogs without script in the page: [data-opens="id"] opens <dialog id> (a link keeps its meaning where script is off or the
// dialog isn't there), [data-closes] closes the one it stands in, so does a click beside it. A dialog with data-opens-on opens
// itself when htmx has swapped something into it. The browser keeps the focus inside and gives it back.

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const opener = event.target.closest?.("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog?.showModal) {
    event.preventDefault();
    open(dialog, opener);
  } else if (event.target.closest?.("[data-closes]") || event.target.nodeName === "DIALOG") {
    event.target.closest("dialog")?.close();
  }
});

document.addEventListener("htmx:after:swap", () => {
  for (const dialog of document.querySelectorAll("dialog[data-opens-when-filled]")) {
    if (dialog.querySelector("[data-fresh]") && !dialog.open) open(dialog);
    for (const fresh of dialog.querySelectorAll("[data-fresh]")) delete fresh.dataset.fresh;
  }
});

function open(dialog, opener) {
  dialog.showModal();
  const wanted = opener?.dataset.shows && document.getElementById(opener.dataset.shows);
  wanted?.scrollIntoView({ block: "nearest", inline: "center", behavior: "instant" });
}
