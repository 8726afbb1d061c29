// What pages do beside being read: search by words over the whole site, without a network, and light or dark.
const root = document.documentElement.dataset.root ?? "";
const box = document.getElementById("search");
const list = document.getElementById("found");
let index;
let chosen = -1;

/** Loads a script once. Scripts are what a page opened from a folder may load. */
const load = (path) =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = root + path;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`no ${path}`));
    document.head.append(script);
  });

let opening;
/** The index, opened when a reader first wants it. */
const opened = () => {
  opening ??= Promise.all([load("assets/minisearch.js"), load("assets/search-index.js")]).then(() => {
    index = self.MiniSearch.loadJSON(self.neuroIndex, self.neuroSearch);
  });
  return opening;
};

const options = {
  boost: { title: 5, summary: 2 },
  prefix: (word) => word.length > 1,
  fuzzy: (word) => (word.length > 4 ? 0.2 : 0),
  combineWith: "AND",
};

/** The best pages; where no page has every word, those that have some. */
const find = (words) => {
  const all = index.search(words, options);
  const found = all.length > 0 ? all : index.search(words, { ...options, combineWith: "OR" });
  const exact = words.trim().toLowerCase();
  return found
    .map((each) => ({ ...each, score: each.score * (each.title.toLowerCase() === exact ? 4 : 1) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, 12);
};

const close = () => {
  list.hidden = true;
  chosen = -1;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
};

const show = (results) => {
  list.replaceChildren(
    ...results.map(({ path, title, kind, summary }, at) => {
      const item = document.createElement("li");
      item.id = `found-${at}`;
      item.role = "option";
      const link = document.createElement("a");
      link.href = root + path;
      link.tabIndex = -1;
      const name = document.createElement("strong");
      name.textContent = title;
      const sort = document.createElement("small");
      sort.textContent = kind;
      const about = document.createElement("span");
      about.textContent = summary;
      link.append(name, " ", sort, about);
      item.append(link);
      return item;
    }),
  );
  if (results.length === 0) {
    const none = document.createElement("li");
    none.className = "none";
    none.textContent = "Nothing found";
    list.append(none);
  }
  list.hidden = false;
  chosen = -1;
  box.setAttribute("aria-expanded", "true");
};

const choose = (at) => {
  const items = [...list.querySelectorAll("[role=option]")];
  if (items.length === 0) return;
  chosen = (at + items.length) % items.length;
  for (const [i, item] of items.entries()) item.setAttribute("aria-selected", String(i === chosen));
  items[chosen].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", items[chosen].id);
};

box.addEventListener("focus", () => void opened());
box.addEventListener("input", async () => {
  if (box.value.trim() === "") return close();
  await opened();
  if (box.value.trim() !== "") show(find(box.value));
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (list.hidden) box.value = "";
    close();
  } else if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
  else if (event.key !== "Enter") return;
  event.preventDefault();
  if (event.key === "Enter") list.querySelectorAll("[role=option] a")[Math.max(0, chosen)]?.click();
});
box.form.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("click", (event) => {
  if (!box.form.contains(event.target)) close();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  box.focus();
});

document.getElementById("theme").addEventListener("click", () => {
  const html = document.documentElement;
  const dark = html.dataset.theme ? html.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  html.dataset.theme = dark ? "light" : "dark";
  try {
    localStorage.setItem("neuro-theme", html.dataset.theme);
  } catch {
    // Without storage the choice holds for this page.
  }
});

// Beside a playground every whole spec can be tried there.
for (const block of self.neuroPlayground ? document.querySelectorAll("pre.spec") : []) {
  const link = document.createElement("a");
  link.className = "try";
  link.textContent = "Try it";
  link.target = "_top";
  link.href = `${root}${self.neuroPlayground}#text=${encodeURIComponent(block.querySelector("code").textContent)}`;
  const frame = document.createElement("div");
  frame.className = "tried";
  block.replaceWith(frame);
  frame.append(block, link);
}

// The list beside a page shows where one is.
document.querySelector(".beside [aria-current]")?.scrollIntoView({ block: "center" });
window.scrollTo(0, 0);
if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
