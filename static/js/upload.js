// A drop zone for the letter, its progress, and a form whose chosen file survives a mistake.
// Without this file the form is sent as any other.

const main = document.querySelector("main");
let letter = null;

function size(bytes, language) {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}

function choose(input, files) {
  input.files = files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
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
    letter = file ? input.files : null;
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
      if (name === "drop" && event.dataTransfer.files.length) choose(input, event.dataTransfer.files);
    });
  }
  if (letter) {
    choose(input, letter);
    for (const words of main.querySelectorAll(".lost-letter")) words.remove();
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

function send(form) {
  const button = form.querySelector("button[type=submit]");
  const progress = document.createElement("progress");
  const announced = document.createElement("p");
  progress.max = 1;
  progress.setAttribute("aria-label", form.dataset.sending);
  announced.setAttribute("role", "status");
  announced.textContent = form.dataset.sending;
  button.after(progress, announced);
  button.disabled = true;

  const address = form.action.split("#")[0];
  const giveBack = (words) => {
    progress.remove();
    button.disabled = false;
    announced.textContent = words;
  };
  const request = new XMLHttpRequest();
  request.open("POST", address);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progress.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    if (request.status !== 200) {
      giveBack(request.status === 413 ? form.dataset.tooLarge : form.dataset.failed);
    } else if (request.responseURL !== address) {
      location.assign(request.responseURL);
    } else {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      main.replaceChildren(...page.querySelector("main").childNodes);
      document.title = page.title;
      start();
      document.getElementById("error-summary")?.focus();
    }
  });
  request.addEventListener("error", () => giveBack(form.dataset.failed));
  request.send(new FormData(form));
}

function start() {
  const form = document.querySelector("form[data-upload]");
  if (form) prepare(form);
}

start();
