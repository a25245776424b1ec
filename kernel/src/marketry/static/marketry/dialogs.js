// Dialogs and strips, without script in the page. A link keeps its meaning where script is off.
//
//   [data-opens="id"]     opens <dialog id>; with data-shows="id" it brings that part of the dialog into view
//   [data-closes]         closes the dialog that it stands in; so does a click beside the dialog
//   [data-scrolls="id"]   brings a part of a strip into view, and the page stays where it is
//   dialog[data-opens-when-filled]   opens itself when htmx has put [data-fresh] into it
//
// The browser keeps the focus inside a dialog, closes it on Escape, and gives the focus back.

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest?.("[data-opens], [data-scrolls]");
  const meant = link && document.getElementById(link.dataset.opens ?? link.dataset.scrolls);
  if (meant && link.dataset.scrolls) {
    event.preventDefault();
    bring(meant);
  } else if (meant?.showModal) {
    event.preventDefault();
    meant.showModal();
    const shown = document.getElementById(link.dataset.shows);
    if (shown) bring(shown, "instant");
  } else if (event.target.closest?.("[data-closes]") || event.target.nodeName === "DIALOG") {
    event.target.closest("dialog")?.close();
  }
});

document.addEventListener("htmx:after:swap", () => {
  for (const dialog of document.querySelectorAll("dialog[data-opens-when-filled]")) {
    const fresh = dialog.querySelector("[data-fresh]");
    if (!fresh) continue;
    fresh.removeAttribute("data-fresh");
    if (!dialog.open) dialog.showModal();
  }
});

function bring(part, behavior = "auto") {
  part.scrollIntoView({ block: "nearest", inline: "center", behavior });
}
