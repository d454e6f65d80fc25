// What every page does: wide things can be scrolled by keyboard, small figures grow.

// Other scripts give their data to this object: files are loaded as scripts, since a
// page that is opened from a disk may not fetch.
window.dlcourse = {frames: {}};

function scrollable() {
  const wide = ".highlight pre, div.math, .table-wrapper, .cell_output pre, .cell_output table";
  for (const box of document.querySelectorAll(wide)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("resize", scrollable);
addEventListener("load", scrollable);
document.addEventListener("toggle", scrollable, true);

// A picture that is narrower than it was drawn for is a button that enlarges it.
function enlarge(image) {
  const dialog = document.createElement("dialog");
  dialog.className = "dl-figure";
  dialog.setAttribute("aria-label", "The figure, enlarged");
  const close = document.createElement("button");
  close.className = "dl-button";
  close.textContent = "Close";
  close.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  const large = Object.assign(new Image(), {src: image.src, alt: image.alt});
  dialog.append(close, large);
  document.body.append(dialog);
  dialog.showModal();
}
function enlargeable() {
  if (!matchMedia("(max-width: 46em)").matches) return;
  for (const image of document.querySelectorAll(".cell_output img")) {
    if (image.closest(".dl-large")) continue;
    const button = document.createElement("button");
    button.className = "dl-large";
    button.title = "Enlarge the figure";
    image.replaceWith(button);
    button.append(image);
    button.onclick = () => enlarge(image);
  }
}
addEventListener("resize", enlargeable);
enlargeable();

// A link into a folded section opens it; on paper all is open.
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  const own = target.querySelector(":scope > details.dl-deeper");
  if (own) own.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", unfold);
addEventListener("load", () => location.hash && unfold());
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("article details:not([open])")];
  for (const each of folded) each.open = true;
});
addEventListener("afterprint", () => folded.forEach(each => each.open = false));

// The notebook's "Show code cell source" says what it shows; a second name is in the way.
document.querySelectorAll("summary[aria-label]").forEach(s => s.removeAttribute("aria-label"));
