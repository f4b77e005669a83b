// Charts: a click on the legend hides or shows a series. Pages work without this file.
for (const button of document.querySelectorAll("[data-toggle]")) {
  button.addEventListener("click", () => {
    const off = button.classList.toggle("off");
    const panel = button.closest(".panel");
    for (const mark of panel.querySelectorAll(`[data-series="${CSS.escape(button.dataset.toggle)}"]`)) {
      mark.style.display = off ? "none" : "";
    }
  });
}
