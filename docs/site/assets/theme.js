// Sets light or dark before anything is drawn: what was chosen here, else what the reader's system says.
try {
  const chosen = localStorage.getItem("neuro-theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // A page from a folder may have no storage: the system's choice stands.
}
