"use strict";
const PAGE = 50;
const samples = [];
let page = 0;
const byId = (id) => document.getElementById(id);
const fields = ["words", "outcome", "behavior", "problem"];

function addSamples(rows) {
  for (const [outcome, behavior, text, expected, got, problems, attributes, id] of rows) {
    samples.push({ outcome, behavior, text, expected, got, problems, attributes, id, haystack: `${text} ${attributes} ${id}`.toLowerCase() });
  }
}

function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function row(sample) {
  const item = make("li", sample.outcome);
  const sign = { failed: "✗", passed: "✓", unscored: "?" }[sample.outcome];
  const style = { failed: "bad", passed: "good", unscored: "unsure" }[sample.outcome];
  const head = make("p", "sample-head");
  head.append(make("span", `badge ${style}`, `${sign} ${sample.outcome}`), " ", make("span", "name", sample.behavior));
  const pair = make("p", "pair");
  pair.append(make("span", "word", "expected "), make("code", "expected", sample.expected), make("span", "word", " got "), make("code", "got", sample.got));
  item.append(head, make("q", "", sample.text), pair);
  if (sample.attributes) item.append(make("p", "quiet", sample.attributes));
  return item;
}

function filter() {
  const words = byId("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [outcome, behavior, problem] = fields.slice(1).map((id) => byId(id).value);
  return samples.filter((sample) =>
    (!outcome || sample.outcome === outcome)
    && (!behavior || sample.behavior === behavior)
    && (!problem || sample.problems.split(" ").includes(problem))
    && words.every((word) => sample.haystack.includes(word)));
}

function show() {
  const found = filter();
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  page = Math.min(Math.max(page, 0), pages - 1);
  const total = Number(byId("report").dataset.total);
  const missing = samples.length < total ? ` Only ${samples.length.toLocaleString("en")} could be loaded: is the folder "samples" beside this page?` : "";
  byId("found").textContent = `${found.length.toLocaleString("en")} of ${total.toLocaleString("en")} samples.${missing}`;
  byId("samples").replaceChildren(...found.slice(page * PAGE, (page + 1) * PAGE).map(row));
  byId("place").textContent = `${page + 1} of ${pages}`;
  byId("previous").disabled = page === 0;
  byId("next").disabled = page === pages - 1;
}

function turn(step) {
  page += step;
  show();
  window.scrollTo({ top: 0 });
}

function start() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (fields.includes(name)) byId(name).value = value;
  }
  page = 0;
  show();
}

for (const id of fields) byId(id).addEventListener("input", () => { page = 0; show(); });
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
byId("previous").addEventListener("click", () => turn(-1));
byId("next").addEventListener("click", () => turn(1));
addEventListener("hashchange", start);
addEventListener("DOMContentLoaded", start);
