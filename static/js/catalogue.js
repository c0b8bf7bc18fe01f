// Filters and search of the catalogue without a reload. Without this file the form works as it is.

const form = document.getElementById("catalogue");
const announcer = document.getElementById("catalogue-news");
const SWAPPED = [".catalogue__results", ".filters > summary", ".filters__facets"];
const TYPING_PAUSE = 300;
const PATIENCE = 10000;
let pending;
let timer;
let typing = false;

function addressOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value) query.append(name, value);
  }
  return query.size ? `${form.action}?${query}` : form.action;
}

async function ask(address, signal) {
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error(response.statusText);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (SWAPPED.some((selector) => !page.querySelector(selector))) throw new Error("another page");
  return page;
}

function swap(page) {
  const focused = document.activeElement;
  const opened = new Map([...form.querySelectorAll(".facet")].map((facet) => [facet.dataset.name, facet.open]));
  for (const selector of SWAPPED) {
    form.querySelector(selector).replaceWith(page.querySelector(selector));
  }
  document.querySelector(".languages").replaceWith(page.querySelector(".languages"));
  form.querySelector(".filters").hidden = page.querySelector(".filters").hidden;
  for (const facet of form.querySelectorAll(".facet")) {
    facet.open = opened.get(facet.dataset.name) ?? facet.open;
  }
  if (!focused.isConnected) {
    const again = focused.name
      ? form.querySelector(`[name="${focused.name}"][value="${CSS.escape(focused.value)}"], select[name="${focused.name}"]`)
      : null;
    (again ?? form.querySelector(".catalogue__count")).focus();
  }
  document.title = page.title;
}

async function show(address) {
  pending?.abort();
  const mine = new AbortController();
  pending = mine;
  const late = setTimeout(() => mine.abort("late"), PATIENCE);
  form.setAttribute("aria-busy", "true");
  try {
    swap(await ask(address, mine.signal));
    announcer.textContent = form.querySelector(".catalogue__count").textContent;
    announcer.className = "visually-hidden";
  } catch {
    if (pending !== mine) return;
    const again = document.createElement("a");
    again.href = address;
    again.textContent = form.dataset.again;
    announcer.replaceChildren(`${form.dataset.failed} `, again);
    announcer.className = "notice notice--warning";
  } finally {
    clearTimeout(late);
    if (pending === mine) form.removeAttribute("aria-busy");
  }
}

function go(address, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  return show(address);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  typing = false;
  go(addressOf(form));
});

form.addEventListener("input", (event) => {
  if (event.target.type !== "search") return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    // The first letters make a step to go back to, those that follow change that step.
    go(addressOf(form), { replace: typing });
    typing = true;
  }, TYPING_PAUSE);
});

form.addEventListener("change", (event) => {
  if (event.target.type === "search") return;
  typing = false;
  go(addressOf(form));
});

form.addEventListener("click", (event) => {
  const link = event.target.closest(".chips a, .pagination a, .empty a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.pathname !== location.pathname) return;
  event.preventDefault();
  typing = false;
  const isPage = Boolean(link.closest(".pagination"));
  go(link.href).then(() => {
    form.elements.q.value = new URL(link.href).searchParams.get("q") ?? "";
    if (isPage) form.querySelector(".catalogue__bar").scrollIntoView();
  });
});

addEventListener("popstate", () => {
  typing = false;
  form.elements.q.value = new URL(location.href).searchParams.get("q") ?? "";
  show(location.href);
});

form.dataset.live = "";
