// The YAML editor of the workbench: a plain text field with line numbers, mistakes beside the line, and completion from
// a JSON Schema (yaml_offers.js, which is joined to this file). A text field, because every screen reader, keyboard and
// input method knows one; Tab leaves it, as it leaves any field. What is wrong is told by the lab itself, in the words
// of the command line.

const PAUSE = 350; // ms of no typing before the lab is asked what it thinks
const MOST = 12; // offers shown at a time

export default function (component) {
  const { parentElement, data, setStateValue, setTriggerValue } = component;
  const root = parentElement.querySelector(".editor");
  if (!root) return undefined;
  const it = (root.it ??= begin(root));
  it.data = data;
  it.send = (text) => setStateValue("text", text);
  it.save = (text) => setTriggerValue("save", text);
  it.field.setAttribute("aria-label", data.label);
  root.style.setProperty("--high", `${data.height}px`);
  for (const [name, value] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, value);
  root.lang = data.language;
  root.dir = data.direction;
  if (it.version !== data.version) {
    it.version = data.version;
    it.field.value = data.text;
    it.sent = data.text;
    it.field.setSelectionRange(0, 0);
    it.field.scrollTop = 0;
  }
  paint(it);
  tell(it);
  return () => clearTimeout(it.waiting);
}

function begin(root) {
  const find = (css) => root.querySelector(css);
  const it = { root, field: find(".text"), ink: find(".ink"), gutter: find(".gutter"), offers: find(".offers"),
    below: find(".below ol"), state: find(".state"), found: [], chosen: 0, waiting: 0 };
  it.field.addEventListener("input", () => { typed(it); offer(it, false); });
  it.field.addEventListener("scroll", () => follow(it));
  it.field.addEventListener("keydown", (event) => pressed(it, event));
  it.field.addEventListener("blur", () => { close(it); hand(it); });
  it.field.addEventListener("click", () => close(it));
  it.offers.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    if (item) accept(it, it.found[Number(item.dataset.n)]);
  });
  return it;
}

// --- the text and what stands beside it -----------------------------------------------------------------------------

function typed(it) {
  paint(it);
  clearTimeout(it.waiting);
  it.waiting = setTimeout(() => hand(it), PAUSE);
}

function hand(it) {
  clearTimeout(it.waiting);
  if (it.field.value === it.sent) return;
  it.sent = it.field.value;
  it.send(it.sent);
}

function wrongOn(it) {
  const on = new Map();
  if (it.field.value !== it.data.checked) return it.marks ?? on; // of a text that is not the one here any more
  for (const one of it.data.problems) if (!on.has(one.line)) on.set(one.line, one.message);
  it.marks = on;
  return on;
}

function paint(it) {
  const lines = it.field.value.split("\n");
  const wrong = wrongOn(it);
  it.ink.replaceChildren(...lines.map((line, n) => lineOf(line, wrong.get(n + 1), it.data)));
  it.gutter.replaceChildren(...lines.map((_line, n) => {
    const number = document.createElement("div");
    number.textContent = wrong.has(n + 1) ? `● ${n + 1}` : String(n + 1);
    if (wrong.has(n + 1)) number.className = "wrong";
    return number;
  }));
  it.field.toggleAttribute("aria-invalid", wrong.size > 0);
  if (wrong.size) it.field.setAttribute("aria-invalid", "true");
  follow(it);
}

const PARTS = /(#.*$)|("(?:[^"\\]|\\.)*"|'[^']*')|((?:^|(?<=[\s{,-]))[^\s{}[\],:#"'-][^{}[\],:#"']*:(?=\s|$))/g;

function lineOf(line, told, data) {
  const row = document.createElement("span");
  row.className = told ? "line wrong" : "line";
  let at = 0;
  for (const part of line.matchAll(PARTS)) {
    if (part[1] && part.index > 0 && !/\s/.test(line[part.index - 1])) continue;
    row.append(line.slice(at, part.index), piece(part[0], part[1] ? "remark" : part[2] ? holed(part[2]) : "key"));
    at = part.index + part[0].length;
  }
  row.append(line.slice(at) || (line ? "" : "\u200b"));
  if (told) {
    const words = piece(told, "told");
    words.dir = data.direction;
    row.append(words);
  }
  return row;
}

const holed = (text) => (text.includes("{{") ? "hole" : "string");

function piece(text, kind) {
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = text;
  return span;
}

function follow(it) {
  it.ink.style.transform = `translate(${-it.field.scrollLeft}px, ${-it.field.scrollTop}px)`;
  it.gutter.scrollTop = it.field.scrollTop;
}

/** What is wrong, as a list below the text: each leads to its line. */
function tell(it) {
  const { problems, words } = it.data;
  it.state.textContent = problems.length ? words.wrong : words.sound;
  it.below.replaceChildren(...problems.map((one) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.message;
    button.addEventListener("click", () => show(it, one.line));
    item.append(button);
    return item;
  }));
}

