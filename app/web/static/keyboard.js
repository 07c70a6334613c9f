// Keys of the console: / search, ? the map, j and k from link to link, and the letter that an
// element names as data-key. Everything can be reached without them.
(() => {
  "use strict";
  const typing = (element) =>
    element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
  const step = (by) => {
    const rows = [...document.querySelectorAll("main td:first-child a, main a.list-group-item")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[Math.min(Math.max(at + by, 0), rows.length - 1)].focus();
  };
  const map = document.getElementById("keymap");
  if (map) map.querySelector("button").addEventListener("click", () => map.close());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "?" && map) {
      if (map.open) map.close();
      else map.showModal();
    } else if (map && map.open) {
      return;
    } else if (event.key === "/") {
      const search = document.getElementById("search");
      if (!search) return;
      search.focus();
      search.select();
    } else if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
    } else {
      const target = [...document.querySelectorAll("[data-key]")].find(
        (element) => element.dataset.key === event.key,
      );
      if (!target) return;
      if (target.matches("input, textarea, select")) target.focus();
      else target.click();
    }
    event.preventDefault();
  });
})();
