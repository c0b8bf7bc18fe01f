// Filters and search of the catalogue without a reload. Without this file the form works as it is.

const form = document.getElementById("catalogue");
const announcer = document.getElementById("catalogue-news");
const SWAPPED = [".catalogue__results", ".filters__facets"];
const TYPING_PAUSE = 300;
let pending;
let timer;

function addressOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value) query.append(name, value);
  }
  return query.size ? `${form.action}?${query}` : form.action;
}

function openFacets() {
  return new Map([...form.querySelectorAll(".facet")].map((facet) => [facet.dataset.name, facet.open]));
}

async function show(address) {
  pending?.abort();
  pending = new AbortController();
  form.setAttribute("aria-busy", "true");
  let page;
  try {
    const response = await fetch(address, { signal: pending.signal });
    if (!response.ok) throw new Error(response.statusText);
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
    return;
  }
  const focused = document.activeElement;
  const opened = openFacets();
  for (const selector of SWAPPED) {
    form.querySelector(selector).replaceWith(page.querySelector(selector));
  }
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
  form.removeAttribute("aria-busy");
  announcer.textContent = form.querySelector(".catalogue__count").textContent;
}

function go(address, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  return show(address);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  go(addressOf(form));
});

form.addEventListener("input", (event) => {
  clearTimeout(timer);
  if (event.target.type !== "search") return;
  timer = setTimeout(() => go(addressOf(form), { replace: true }), TYPING_PAUSE);
});

form.addEventListener("change", (event) => {
  if (event.target.type !== "search") go(addressOf(form));
});

form.addEventListener("click", (event) => {
  const link = event.target.closest(".chips a, .pagination a, .empty a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.pathname !== location.pathname) return;
  event.preventDefault();
  const isPage = Boolean(link.closest(".pagination"));
  go(link.href).then(() => {
    form.elements.q.value = new URL(link.href).searchParams.get("q") ?? "";
    if (isPage) form.querySelector(".catalogue__bar").scrollIntoView();
  });
});

addEventListener("popstate", () => {
  form.elements.q.value = new URL(location.href).searchParams.get("q") ?? "";
  show(location.href);
});