function show(it, line) {
  const lines = it.field.value.split("\n");
  const at = lines.slice(0, Math.max(line - 1, 0)).join("\n").length + (line > 1 ? 1 : 0);
  it.field.focus();
  it.field.setSelectionRange(at, at + (lines[line - 1] ?? "").length);
  it.field.scrollTop = Math.max((line - 4) * 21, 0);
}

function pressed(it, event) {
  const open = !it.offers.hidden;
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    hand(it);
    it.save(it.field.value);
  } else if (event.ctrlKey && event.code === "Space") {
    event.preventDefault();
    offer(it, true);
  } else if (event.key === "F8") {
    event.preventDefault();
    const here = it.field.value.slice(0, it.field.selectionStart).split("\n").length;
    const lines = it.data.problems.map((one) => one.line);
    if (lines.length) show(it, lines.find((line) => line > here) ?? lines[0]);
  } else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    choose(it, it.chosen + (event.key === "ArrowDown" ? 1 : -1));
  } else if (open && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey) {
    event.preventDefault();
    accept(it, it.found[it.chosen]);
  } else if (open && event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(it);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.isComposing) {
    event.preventDefault();
    const line = it.field.value.slice(0, it.field.selectionStart).split("\n").pop();
    const deeper = /^\s*(- )?[^#]*:\s*$/.test(line) ? "  " : "";
    insert(it, "\n" + " ".repeat(/^\s*(- (?=.*:))?/.exec(line)[0].length) + deeper, 0);
  } else if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") close(it);
}

/** Put words in place of so many letters before the cursor, so that they can be undone like typing. */
function insert(it, words, instead) {
  const { field } = it;
  if (instead) field.setSelectionRange(field.selectionStart - instead, field.selectionEnd);
  field.focus();
  if (!document.execCommand("insertText", false, words)) {
    field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    typed(it);
  }
}

// --- completion -----------------------------------------------------------------------------------------------------

function offer(it, asked) {
  const { field, data } = it;
  if (field.selectionStart !== field.selectionEnd) return close(it);
  const here = whereIs(field.value, field.selectionStart);
  const all = here ? offersFor(data, here) : [];
  const begun = here ? here.begun.toLowerCase() : "";
  const fits = all.filter((one) => one.name.toLowerCase().startsWith(begun) && one.name !== here.begun);
  const more = begun ? all.filter((one) => !fits.includes(one)
    && `${one.name} ${one.told ?? ""}`.toLowerCase().includes(begun) && one.name !== here.begun) : [];
  it.found = [...fits, ...more];
  it.begun = here ? here.begun.length : 0;
  if (!it.found.length || (!asked && !begun && !here.fresh)) return close(it);
  it.offers.replaceChildren(...it.found.map((one, n) => {
    const item = document.createElement("li");
    item.id = `offer-${n}`;
    item.dataset.n = n;
    item.setAttribute("role", "option");
    item.append(one.name);
    if (one.told) {
      const words = document.createElement("small");
      words.textContent = one.told;
      item.append(words);
    }
    return item;
  }));
  it.offers.hidden = false;
  it.offers.setAttribute("aria-label", data.words.offers);
  place(it, here);
  it.state.textContent = data.words.found.replace("{n}", it.found.length);
  return choose(it, 0);
}

function place(it, here) {
  const line = it.field.value.slice(0, it.field.selectionStart).split("\n").length - 1;
  const probe = document.createElement("span");
  probe.textContent = it.field.value.split("\n")[line].slice(0, here.column - it.begun);
  probe.style.cssText = "visibility:hidden;position:absolute;white-space:pre";
  it.ink.append(probe);
  const wide = probe.getBoundingClientRect().width;
  probe.remove();
  const y = (line + 1) * 21 + 10 - it.field.scrollTop;
  const room = it.field.clientHeight;
  const below = y + 120 < room;
  it.offers.style.left = `${Math.max(Math.min(8 + wide - it.field.scrollLeft, it.field.clientWidth - 240), 0)}px`;
  it.offers.style.top = below ? `${y}px` : "";
  it.offers.style.bottom = below ? "" : `${room - y + 24}px`;
  it.offers.style.maxHeight = `${Math.max(Math.min(below ? room - y - 10 : y - 40, 232), 90)}px`;
}

function choose(it, n) {
  it.chosen = (n + it.found.length) % it.found.length;
  [...it.offers.children].forEach((item, at) => {
    item.setAttribute("aria-selected", String(at === it.chosen));
    if (at === it.chosen) item.scrollIntoView({ block: "nearest" });
  });
  it.field.setAttribute("aria-activedescendant", `offer-${it.chosen}`);
}

function accept(it, one) {
  if (!one) return;
  close(it);
  insert(it, one.insert ?? one.name, it.begun);
}

function close(it) {
  it.offers.hidden = true;
  it.field.removeAttribute("aria-activedescendant");
}
