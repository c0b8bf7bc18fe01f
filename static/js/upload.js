// A drop zone for the letter, and its progress. The server keeps a letter that it could take.
// Without this file the form is sent as any other.

const main = document.querySelector("main");

function size(bytes, language) {
  const [amount, unit] =
    bytes < 1e3 ? [bytes, "byte"] : bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}

function prepare(form) {
  const input = form.querySelector("input[type=file]");
  const field = input.closest(".field");
  const words = form.dataset;
  field.classList.add("dropzone");
  const chosen = document.createElement("p");
  chosen.className = "dropzone__chosen";
  chosen.setAttribute("role", "status");
  chosen.textContent = words.dropHint;
  field.append(chosen);

  input.addEventListener("change", () => {
    const file = input.files[0];
    const tooLarge = file && file.size > Number(words.limit);
    chosen.textContent = !file
      ? words.dropHint
      : `${file.name} (${size(file.size, document.documentElement.lang)})${tooLarge ? `: ${words.tooLarge}` : ""}`;
    chosen.classList.toggle("dropzone__chosen--refused", Boolean(tooLarge));
  });
  for (const name of ["dragover", "drop", "dragleave"]) {
    field.addEventListener(name, (event) => {
      event.preventDefault();
      field.classList.toggle("dropzone--over", name === "dragover");
      if (name !== "drop" || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name) return;
    event.preventDefault();
    send(form);
  });
}

function send(form) {
  const button = form.querySelector("button[type=submit]");
  if (button.getAttribute("aria-disabled") === "true") return;
  const input = form.querySelector("input[type=file]");
  if (input.files[0]?.size > Number(form.dataset.limit)) {
    input.focus();
    return;
  }
  const status = form.querySelector(".sending") ?? document.createElement("div");
  const progress = document.createElement("progress");
  const words = document.createElement("p");
  status.className = "sending";
  status.setAttribute("role", "status");
  progress.max = 1;
  progress.setAttribute("aria-label", form.dataset.sending);
  words.textContent = form.dataset.sending;
  status.replaceChildren(progress, words);
  form.append(status);
  button.setAttribute("aria-disabled", "true");

  const address = form.action.split("#")[0];
  const giveBack = (reason) => {
    progress.remove();
    button.removeAttribute("aria-disabled");
    words.textContent = reason;
  };
  const request = new XMLHttpRequest();
  request.open("POST", address);
  request.timeout = 120000;
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progress.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const content = page.querySelector("main form[data-upload]") && page.querySelector("main");
    if (request.status === 200 && request.responseURL !== address) {
      location.assign(request.responseURL);
    } else if (request.status === 200 && content) {
      main.replaceChildren(...content.childNodes);
      document.title = page.title;
      start();
      document.getElementById("error-summary")?.focus();
    } else if (request.status === 413) {
      giveBack(form.dataset.tooLarge);
    } else {
      giveBack(request.status === 403 ? form.dataset.old : form.dataset.broken);
    }
  });
  for (const name of ["error", "timeout"]) {
    request.addEventListener(name, () => giveBack(form.dataset.failed));
  }
  request.send(new FormData(form));
}

function start() {
  const form = document.querySelector("form[data-upload]");
  if (form) prepare(form);
}

start();
