// Pictures open large in a dialog. Without this file each link opens its picture.

const links = [...document.querySelectorAll(".gallery__link")];
const dialog = document.getElementById("lightbox");
const image = dialog.querySelector("img");
const caption = dialog.querySelector(".lightbox__caption");
let shown = 0;

function show(index) {
  shown = (index + links.length) % links.length;
  const small = links[shown].querySelector("img");
  image.src = links[shown].href;
  image.alt = small.alt;
  image.width = small.getAttribute("width");
  image.height = small.getAttribute("height");
  caption.textContent = links[shown].closest("figure").querySelector("figcaption").innerText;
}

links.forEach((link, index) => {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(index);
    dialog.showModal();
  });
});

for (const [name, step] of [["previous", -1], ["next", 1]]) {
  const button = dialog.querySelector(`.lightbox__${name}`);
  button.hidden = links.length < 2;
  button.addEventListener("click", () => show(shown + step));
}

dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") show(shown - 1);
  if (event.key === "ArrowRight") show(shown + 1);
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
