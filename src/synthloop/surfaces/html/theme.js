"use strict";
(() => {
  const button = document.getElementById("theme");
  const modes = ["auto", "light", "dark"];
  const read = () => { try { return localStorage.getItem("synthloop-theme") || "auto"; } catch { return "auto"; } };
  const keep = (mode) => { try { localStorage.setItem("synthloop-theme", mode); } catch { /* a page from a file may have no storage */ } };
  const apply = (mode) => {
    if (mode === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = mode;
    button.textContent = `Theme: ${mode}`;
  };
  button.hidden = false;
  apply(read());
  button.addEventListener("click", () => {
    const mode = modes[(modes.indexOf(read()) + 1) % modes.length];
    keep(mode);
    apply(mode);
  });
})();
