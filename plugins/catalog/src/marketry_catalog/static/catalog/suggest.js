// Suggestions below a search field, as an editable combobox with a listbox (WAI-ARIA APG, "combobox with list autocomplete").
//
//   <form data-suggest="/search/suggestions"><input type="search" name="q">…</form>
//
// The server draws the options. Down and Up walk them, Enter follows the one that is marked or sends the form, Escape closes.

const WAIT = 180; // milliseconds of rest before the server is asked
let made = 0;

function suggesting(form) {
  const field = form.querySelector('input[type="search"]');
  const list = document.createElement("div");
  list.className = "suggestions";
  list.id = `suggestions-${++made}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels?.[0]?.textContent.trim() ?? "");
  list.hidden = true;
  form.append(list);
  for (const [name, value] of [
    ["role", "combobox"],
    ["aria-autocomplete", "list"],
    ["aria-expanded", "false"],
    ["aria-controls", list.id],
  ])
    field.setAttribute(name, value);

  let timer;
  let asking;
  let typed = field.value;
  let marked = -1;

  const options = () => [...list.querySelectorAll('[role="option"]')];

  function show(open) {
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
    if (!open) mark(-1);
  }

  function mark(at) {
    const all = options();
    marked = at;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }
    field.value = at >= 0 && all[at].dataset.fill ? all[at].dataset.fill : typed;
  }

  async function ask() {
    asking?.abort();
    const text = typed.trim();
    if (!text) {
      show(false);
      return;
    }
    asking = new AbortController();
    const address = `${form.dataset.suggest}?${new URLSearchParams({ q: text })}`;
    try {
      const answer = await fetch(address, { signal: asking.signal, credentials: "same-origin" });
      if (!answer.ok) return show(false);
      const drawn = await answer.text();
      if (text !== typed.trim()) return;
      list.innerHTML = drawn;
      options().forEach((option, i) => (option.id = `${list.id}-${i}`));
      marked = -1;
      field.removeAttribute("aria-activedescendant");
      show(options().length > 0 && form.contains(document.activeElement));
    } catch {
      // Gone on typing, or the network is away: the form still searches.
    }
  }

  field.addEventListener("input", () => {
    typed = field.value;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const count = options().length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      if (list.hidden) return show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(((marked + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && marked >= 0 && !list.hidden) {
      event.preventDefault();
      options()[marked].click();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asking?.abort();
    show(false);
  });
}

for (const form of document.querySelectorAll("form[data-suggest]")) suggesting(form);
